import type { FieldProblem } from '../model/problem.ts';
import type { CredentialProfile } from './credential-profile.ts';
import type { DestinationConfig } from './destination.ts';
import type { ValuesOf } from './field.ts';
import {
  address,
  certificateAuthority,
  choice,
  fitting,
  host,
  nameField,
  optional,
  optionalReference,
  port,
  text,
  tick,
} from './fields.ts';
import { hostOf, type MailServer } from './incoming-server.ts';
import { type NotificationSettings, notificationsType } from './notification-settings.ts';
import type { Kind, Resource, ResourceRecord } from './resource.ts';

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

const connection = 'Connection';

/** What an administrator says of an outgoing email server. */
export const outgoingServerFields = {
  name: nameField({ help: 'As it appears in lists and log lines, such as “Support out”.' }),
  address: address({
    label: 'Mail is from',
    help: 'Answers and bounces come to this address.',
    example: 'support@contoso.com',
    column: 'FROM',
  }),
  displayName: optional(
    text({
      label: 'Name beside the address',
      placeholder: 'NAME',
      max: 200,
      pattern: [/^\P{Cc}*$/u, 'one line of text'],
    }),
  ),
  profileId: optionalReference({
    label: 'Credential profile',
    help: 'One whose tokens are for SMTP or for sending through Graph.',
    option: 'profile',
    placeholder: 'PROFILE',
    to: 'profile',
    none: 'None: it asks for no sign-in',
  }),
  host: host({
    label: 'Mail server',
    help: 'Left empty, that of the profile’s provider.',
    group: connection,
    follows: 'that of the profile’s provider, such as smtp.office365.com',
    column: 'SERVER',
  }),
  security: choice({
    label: 'Encryption',
    group: connection,
    placeholder: 'SECURITY',
    follows: 'the usual one: STARTTLS for SMTP, none for LMTP',
    choices: [
      { value: 'starttls', label: 'STARTTLS', help: 'Insisted on; port 587 unless you give another.' },
      { value: 'tls', label: 'TLS', help: 'From the first byte; port 465 unless you give another.' },
      { value: 'none', label: 'None', help: 'Only to this machine and to networks that are allowed.' },
    ],
  }),
  port: port({ label: 'Port', group: connection, follows: 'the usual one: 587, with TLS 465' }),
  username: optional(
    text({
      label: 'User name',
      help: 'Only where the one who signs in is not the address.',
      group: connection,
      placeholder: 'NAME',
      max: 320,
    }),
  ),
  certificateAuthority: certificateAuthority({ group: connection }),
  enabled: tick({
    label: 'Send',
    help: 'While this is off, nothing new is taken and what waits goes on waiting.',
    free: true,
    fallback: true,
    column: 'ENABLED',
  }),
};

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

function problemsOf(
  server: OutgoingServer,
  kind: OutgoingKind,
  profile: CredentialProfile | null,
): FieldProblem[] {
  const { security, host: at } = server;
  const found: FieldProblem[] = [];
  if (at === null && (server.profileId === null || profile))
    found.push({ field: 'host', expected: 'the host name of the mail server' });
  if (profile && !profile.uses.includes(kind.use.name))
    found.push({
      field: 'profileId',
      expected: `a credential profile for ${kind.use.name}`,
      given: `${profile.name}, which is for ${profile.uses.join(', ')}`,
    });
  if (kind.signsIn && server.profileId === null)
    found.push({ field: 'profileId', expected: `a credential profile for ${kind.use.name}` });
  if (!(security in kind.ports))
    found.push({
      field: 'security',
      expected: `${Object.keys(kind.ports).join(' or ')}, as ${kind.label} has it`,
      given: security,
    });
  else if (security === 'none' && profile && !/^(localhost|127\.[\d.]+|::1)$/.test(at ?? ''))
    found.push({
      field: 'security',
      expected: 'tls or starttls, so that nobody on the way sees what it signs in with',
      given: security,
    });
  return found;
}
