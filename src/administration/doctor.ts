import type { Destination } from '../delivery/destination.ts';
import type { CheckResult } from '../doctor/check.ts';
import type { Diagnosis, Knowledge } from '../doctor/diagnosis.ts';
import type { Subject } from '../doctor/examination.ts';
import { examine } from '../doctor/examine.ts';
import { Problem } from '../model/problem.ts';
import { authorityOf } from '../oauth/authorities/index.ts';
import type { TokenSources } from '../oauth/token-source.ts';
import type { Collections } from '../resources/collections.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import { type DestinationConfig, takesMailOf } from '../resources/destination.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { MailSource } from '../sources/source.ts';
import type { Store } from '../store/store.ts';
import type { Administration } from './administration.ts';

interface Parts {
  resources: Pick<Collections, 'servers' | 'profiles' | 'destinations'>;
  store: Pick<Store, 'mailboxes' | 'deliveries' | 'endpoints'>;
  tokens: Pick<TokenSources, 'anew'>;
  openSource: (server: MailServer) => MailSource;
  openDestination: (destination: DestinationConfig) => Promise<Destination>;
  knowledge: Knowledge;
}

/** So many servers are examined at once. */
const atOnce = 8;

/** Finds out what is wrong with incoming email servers, and says what mends it. */
export function createDoctor(parts: Parts): Administration['doctor'] {
  const { servers } = parts.resources;

  async function* server(id: string): AsyncGenerator<CheckResult | { diagnosis: Diagnosis }> {
    const subject = await subjectOf(await servers.get(id), parts);
    try {
      yield* examine(subject, parts.knowledge);
    } finally {
      await subject.source.close();
    }
  }

  async function diagnosisOf({ id, name }: MailServer) {
    let diagnosis: Diagnosis | null = null;
    for await (const told of server(id)) if ('diagnosis' in told) diagnosis = told.diagnosis;
    return { server: { id, name }, diagnosis: diagnosis as Diagnosis };
  }

  return {
    server,
    async *all() {
      const waiting = (await servers.list()).filter(({ paused }) => !paused);
      const running = waiting.splice(0, atOnce).map(diagnosisOf);
      for (let next = running.shift(); next; next = running.shift()) {
        yield await next;
        const another = waiting.shift();
        if (another) running.push(diagnosisOf(another));
      }
    },
  };
}

async function subjectOf(server: MailServer, parts: Parts): Promise<Subject> {
  const { resources, store, tokens, openSource } = parts;
  const profile = await resources.profiles.get(server.profileId);
  return {
    server,
    profile,
    source: openSource(server),
    open: openSource,
    freshToken: (signal) => tokens.anew(profile.id, server.protocol, signal),
    tokenUrl: tokenUrlOf(profile),
    working: await workingBeside(server, parts),
    proof: await store.mailboxes.restriction(server.id),
    destinations: await destinationsOf(server, parts),
  };
}

function tokenUrlOf(profile: CredentialProfile): URL | null {
  return profile.authentication === 'password' ? null : authorityOf(profile).tokenUrl(profile);
}

async function workingBeside(
  server: MailServer,
  { resources, store }: Pick<Parts, 'resources' | 'store'>,
): Promise<MailServer[]> {
  const watched = new Set(
    (await store.mailboxes.states())
      .filter(({ condition }) => condition === 'watching')
      .map(({ serverId }) => serverId),
  );
  return (await resources.servers.list()).filter(
    ({ id, profileId, protocol }) =>
      id !== server.id && profileId === server.profileId && protocol === server.protocol && watched.has(id),
  );
}

async function destinationsOf(
  server: MailServer,
  { resources, store, openDestination }: Parts,
): Promise<Subject['destinations']> {
  const taking = (await resources.destinations.list()).filter((destination) =>
    takesMailOf(destination, server.id),
  );
  return Promise.all(
    taking.map(async (destination) => ({
      name: destination.name,
      trouble: await troubleOf(destination, store),
      async reach(signal) {
        const opened = await openDestination(destination);
        return opened.reach ? opened.reach(signal) : 'there is nothing to be tried';
      },
    })),
  );
}

/** What it answered last, as long as something waits for it. */
async function troubleOf(
  destination: DestinationConfig,
  { deliveries, endpoints }: Pick<Store, 'deliveries' | 'endpoints'>,
): Promise<Problem | null> {
  const { disabled } = await endpoints.get(destination);
  if (disabled) return Problem.fromJSON(disabled);
  const { items } = await deliveries.list({ state: 'pending', destinationId: destination.id, limit: 50 });
  const failed = items.find(({ problem }) => problem !== null);
  return failed?.problem ? Problem.fromJSON(failed.problem) : null;
}
