import type { Config } from '../config/config.ts';
import type { Dispatcher } from '../destinations/dispatcher.ts';
import { createAddressGuard } from '../destinations/webhook/address-guard.ts';
import { newSigningSecret, type SigningSecret } from '../destinations/webhook/signature.ts';
import type { DestinationConfig } from '../model/delivery.ts';
import { newId } from '../model/id.ts';
import { type FieldProblem, invalidInput, Problem } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import type { Administration } from './administration.ts';
import { destinationChanges, destinationInput, kindProblems } from './destination-input.ts';
import { validate } from './validation.ts';

const secretsName = 'signing-secrets';
/** After a rotation both secrets sign for so long. */
const overlap = 24 * 60 * 60_000;

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

  async function find(id: string): Promise<DestinationConfig> {
    const destination = await store.destinations.get(id);
    if (destination) return destination;
    throw new Problem({
      code: 'not-found',
      title: 'There is no such destination',
      detail: id,
      remedy: 'List the destinations to see what is there.',
    });
  }

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

    async update(id, input) {
      const changes = validate(destinationChanges, input);
      const before = await find(id);
      if (changes.kind !== undefined && changes.kind !== before.kind)
        throw invalidInput([
          {
            field: 'kind',
            expected: `${before.kind}, as it was made; add another destination`,
            given: changes.kind,
          },
        ]);
      const destination = await verify({ ...before, ...changes, updatedAt: new Date().toISOString() });
      await save(destination);
      return destination;
    },

    async remove(id) {
      const destination = await find(id);
      // Its lane ends first, so that nothing is settled that is no longer there.
      await save({ ...destination, enabled: false });
      await store.destinations.delete(id);
    },

    async rotateSecret(id) {
      const destination = await find(id);
      if (destination.kind !== 'webhook') throw notSigned(destination);
      const [newest] = await signingSecrets(store, vault, id);
      const signingSecret = newSigningSecret();
      const until = new Date(Date.now() + overlap).toISOString();
      await save({ ...destination, updatedAt: new Date().toISOString() }, [
        { secret: signingSecret, until: null },
        ...(newest ? [{ secret: newest.secret, until }] : []),
      ]);
      return { signingSecret };
    },
  };
}

/** What is checked of every kind. */
type Checked = Pick<DestinationConfig, 'id' | 'name' | 'servers'>;

function notSigned({ name, kind }: DestinationConfig): Problem {
  return new Problem({
    code: 'destination.not-signed',
    title: 'This kind of destination signs nothing',
    detail: `${name} is a ${kind}`,
    remedy: 'Only webhooks have a signing secret.',
  });
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
