import { createMutex } from '../concurrency/mutex.ts';
import type { Config } from '../config/config.ts';
import type { Dispatcher } from '../destinations/dispatcher.ts';
import { createAddressGuard } from '../destinations/webhook/address-guard.ts';
import { newSigningSecret, rotated, type SigningSecret } from '../destinations/webhook/signature.ts';
import type { DestinationConfig } from '../model/delivery.ts';
import { newId } from '../model/id.ts';
import type { Instant } from '../model/mail-server.ts';
import { type FieldProblem, invalidInput, Problem } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import type { Administration } from './administration.ts';
import { destinationChanges, destinationInput, kindProblems } from './destination-input.ts';
import { findDestination } from './find.ts';
import { validate } from './validation.ts';

const secretsName = 'signing-secrets';

export function createDestinationsAdministration({
  store,
  vault,
  dispatcher,
  options,
}: {
  store: Store;
  vault: Vault;
  dispatcher: Dispatcher;
  options: Config['delivery'];
}): Administration['destinations'] {
  const guard = createAddressGuard(options.allowPrivateAddresses);
  /** Changes one after the other: none undoes another, and each secret that was shown is kept. */
  const inTurn = createMutex();

  const find = (id: string) => findDestination(store, id);

  /** Throws `input.invalid`; what leaves this has the fields of its kind. */
  async function verify<T extends Parameters<typeof kindProblems>[0] & Checked>(
    destination: T,
  ): Promise<T & DestinationConfig> {
    const found = kindProblems(destination);
    if (found.length > 0) throw invalidInput(found);
    const verified = destination as T & DestinationConfig;
    found.push(
      ...(verified.kind === 'webhook' ? urlProblems(verified.url) : await forwardProblems(verified)),
    );
    const known = new Set((await store.servers.list()).map((server) => server.id));
    const unknown = destination.servers?.filter((id) => !known.has(id)) ?? [];
    if (unknown.length > 0)
      found.push({ field: 'servers', expected: 'ids of incoming email servers', given: unknown.join(', ') });
    const others = (await store.destinations.list()).filter((other) => other.id !== destination.id);
    if (others.some((other) => other.name === destination.name))
      found.push({
        field: 'name',
        expected: 'a name that no other destination has',
        given: destination.name,
      });
    if (found.length > 0) throw invalidInput(found);
    return verified;
  }

  function urlProblems(text: string): FieldProblem[] {
    const url = new URL(text);
    if (url.username || url.password)
      return [
        { field: 'url', expected: 'a URL without user name and password; messages are signed instead' },
      ];
    try {
      guard.assertHost(url.hostname);
      return [];
    } catch {
      const expected = 'a public address, or a private one within delivery.allowPrivateAddresses';
      return [{ field: 'url', expected, given: url.hostname }];
    }
  }

  /** Graph takes recipients from the mail itself, so it cannot forward; and mail must not come round in a circle. */
  async function forwardProblems(destination: DestinationConfig<'forward'>): Promise<FieldProblem[]> {
    const { outgoingServerId, recipient, servers } = destination;
    const outgoing = await store.outgoingServers.get(outgoingServerId);
    const found: FieldProblem[] = [];
    if (!outgoing || outgoing.kind === 'graph')
      found.push({
        field: 'outgoingServerId',
        expected: 'the id of an outgoing email server of kind smtp or lmtp',
        given: outgoing?.name ?? outgoingServerId,
      });
    const mailboxes = (await store.servers.list()).filter(({ id }) => servers?.includes(id) ?? true);
    if (mailboxes.some(({ address }) => address.toLowerCase() === recipient.toLowerCase()))
      found.push({
        field: 'recipient',
        expected: 'an address other than the mailboxes whose mail is forwarded',
        given: recipient,
      });
    return found;
  }

  async function save(destination: DestinationConfig, secrets?: SigningSecret[]): Promise<void> {
    const sealed = secrets && vault.seal(destination.id, secretsName, JSON.stringify(secrets));
    await store.destinations.save(destination, sealed ? { [secretsName]: sealed } : {});
    await dispatcher.refresh();
  }

  return {
    list: () => store.destinations.list(),
    get: find,

    async create(input) {
      const now = new Date().toISOString();
      const destination = await verify({
        ...validate(destinationInput, input),
        id: newId('dst'),
        createdAt: now,
        updatedAt: now,
      });
      const signingSecret = destination.kind === 'webhook' ? newSigningSecret() : null;
      await save(destination, signingSecret === null ? [] : [{ secret: signingSecret, until: null }]);
      return { ...destination, signingSecret };
    },

    update: (id, input) =>
      inTurn(async () => {
        const changes = validate(destinationChanges, input);
        const before = await find(id);
        if (changes.kind !== undefined && changes.kind !== before.kind) throw otherKind(before, changes.kind);
        const updatedAt = instantAfter(before.updatedAt);
        const destination = await verify({ ...before, ...changes, updatedAt });
        await save(destination);
        return destination;
      }),

    remove: (id) =>
      inTurn(async () => {
        const destination = await find(id);
        // Its lane begins nothing more once it is switched off.
        await save({ ...destination, enabled: false });
        await store.destinations.delete(id);
      }),

    rotateSecret: (id) =>
      inTurn(async () => {
        const before = await find(id);
        if (before.kind !== 'webhook') throw notSigned(before);
        const signingSecret = newSigningSecret();
        const secrets = rotated(await signingSecrets(store, vault, id), signingSecret, new Date());
        await save({ ...before, updatedAt: instantAfter(before.updatedAt) }, secrets);
        return { signingSecret };
      }),
  };
}

/** What is checked of every kind. */
type Checked = Pick<DestinationConfig, 'id' | 'name' | 'servers'>;

function otherKind({ kind }: DestinationConfig, given: string): Problem {
  return invalidInput([
    { field: 'kind', expected: `${kind}, as it was made; add another destination`, given },
  ]);
}

function notSigned({ name, kind }: DestinationConfig): Problem {
  return new Problem({
    code: 'destination.not-signed',
    kind: 'conflict',
    title: 'This kind of destination signs nothing',
    detail: `${name} is a ${kind}`,
    remedy: 'Only webhooks have a signing secret.',
  });
}

/** Now, but never the instant of the change before: by this the dispatcher sees that something has changed. */
function instantAfter(before: Instant): Instant {
  return new Date(Math.max(Date.now(), Date.parse(before) + 1)).toISOString();
}

/** What a destination's messages are signed with, newest first. */
export async function signingSecrets(
  store: Store,
  vault: Vault,
  destinationId: string,
): Promise<SigningSecret[]> {
  const sealed = await store.secrets.read(destinationId, secretsName);
  return sealed ? JSON.parse(vault.open(destinationId, secretsName, sealed)) : [];
}
