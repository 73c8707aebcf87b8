import { type CredentialProfile, hostOf } from '../credential-profile/resource.ts';
import type { DestinationConfig } from '../destination.ts';
import type { ValuesOf } from '../field.ts';
import { fitting } from '../fields/reference.ts';
import type { MailServer } from '../incoming-server/resource.ts';
import { type NotificationSettings, notificationsType } from '../notification-settings.ts';
import type { Kind, Resource, ResourceRecord } from '../resource.ts';
import { outgoingServerFields } from './fields.ts';
import { problemsOf } from './problems.ts';

/** A way to send mail. */
export interface OutgoingKind extends Kind {
  /** What a credential profile must be for to send by it, as it is stored and in words. */
  use: { name: string; label: string };
  /** Its usual ports, by how the connection is encrypted; the first one is the usual way. */
  ports: Partial<Record<'tls' | 'starttls' | 'none', number>>;
  /** Where it is reached where no provider says. */
  host?: string;
  /** It cannot do without a sign-in. */
  signsIn?: true;
  /** It takes mails in an envelope of their own (RFC 5321 2.3.1), so that originals can be forwarded. */
  forwards: boolean;
}

/** An outgoing email server: how mail is sent, and as whom. */
export type OutgoingServer = ResourceRecord & ValuesOf<typeof outgoingServerFields> & { kind: string };

/** The resource, of the kinds that there are. */
export function outgoingServers(kinds: readonly OutgoingKind[]): Resource {
  const kindOf = (server: Pick<OutgoingServer, 'kind'>) =>
    kinds.find(({ name }) => name === server.kind) as OutgoingKind;
  const several = kinds.filter(({ ports }) => Object.keys(ports).length > 1).map(({ name }) => name);
  return {
    type: 'outgoing-server',
    path: 'outgoing-servers',
    command: 'outgoing',
    idPrefix: 'ogs',
    title: 'outgoing email server',
    noun: 'outgoing server',
    version: 1,
    kind: { field: 'kind', label: 'Kind', placeholder: 'KIND', fallback: 'smtp', kinds, column: 'KIND' },
    fields: {
      ...outgoingServerFields,
      profileId: fitting(outgoingServerFields.profileId, ({ uses }: CredentialProfile) =>
        kinds.some(({ use }) => uses.includes(use.name)),
      ),
      security: { ...outgoingServerFields.security, when: { kind: several } },
    },
    async complete(draft: OutgoingServer, { before, given, others }) {
      const { ports, host: usualHost, use } = kindOf(draft);
      const otherKind = before !== null && before.kind !== draft.kind;
      const kept = before !== null && !otherKind;
      const profile =
        draft.profileId === null ? null : await others.get<CredentialProfile>('profile', draft.profileId);
      const [usualSecurity] = Object.keys(ports) as OutgoingServer['security'][];
      const security = given.security ?? (kept ? draft.security : usualSecurity);
      const otherPort = !kept || (given.security !== undefined && given.security !== before.security);
      return {
        host:
          given.host ??
          (kept
            ? draft.host
            : (usualHost ?? (profile && hostOf(others.resource('profile'), profile, use.name)))),
        security,
        port:
          given.port ??
          (otherPort ? (ports[security as keyof typeof ports] ?? Object.values(ports)[0]) : draft.port),
      };
    },
    async check(server: OutgoingServer, { others }) {
      const profile =
        server.profileId === null ? null : await others.get<CredentialProfile>('profile', server.profileId);
      return problemsOf(server, kindOf(server), profile);
    },
    async usersOf(id, others) {
      const servers = await others.list<MailServer>('server');
      const destinations = await others.list<DestinationConfig & { outgoingServerId?: string }>(
        'destination',
      );
      const [settings] = await others.list<NotificationSettings>(notificationsType);
      return [
        ...servers
          .filter(({ acknowledgement }) => acknowledgement?.outgoingServerId === id)
          .map(({ name }) => `the automatic reply of ${name}`),
        ...destinations
          .filter(({ outgoingServerId }) => outgoingServerId === id)
          .map(({ name }) => `the destination ${name}`),
        ...(settings?.outgoingServerId === id ? ['the notifications'] : []),
      ];
    },
    removal: {
      what: 'the outgoing email server',
      consequence:
        'Its mails are deleted here with it, also those not sent yet. It can be deleted once nothing sends through it.',
    },
  };
}
