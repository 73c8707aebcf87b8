import { type AfterIntake, type Protocol, protocols } from '../../model/mail-server.ts';
import type { CredentialProfile } from '../../resources/credential-profile.ts';
import type { MailServer } from '../../resources/incoming-server.ts';
import type { Choice, Field } from '../components/field.ts';
import { formatInstant } from '../format.ts';

const afterIntakeChoices: (Choice & { value: AfterIntake['action'] })[] = [
  { value: 'leave', label: 'Leave it', hint: 'The mailbox is not changed at all.' },
  { value: 'mark-read', label: 'Mark it as read' },
  { value: 'move', label: 'Move it to a folder' },
  { value: 'delete', label: 'Delete it from the mailbox', hint: 'The only copy is then the one here.' },
];

const protocolNames: Record<Protocol, { label: string; hint?: string }> = {
  imap: { label: 'IMAP', hint: 'The usual way: new mail comes at once, folders can be chosen.' },
  pop3: { label: 'POP3', hint: 'The inbox only, asked every few minutes.' },
  graph: { label: 'MAPI by Microsoft Graph', hint: 'Microsoft 365, also where IMAP is switched off.' },
  ews: {
    label: 'MAPI by Exchange Web Services',
    hint: 'Exchange Server on premises. In Exchange Online it ends on 1 April 2027.',
  },
};

/** What the form of an incoming email server asks for; `server` is the one edited, or null for a new one. */
export function serverFields(profiles: CredentialProfile[], server: MailServer | null) {
  return {
    name: {
      name: 'name',
      label: 'Name',
      kind: 'text',
      required: true,
      hint: 'As it appears in every list and log line, such as “Support”.',
    },
    address: {
      name: 'address',
      label: 'Mailbox address',
      kind: 'email',
      required: true,
      placeholder: 'support@contoso.com',
      hint: 'The mailbox to open; a shared mailbox by its own address.',
    },
    profileId: {
      name: 'profileId',
      label: 'Credential profile',
      kind: 'select',
      required: true,
      choices: profileChoices(profiles, 'Choose a profile'),
    },
    shared: {
      name: 'shared',
      label: 'This is a shared mailbox',
      kind: 'tick',
      hint: 'Another account than the mailbox’s own has consented, and has access to it.',
    },
    protocol: {
      name: 'protocol',
      label: 'Read by',
      kind: 'choice',
      choices: protocols.map((value) => ({ value, ...protocolNames[value] })),
    },
    host: {
      name: 'host',
      label: 'Mail server',
      kind: 'text',
      mono: true,
      hint: 'Empty takes the provider’s own, such as outlook.office365.com.',
    },
    security: {
      name: 'security',
      label: 'Encryption',
      kind: 'choice',
      choices: [
        {
          value: 'tls',
          label: 'TLS',
          hint: 'From the first byte; the usual port is 993 with IMAP, 995 with POP3.',
        },
        {
          value: 'starttls',
          label: 'STARTTLS',
          hint: 'Asked for on a plain connection and insisted on; the usual port is 143 with IMAP, 110 with POP3.',
        },
      ],
    },
    port: { name: 'port', label: 'Port', kind: 'number' },
    username: {
      name: 'username',
      label: 'User name',
      kind: 'text',
      hint: 'Only where the server wants another than the mailbox address.',
    },
    certificateAuthority: {
      name: 'certificateAuthority',
      label: 'Private certificate authority',
      kind: 'area',
      rows: 4,
      mono: true,
      hint: 'PEM, beginning with -----BEGIN CERTIFICATE-----. Only for servers with certificates of your own.',
    },
    folders: {
      name: 'folders',
      label: 'Folders',
      kind: 'area',
      rows: 2,
      required: true,
      hint: 'One a line. The first is watched for new mail at once, the others every few minutes. Patterns such as Team/* and special uses such as \\Junk are understood; POP3 has INBOX only.',
    },
    startFrom: { name: 'startFrom', label: 'Which mail', kind: 'choice', choices: startChoices(server) },
    startDate: { name: 'startDate', label: 'Received since', kind: 'date', required: true },
    afterIntake: {
      name: 'afterIntake.action',
      label: 'Once a message is safe here',
      kind: 'choice',
      choices: afterIntakeChoices,
    },
    afterIntakeDays: {
      name: 'afterIntake.afterDays',
      label: 'After so many days',
      kind: 'number',
      hint: 'Empty deletes at once.',
    },
    afterIntakeFolder: {
      name: 'afterIntake.folder',
      label: 'Folder to move to',
      kind: 'text',
      required: true,
      hint: 'It must exist in the mailbox.',
    },
  } satisfies Record<string, Field>;
}

/** `none` is the label of the empty choice. */
export function profileChoices(profiles: CredentialProfile[], none: string): Choice[] {
  return [
    { value: '', label: none },
    ...profiles.map(({ id, name, state }) => ({
      value: id,
      label: state === 'connected' ? name : `${name} (not connected)`,
    })),
  ];
}

function startChoices(server: MailServer | null): Choice[] {
  const since = server?.startFrom ? `received since ${formatInstant(server.startFrom)}` : 'everything';
  return [
    ...(server ? [{ value: 'keep', label: 'As it is', hint: `Now: ${since}.` }] : []),
    { value: 'now', label: 'Only new mail', hint: 'What arrives from this moment on.' },
    { value: 'everything', label: 'Everything', hint: 'Also all that is in the folders already.' },
    { value: 'date', label: 'Since a date' },
  ];
}
