import type { CredentialProfile } from '../credential-profile/record.ts';
import { hostOf } from '../credential-profile/resource.ts';
import type { DestinationConfig } from '../destination.ts';
import { fitting } from '../fields/reference.ts';
import type { MailServer } from '../incoming-server/record.ts';
import { type NotificationSettings, notificationsType } from '../notification-settings.ts';
import type { Change, Json, Others, Resource } from '../resource.ts';
import { outgoingServerFields } from './fields.ts';
import type { OutgoingKind } from './kind.ts';
import { problemsOf } from './problems.ts';
import type { OutgoingServer } from './record.ts';

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
    complete: (draft: OutgoingServer, change) => complete(draft, kindOf(draft), change),
    async check(server: OutgoingServer, { others }) {
      const profile =
        server.profileId === null ? null : await others.get<CredentialProfile>('profile', server.profileId);
      return problemsOf(server, kindOf(server), profile);
    },
    usersOf,
    removal: {
      what: 'the outgoing email server',
      consequence:
        'Its mails are deleted here with it, also those not sent yet. It can be deleted once nothing sends through it.',
    },
  };
}

/** Its host, encryption and port where nobody gave them: those of its kind or of the profile's provider. */
async function complete(
  draft: OutgoingServer,
  kind: OutgoingKind,
  { before, given, others }: Change,
): Promise<Json> {
  const { ports, host: usualHost, use } = kind;
  const otherKind = before !== null && before.kind !== draft.kind;
  const kept = before !== null && !otherKind;
  const profile =
    draft.profileId === null ? null : await others.get<CredentialProfile>('profile', draft.profileId);
  const [usualSecurity] = Object.keys(ports) as OutgoingServer['security'][];
  const security = given.security ?? (kept ? draft.security : null) ?? usualSecurity;
  const otherPort = !kept || (given.security !== undefined && given.security !== before.security);
  return {
    host:
      given.host ??
      (kept ? draft.host : null) ??
      usualHost ??
      (profile && hostOf(others.resource('profile'), profile, use.name)),
    security,
    port:
      given.port ??
      (otherPort ? null : draft.port) ??
      ports[security as keyof typeof ports] ??
      Object.values(ports)[0],
  };
}

/** What sends through it. */
async function usersOf(id: string, others: Others): Promise<string[]> {
  const servers = await others.list<MailServer>('server');
  const destinations = await others.list<DestinationConfig & { outgoingServerId?: string }>('destination');
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
}
