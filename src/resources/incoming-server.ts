import { z } from 'zod';
import { formatInstant } from '../model/instant.ts';
import type { Acknowledgement, AfterIntake } from '../model/mail-server.ts';
import type { FieldProblem } from '../model/problem.ts';
import { isMailboxOf } from './account-match.ts';
import type { CredentialProfile, Provider } from './credential-profile.ts';
import type { ValuesOf } from './field.ts';
import {
  address,
  certificateAuthority,
  choice,
  group,
  host,
  list,
  nameField,
  number,
  optional,
  port,
  reference,
  text,
  tick,
} from './fields.ts';
import { placeholders, unknownPlaceholders } from './placeholders.ts';
import { type Json, type Kind, kindOf, type Resource, type ResourceRecord } from './resource.ts';

/** A way to read mailboxes. */
export interface Protocol extends Kind {
  /** Its usual ports (IANA) by how the connection is encrypted; `starttls` where it knows that (RFC 2595, RFC 3501). */
  ports: { tls: number; starttls?: number };
  /** Whether mailboxes have folders to choose from. */
  folders: boolean;
  /** What it can do on the server once a message is safe here. */
  actions: readonly AfterIntake['action'][];
  /** What tokens are for that are used by it, in words. */
  use: string;
}

const connection = 'Connection';
const mail = 'Mail';
const reply = 'Automatic reply';

const days = z.coerce.number().min(0).max(3650);

const afterIntakeParts = {
  action: choice({
    label: 'Once a message is safe here',
    option: 'after-intake',
    placeholder: 'ACTION',
    fallback: 'leave',
    choices: [
      { value: 'leave', label: 'Leave it as it is' },
      { value: 'mark-read', label: 'Mark it as read' },
      { value: 'move', label: 'Move it to a folder' },
      { value: 'delete', label: 'Delete it from the mailbox' },
    ],
  }),
  folder: text({
    label: 'Folder to move to',
    help: 'It must exist in the mailbox.',
    option: 'move-to',
    placeholder: 'FOLDER',
    when: { action: ['move'] },
    max: 1000,
  }),
  afterDays: number({
    label: 'After so many days',
    help: 'Empty deletes at once.',
    follows: 'at once',
    option: 'delete-after-days',
    placeholder: 'DAYS',
    when: { action: ['delete'] },
    schema: days,
  }),
};

const afterIntakeInput = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('leave') }),
  z.strictObject({ action: z.literal('mark-read') }),
  z.strictObject({ action: z.literal('move'), folder: z.string('the folder to move to').min(1).max(1000) }),
  z.strictObject({ action: z.literal('delete'), afterDays: days.optional() }),
]);

const acknowledgementInput = z.strictObject({
  outgoingServerId: z.string().min(1).max(100),
  subject: z
    .string()
    .trim()
    .max(500)
    .regex(/^\P{Cc}+$/u, 'one line of text')
    .default('Re: {subject}'),
  text: z.string().trim().min(1).max(20_000),
});

const startFrom = z.union([z.literal('everything'), z.literal('now'), z.iso.date(), z.iso.datetime()], {
  error: '"everything", "now" or a date such as 2026-01-31',
});

