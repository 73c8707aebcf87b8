import type { CredentialProfile } from '../credential-profile/record.ts';
import { hostOf } from '../credential-profile/resource.ts';
import type { Json, Resource } from '../resource.ts';
import { acknowledging, replyProblems } from './acknowledgement.ts';
import { incomingServerFields } from './fields.ts';
import { profileProblems, protocolProblems } from './problems.ts';
import type { Protocol } from './protocol.ts';
import type { MailServer } from './record.ts';

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
    async complete(draft: MailServer, { before, given, now, others }) {
      const { ports } = protocolOf(draft);
      const profile = await others.get<CredentialProfile>('profile', draft.profileId);
      const moved = before === null || given.security !== undefined || given.protocol !== undefined;
      return {
        host: draft.host ?? (profile && hostOf(others.resource('profile'), profile, draft.protocol)),
        port: given.port ?? (moved ? null : draft.port) ?? ports[draft.security] ?? ports.tls,
        startFrom: startInstant(given.startFrom, before, now),
        acknowledgement: acknowledging(draft.acknowledgement, before, now),
      };
    },
    async check(server: MailServer, { others }) {
      const profile = await others.get<CredentialProfile>('profile', server.profileId);
      const outgoing = await others.list('outgoing-server');
      return [
        ...(profile ? profileProblems(server, profile) : []),
        ...protocolProblems(server, protocolOf(server)),
        ...replyProblems(server.acknowledgement, outgoing),
        ...(server.host === null && profile
          ? [{ field: 'host', expected: 'the host name of the mail server' }]
          : []),
      ];
    },
    removal: {
      what: 'the incoming email server',
      consequence:
        'Its messages, deliveries and quarantine are deleted here for good. Nothing changes in the mailbox itself. To only stop reading it, pause it.',
      keepingMessages:
        'It is deleted alone: the messages that came through it stay here, with their deliveries.',
    },
  };
}

/**
 * The instant before which mail is left alone; null takes everything. Mail servers tell when a message came in whole
 * seconds (RFC 3501 2.3.3), so it is the beginning of one: what comes in the same second is new.
 */
export function startInstant(given: unknown, before: Json | null, now: Date): string | null {
  if (given === undefined && before) return before.startFrom as string | null;
  if (given === 'everything') return null;
  const instant = given === undefined || given === 'now' ? now : new Date(String(given));
  return new Date(Math.floor(instant.getTime() / 1000) * 1000).toISOString();
}
