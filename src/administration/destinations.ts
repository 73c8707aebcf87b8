import { z } from 'zod';
import type { Config } from '../config/config.ts';
import type { Dispatcher } from '../destinations/dispatcher.ts';
import { createAddressGuard } from '../destinations/webhook/address-guard.ts';
import { newSigningSecret, rotated, type SigningSecret } from '../destinations/webhook/signature.ts';
import { type DestinationConfig, destinationKinds } from '../model/delivery.ts';
import { newId } from '../model/id.ts';
import type { Instant } from '../model/mail-server.ts';
import { invalidInput, Problem } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import type { Administration } from './administration.ts';
import { changesOf } from './changes.ts';
import { validate } from './validation.ts';

const secretsName = 'signing-secrets';

/** What an administrator may say of a destination. */
export const destinationInput = z.strictObject({
  name: z.string().trim().min(1).max(100),
  kind: z.enum(destinationKinds).default('webhook'),
  url: z.url({ protocol: /^https?$/, error: 'a URL beginning with https:// (or http://)' }).max(2000),
  servers: z.array(z.string().min(1)).max(1000).nullable().default(null),
  enabled: z.boolean().default(true),
});
const destinationChanges = changesOf(destinationInput);

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
  let turn: Promise<unknown> = Promise.resolve();

  /** Changes one after the other: none undoes another, and each secret that was shown is kept. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

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

  async function verify(destination: DestinationConfig): Promise<void> {
    const url = new URL(destination.url);
    if (url.username || url.password)
      throw invalidInput([
        { field: 'url', expected: 'a URL without user name and password; messages are signed instead' },
      ]);
    try {
      guard.assertHost(url.hostname);
    } catch {
      throw invalidInput([
        {
          field: 'url',
          expected: 'a public address, or a private one within delivery.allowPrivateAddresses',
          given: url.hostname,
        },
      ]);
    }
    const known = new Set((await store.servers.list()).map((server) => server.id));
    const unknown = destination.servers?.filter((id) => !known.has(id)) ?? [];
    if (unknown.length > 0)
      throw invalidInput([
        { field: 'servers', expected: 'ids of incoming email servers', given: unknown.join(', ') },
      ]);
    const namesake = (await store.destinations.list()).find(
      (other) => other.name === destination.name && other.id !== destination.id,
    );
    if (namesake)
      throw invalidInput([
        { field: 'name', expected: 'a name that no other destination has', given: destination.name },
      ]);
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
      const destination = {
        ...validate(destinationInput, input),
        id: newId('dst'),
        createdAt: now,
        updatedAt: now,
      };
      await verify(destination);
      const signingSecret = newSigningSecret();
      await save(destination, [{ secret: signingSecret, until: null }]);
      return { ...destination, signingSecret };
    },

    update: (id, input) =>
      inTurn(async () => {
        const changes = validate(destinationChanges, input);
        const before = await find(id);
        const destination = { ...before, ...changes, updatedAt: instantAfter(before.updatedAt) };
        await verify(destination);
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
        const signingSecret = newSigningSecret();
        const secrets = rotated(await signingSecrets(store, vault, id), signingSecret, new Date());
        await save({ ...before, updatedAt: instantAfter(before.updatedAt) }, secrets);
        return { signingSecret };
      }),
  };
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