/** What an administrator says of an incoming email server. */
export const incomingServerFields = {
  name: nameField({ help: 'As it appears in every list and log line, such as “Support”.' }),
  address: address({
    label: 'Mailbox address',
    help: 'The mailbox to open; a shared mailbox by its own address.',
    example: 'support@contoso.com',
    column: 'ADDRESS',
  }),
  shared: tick({
    label: 'This is a shared mailbox',
    help: 'Another account than the mailbox’s own has consented, and has access to it.',
    fallback: false,
  }),
  profileId: reference({
    label: 'Credential profile',
    option: 'profile',
    placeholder: 'PROFILE',
    to: 'profile',
  }),
  host: host({
    label: 'Mail server',
    help: 'Empty takes the provider’s own, such as outlook.office365.com.',
    group: connection,
    follows: 'the provider’s own',
  }),
  security: choice({
    label: 'Encryption',
    group: connection,
    placeholder: 'SECURITY',
    fallback: 'tls',
    choices: [
      {
        value: 'tls',
        label: 'TLS',
        help: 'From the first byte; the usual port is 993 with IMAP, 995 with POP3.',
      },
      {
        value: 'starttls',
        label: 'STARTTLS',
        help: 'Asked for on a plain connection and insisted on; the usual port is 143 with IMAP, 110 with POP3.',
      },
    ],
  }),
  port: port({ label: 'Port', group: connection, follows: 'the protocol’s own, such as 993' }),
  username: optional(
    text({
      label: 'User name',
      help: 'Only where the server wants another than the mailbox address.',
      group: connection,
      placeholder: 'NAME',
      max: 320,
    }),
  ),
  certificateAuthority: certificateAuthority({ group: connection }),
  folders: list({
    label: 'Folders',
    help: 'One a line. The first is watched for new mail at once, the others every few minutes. Patterns such as Team/* and special uses such as \\Junk are understood.',
    group: mail,
    option: 'folder',
    placeholder: 'FOLDER',
    of: z.string().min(1).max(1000),
    min: 1,
    max: 50,
    fallback: ['INBOX'],
  }),
  startFrom: {
    ...optional(text({ label: 'Which mail', group: mail, placeholder: 'START', max: 40 })),
    control: {
      kind: 'choice',
      choices: [
        { value: 'now', label: 'Only new mail', help: 'What arrives from this moment on.' },
        { value: 'everything', label: 'Everything', help: 'Also all that is in the folders already.' },
        { value: 'date', label: 'Since a date' },
      ],
      other: { value: 'date', label: 'Received since', placeholder: '2026-01-31' },
    },
    input: startFrom,
    fallback: null,
    initial: 'now',
    read: (typed: string) => typed.trim() || undefined,
    write: (value: string | null) => value ?? 'everything',
    show: (value: string | null) =>
      value === null ? 'Everything' : `Received since ${formatInstant(value)}`,
  },
  afterIntake: group<AfterIntake>({
    label: 'Once a message is safe here',
    group: mail,
    parts: afterIntakeParts,
    input: afterIntakeInput,
    stored: afterIntakeInput,
    fallback: { action: 'leave' },
    optional: false,
    show: afterIntakeText,
  }),
  acknowledgement: group<Acknowledgement | null>({
    label: 'Tell senders that their mail has arrived',
    help: 'Once in some hours for each sender; never in answer to automatic mail or mailing lists.',
    group: reply,
    quiet: true,
    option: null,
    parts: {
      outgoingServerId: reference({
        label: 'Answer through',
        option: 'answer-with',
        placeholder: 'OUTGOING',
        to: 'outgoing-server',
      }),
      subject: {
        ...text({ label: 'Subject', option: 'answer-subject', placeholder: 'TEXT', max: 500 }),
        fallback: 'Re: {subject}',
      },
      text: {
        ...text({
          label: 'Text',
          help: `May name ${Object.keys(placeholders)
            .map((name) => `{${name}}`)
            .join(', ')}.`,
          option: 'answer-text',
          placeholder: 'TEXT',
          max: 20_000,
        }),
        control: { kind: 'area', rows: 5 },
        read: (typed: string) => typed.replaceAll('\r\n', '\n').trim(),
      },
    },
    input: acknowledgementInput.nullable(),
    stored: acknowledgementInput.extend({ since: z.string() }).nullable(),
    fallback: null,
    optional: true,
    show: (value) => value && `“${value.subject}”, to mail since ${formatInstant(value.since)}`,
  }),
  paused: {
    ...tick({
      label: 'Paused',
      help: 'It is not read, and nothing is done in the mailbox.',
      free: true,
      group: mail,
      fallback: false,
    }),
  },
} as const;

/** An incoming email server: one mailbox and how it is read. */
export type MailServer = ResourceRecord & ValuesOf<typeof incomingServerFields> & { protocol: string };

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
        port: given.port ?? (moved ? (ports[draft.security] ?? ports.tls) : draft.port),
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
        'Its messages, deliveries and quarantine are deleted here for good. Nothing changes in the mailbox itself.',
      keepingMessages:
        'It is deleted alone: the messages that came through it stay here, with their deliveries.',
    },
  };
}

/** Where a profile's provider has what tokens are used for. */
export function hostOf(profiles: Resource, profile: CredentialProfile, use: string): string | null {
  const provider = kindOf(profiles, profile as unknown as Json) as Provider | undefined;
  return provider?.hostFor(profile, use) ?? null;
}

