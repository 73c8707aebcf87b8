import type { DeliveringKind } from '../delivery/destination.ts';
import {
  newSigningSecret,
  rotated,
  type SigningSecret,
  signingSecretsName,
} from '../destinations/webhook/signature.ts';
import type { Endpoint } from '../model/delivery.ts';
import { Problem } from '../model/problem.ts';
import type { Collection } from '../resources/collection.ts';
import type { DestinationConfig } from '../resources/destination.ts';
import { instantAfter } from '../resources/draft.ts';
import { type Json, kindOf } from '../resources/resource.ts';
import type { EndpointStore } from '../store/deliveries.ts';
import type { Administration } from './administration.ts';
import { managed } from './managed.ts';

export function createDestinationsAdministration({
  destinations,
  endpoints,
  renew,
  changed,
}: {
  destinations: Collection<DestinationConfig>;
  endpoints: EndpointStore;
  /** It may be mended: it is to be tried at once. */
  renew: (id: string) => Promise<void>;
  /** What is delivered with was replaced. */
  changed: () => Promise<void>;
}): Administration['destinations'] {
  const kind = (destination: DestinationConfig) =>
    kindOf(destinations.resource, destination as unknown as Json) as DeliveringKind;

  const withEndpoint = async (destination: DestinationConfig) => ({
    ...destination,
    endpoint: atPresent(await endpoints.get(destination)),
  });
  async function all() {
    const { records, unreadable } = await destinations.all();
    return { records: await Promise.all(records.map(withEndpoint)), unreadable };
  }

  return managed(destinations, {
    all,
    list: async () => (await all()).records,
    get: async (id: string) => withEndpoint(await destinations.get(id)),
    create: async (input: unknown) => ({ signingSecret: null, ...(await destinations.create(input)) }),
    targetOf: (destination: DestinationConfig) =>
      kind(destination).targetOf(destination as DestinationConfig & Json),
    isSigned: (destination: DestinationConfig) => kind(destination).signed === true,

    async switchOn(id: string) {
      const destination = await destinations.get(id);
      await endpoints.set(destination, { disabled: null, disabledAt: null, restsUntil: null });
      await renew(id);
    },

    async rotateSecret(id: string) {
      const before = await destinations.get(id);
      if (!kind(before).signed) throw notSigned(before);
      const signingSecret = newSigningSecret();
      await destinations.note(id, async ({ updatedAt }, others) => {
        const now = new Date();
        const secrets: SigningSecret[] = JSON.parse((await others.secret(id, signingSecretsName)) ?? '[]');
        return {
          // By this it is seen that something has changed.
          record: { updatedAt: instantAfter(updatedAt, now) },
          secrets: { [signingSecretsName]: JSON.stringify(rotated(secrets, signingSecret, now)) },
        };
      });
      await changed();
      return { signingSecret };
    },
  });
}

/** A rest that is over is none. */
function atPresent({ restsUntil, ...endpoint }: Endpoint): Endpoint {
  const rests = restsUntil !== null && Date.parse(restsUntil) > Date.now();
  return { ...endpoint, restsUntil: rests ? restsUntil : null };
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
