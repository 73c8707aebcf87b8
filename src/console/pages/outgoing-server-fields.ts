import type { OutgoingKind } from '../../model/outgoing.ts';
import type { CredentialProfile } from '../../resources/credential-profile.ts';
import type { OutgoingServer } from '../../resources/outgoing-server.ts';
import type { Field } from '../components/field.ts';
import { profileChoices } from './server-fields.ts';

export const kindNames: Record<OutgoingKind, string> = {
  smtp: 'SMTP',
  lmtp: 'LMTP',
  graph: 'Microsoft Graph',
};

export const securityNames: Record<OutgoingServer['security'], string> = {
  starttls: 'STARTTLS',
  tls: 'TLS from the first byte',
  none: 'without encryption',
};

/** What the form of an outgoing email server asks for. */
export function outgoingServerFields(profiles: CredentialProfile[]) {
  const sending = profiles.filter(({ uses }) => uses.includes('smtp') || uses.includes('graph-send'));
  return {
    name: {
      name: 'name',
      label: 'Name',
      kind: 'text',
      required: true,
      hint: 'As it appears in lists and log lines, such as “Support out”.',
    },
    address: {
      name: 'address',
      label: 'Mail is from',
      kind: 'email',
      required: true,
      placeholder: 'support@contoso.com',
      hint: 'Answers and bounces come to this address.',
    },
    displayName: { name: 'displayName', label: 'Name beside the address', kind: 'text' },
    kind: {
      name: 'kind',
      label: 'Kind',
      kind: 'choice',
      choices: [
        { value: 'smtp', label: 'SMTP', hint: 'Submission to a mail server, such as smtp.office365.com.' },
        {
          value: 'graph',
          label: 'Microsoft Graph',
          hint: 'Mails of up to 3 MB, where SMTP is switched off.',
        },
        { value: 'lmtp', label: 'LMTP', hint: 'Straight into mailboxes of a mail server nearby.' },
      ],
    },
    profileId: {
      name: 'profileId',
      label: 'Credential profile',
      kind: 'select',
      choices: profileChoices(sending, 'None: it asks for no sign-in'),
      hint: 'One whose tokens are for SMTP or for sending through Graph.',
    },
    host: {
      name: 'host',
      label: 'Mail server',
      kind: 'text',
      mono: true,
      hint: 'Left empty, that of the profile’s provider.',
    },
    security: {
      name: 'security',
      label: 'Encryption',
      kind: 'choice',
      choices: [
        { value: '', label: 'As usual', hint: 'STARTTLS for SMTP, none for LMTP.' },
        { value: 'starttls', label: 'STARTTLS', hint: 'Insisted on; port 587 unless you give another.' },
        { value: 'tls', label: 'TLS', hint: 'From the first byte; port 465 unless you give another.' },
        { value: 'none', label: 'None', hint: 'Only to this machine and to networks that are allowed.' },
      ],
    },
    port: { name: 'port', label: 'Port', kind: 'number' },
    username: {
      name: 'username',
      label: 'User name',
      kind: 'text',
      hint: 'Only where the one who signs in is not the address.',
    },
    certificateAuthority: {
      name: 'certificateAuthority',
      label: 'Private certificate authority',
      kind: 'area',
      rows: 4,
      mono: true,
      hint: 'PEM, beginning with -----BEGIN CERTIFICATE-----. Only for servers with certificates of your own.',
    },
    enabled: {
      name: 'enabled',
      label: 'Send',
      kind: 'tick',
      hint: 'While this is off, nothing new is taken and what waits goes on waiting.',
    },
  } satisfies Record<string, Field>;
}