function profileProblems(server: MailServer, profile: CredentialProfile): FieldProblem[] {
  const found: FieldProblem[] = [];
  if (!profile.uses.includes(server.protocol))
    found.push({
      field: 'profileId',
      expected: `a credential profile for ${server.protocol}`,
      given: `${profile.name}, which is for ${profile.uses.join(', ')}`,
    });
  const withoutPasswords =
    profile.authentication === 'password' && providerWithoutPasswords(server.host ?? '');
  if (withoutPasswords)
    found.push({
      field: 'profileId',
      expected: `a credential profile with OAuth 2.0; ${withoutPasswords} takes no passwords at ${server.host}`,
      given: profile.name,
    });
  // Another account than the mailbox's is refused here as it is when it consents.
  if (profile.account && !isMailboxOf(profile.account, profile.signInName, server))
    found.push({
      field: 'address',
      expected: `the mailbox of ${profile.account.username}, who consented; or say that the mailbox is shared`,
      given: server.address,
    });
  return found;
}

function protocolProblems(
  server: MailServer,
  { label, name, ports, folders, actions }: Protocol,
): FieldProblem[] {
  const { security, afterIntake } = server;
  const found: FieldProblem[] = [];
  if (security === 'starttls' && ports.starttls === undefined)
    found.push({ field: 'security', expected: 'tls, as HTTPS has it', given: security });
  if (!folders && server.folders.join() !== 'INBOX')
    found.push({
      field: 'folders',
      expected: `INBOX, all that ${label} shows`,
      given: server.folders.join(', '),
    });
  if (!actions.includes(afterIntake.action))
    found.push({
      field: 'afterIntake.action',
      expected: `one of ${actions.join(', ')} with ${name}`,
      given: afterIntake.action,
    });
  if (afterIntake.action === 'move' && server.folders.includes(afterIntake.folder))
    found.push({
      field: 'afterIntake.folder',
      expected: 'a folder that is not read itself: messages would come in again from there',
      given: afterIntake.folder,
    });
  return found;
}

function replyProblems(acknowledgement: Acknowledgement | null, outgoing: ResourceRecord[]): FieldProblem[] {
  if (!acknowledgement) return [];
  const { outgoingServerId, subject, text: body } = acknowledgement;
  const found: FieldProblem[] = [];
  if (!outgoing.some(({ id }) => id === outgoingServerId))
    found.push({
      field: 'acknowledgement.outgoingServerId',
      expected: 'the id of an outgoing email server',
      given: outgoingServerId,
    });
  for (const [field, template] of Object.entries({ subject, text: body })) {
    const unknown = unknownPlaceholders(template);
    if (unknown.length > 0)
      found.push({
        field: `acknowledgement.${field}`,
        expected: `of names in braces only ${Object.keys(placeholders)
          .map((name) => `{${name}}`)
          .join(', ')}`,
        given: unknown.map((name) => `{${name}}`).join(', '),
      });
  }
  return found;
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

/** Replies begin when they are switched on, and a change of their words does not begin them anew. */
function acknowledging(
  wanted: Acknowledgement | null,
  before: Json | null,
  now: Date,
): Acknowledgement | null {
  const former = before?.acknowledgement as Acknowledgement | null | undefined;
  return wanted && { ...wanted, since: former?.since ?? now.toISOString() };
}

export function afterIntakeText(after: AfterIntake): string {
  switch (after.action) {
    case 'leave':
      return 'Leave it in the mailbox as it is';
    case 'mark-read':
      return 'Mark it as read';
    case 'move':
      return `Move it to ${after.folder}`;
    case 'delete':
      return after.afterDays
        ? `Delete it from the mailbox after ${after.afterDays} days`
        : 'Delete it from the mailbox';
  }
}

/** Providers that take no passwords for mail any more, by their mail hosts. */
const withoutPasswords = [
  {
    name: 'Microsoft',
    hosts: /(^|\.)(office365\.com|office365\.us|outlook\.com|apps\.mil|outlook\.cn)$/i,
  },
  { name: 'Google', hosts: /(^|\.)(gmail\.com|googlemail\.com|google\.com)$/i },
];

function providerWithoutPasswords(host: string): string | null {
  return withoutPasswords.find(({ hosts }) => hosts.test(host))?.name ?? null;
}
