import type { ValuesOf } from './field.ts';
import { mailAddress } from './fields/address.ts';
import { choice, tick } from './fields/choice.ts';
import { ofText } from './fields/description.ts';
import { optional } from './fields/optional.ts';
import { nameField, text } from './fields/text.ts';
import type { Resource, ResourceRecord } from './resource.ts';

const id = (label: string) => optional(text({ label, placeholder: 'ID', max: 100 }));

/** What a guide is for, and what was made on its way. */
export const guideFields = {
  name: nameField({ help: 'As the mailbox will be called here, such as “Support”.' }),
  address: ofText(
    { label: 'Mailbox address', help: 'The mailbox whose mail is to come in.', placeholder: 'ADDRESS' },
    { kind: 'email', placeholder: 'support@contoso.com' },
    mailAddress,
  ),
  provider: choice({
    label: 'Authentication Provider',
    fallback: 'microsoft',
    choices: [
      {
        value: 'microsoft',
        label: 'Microsoft',
        help: 'Microsoft 365, Outlook.com, and the national clouds.',
      },
      { value: 'google', label: 'Google', help: 'Google Workspace and Gmail.' },
      { value: 'custom', label: 'Another OAuth 2.0 server' },
    ],
  }),
  protocol: choice({
    label: 'Protocol',
    fallback: 'imap',
    choices: [
      { value: 'imap', label: 'IMAP', help: 'The usual one.' },
      {
        value: 'graph',
        label: 'MAPI (Microsoft Graph)',
        help: 'Where IMAP is switched off for the organisation.',
      },
      { value: 'pop3', label: 'POP3', help: 'Shows the inbox only.' },
      { value: 'ews', label: 'MAPI (Exchange Web Services)', help: 'For an Exchange Server of your own.' },
    ],
  }),
  grant: choice({
    label: 'Grant Type',
    fallback: 'authorization_code',
    choices: [
      {
        value: 'authorization_code',
        label: 'Authorization Code',
        help: 'A person with access to the mailbox signs in once.',
      },
      {
        value: 'client_credentials',
        label: 'Client Credentials',
        help: 'The app by itself; an Exchange administrator gives it this one mailbox.',
      },
      {
        value: 'device_code',
        label: 'Device Code',
        help: 'A person signs in on another device with a code.',
      },
    ],
  }),
  shared: tick({
    label: 'This is a shared mailbox',
    help: 'It has no sign-in of its own: somebody with access to it signs in.',
    fallback: false,
  }),
  profileId: id('Credential profile'),
  serverId: id('Incoming email server'),
};

/** One way from nothing to a mailbox whose mail comes in, as far as it has been walked. */
export type Guide = ResourceRecord & ValuesOf<typeof guideFields>;

/** Kept beside what is set up by it, and made by its own pages only. */
export const guides: Resource = {
  type: 'guide',
  path: 'guide',
  command: 'setup',
  idPrefix: 'gde',
  title: 'set-up guide',
  noun: 'guide',
  version: 1,
  fields: guideFields,
  removal: { what: 'the guide', consequence: 'What was set up by it stays.' },
};
