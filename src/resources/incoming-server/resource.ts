import { bindHost, hostProblems } from '../credential-profile/hosts.ts';
import type { CredentialProfile } from '../credential-profile/record.ts';
import { hostOf } from '../credential-profile/resource.ts';
import type { Change, Json, Resource } from '../resource.ts';
import { acknowledging, replyProblems } from './acknowledgement.ts';
import { incomingServerFields } from './fields.ts';
import { profileProblems, protocolProblems } from './problems.ts';
import type { Protocol } from './protocol.ts';
import type { MailServer } from './record.ts';
import { readsTheSame } from './twin.ts';

/** The resource, of the protocols that there are. */
export function incomingServers(protocols: readonly Protocol[]): Resource {
  const named = (has: (protocol: Protocol) => boolean) => protocols.filter(has).map(({ name }) => name);
  const protocolOf = (server: Pick<MailServer, 'protocol'>) =>
    protocols.find(({ name }) => name === server.protocol) as Protocol;
  return {
    type: 'server',
    path: 'servers',
    command: 'server',
    idPrefix: 'srv',
    title: 'incoming email server',
    noun: 'server',
    version: 1,
    kind: {
      field: 'protocol',
      label: 'Read by',
      placeholder: 'PROTOCOL',
      fallback: 'imap',
      kinds: protocols,
    },
    fields: {
      ...incomingServerFields,
      security: {
        ...incomingServerFields.security,
        when: { protocol: named(({ ports }) => ports.starttls !== undefined) },
      },
      folders: { ...incomingServerFields.folders, when: { protocol: named(({ folders }) => folders) } },
    },
    complete: (draft: MailServer, change) => complete(draft, protocolOf(draft), change),
    async check(server: MailServer, change) {
      const { others } = change;
      // Without a host nothing can be stored, and only the profile can say one.
      const look = server.host === null ? others.get : others.find;
      const profile = await look<CredentialProfile>('profile', server.profileId);
      const outgoing = await others.list('outgoing-server');
      return [
        ...(profile ? profileProblems(server, profile) : []),
        ...(profile && server.host !== null ? await hostProblems(server, profile, change) : []),
        ...protocolProblems(server, protocolOf(server)),
        ...replyProblems(server.acknowledgement, outgoing),
        ...(server.host === null && profile
          ? [{ field: 'host', expected: 'the host name of the mail server' }]
          : []),
      ];
    },
    follow: (server: MailServer, { others }) => bindHost(server, others),
    twin: readsTheSame,
    removal: {
      what: 'the incoming email server',
      consequence:
        'Its messages, deliveries and quarantine are deleted here for good. Nothing changes in the mailbox itself. To only stop reading it, pause it.',
      keepingMessages:
        'It is deleted alone: the messages that came through it stay here, with their deliveries.',
    },
  };
}

/** Its host and port where nobody gave them, and the instants from which mail is read and answered. */
async function complete(draft: MailServer, { ports }: Protocol, change: Change): Promise<Json> {
  const { given, now } = change;
  const before = change.before as (MailServer & Json) | null;
  const isMoved = before === null || before.security !== draft.security || before.protocol !== draft.protocol;
  return {
    host: await hostOf(useIn(draft), before && useIn(before), change),
    port: given.port ?? (isMoved ? null : draft.port) ?? ports[draft.security] ?? ports.tls,
    startFrom: startInstant(given.startFrom, before, now),
    acknowledgement: acknowledging(draft.acknowledgement, before, now),
  };
}

const useIn = ({ host, profileId, protocol }: MailServer) => ({ host, profileId, use: protocol });

/**
 * The instant before which mail is left alone; null takes everything. Mail servers tell when a message came in whole
 * seconds (RFC 3501 2.3.3), so it is the beginning of one: what comes in the same second is new.
 */
export function startInstant(given: unknown, before: Json | null, now: Date): string | null {
  if (given === undefined && before) return before.startFrom as string | null;
  if (given === 'everything' || given === null) return null;
  const instant = given === undefined || given === 'now' ? now : new Date(String(given));
  return new Date(Math.floor(instant.getTime() / 1000) * 1000).toISOString();
}
