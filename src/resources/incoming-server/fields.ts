import { z } from 'zod';
import { formatInstant } from '../../model/instant.ts';
import type { Acknowledgement, AfterIntake } from '../../model/mail-server.ts';
import { passwordAgain } from '../credential-profile/hosts.ts';
import { address, host, port } from '../fields/address.ts';
import { certificateAuthority } from '../fields/certificate-authority.ts';
import { choice, tick } from '../fields/choice.ts';
import { group } from '../fields/group.ts';
import { list } from '../fields/list.ts';
import { optional } from '../fields/optional.ts';
import { reference } from '../fields/reference.ts';
import { nameField, oneLine, text } from '../fields/text.ts';
import { placeholders } from '../placeholders.ts';
import { acknowledgementInput, acknowledgementSubject } from './acknowledgement.ts';
import { afterIntakeInput, afterIntakeParts, afterIntakeText } from './after-intake.ts';

const connection = 'Connection';
const mail = 'Mail';
const reply = 'Automatic reply';

const startFrom = z.union(
  [z.literal('everything'), z.literal('now'), z.iso.date(), z.iso.datetime(), z.null()],
  {
    error: '"everything", "now" or a date such as 2026-01-31',
  },
);

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
  password: passwordAgain,
  certificateAuthority: certificateAuthority({ group: connection }),
  folders: list({
    label: 'Folders',
    help: 'One a line. The first is watched for new mail at once, the others every few minutes. Patterns such as Team/* and special uses such as \\Junk are understood.',
    group: mail,
    option: 'folder',
    placeholder: 'FOLDER',
    required: true,
    of: z.string().min(1).max(1000).regex(oneLine, 'one line of text'),
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
        fallback: acknowledgementSubject,
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
