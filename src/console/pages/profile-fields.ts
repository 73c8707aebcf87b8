import { clouds, type Provider, uses } from '../../model/credential-profile.ts';
import type { Cloud } from '../../model/microsoft-hosts.ts';
import type { Use } from '../../model/token.ts';
import type { ClientAuthentication, GrantType } from '../../resources/credential-profile.ts';
import type { Field } from '../components/field.ts';

export const grantNames: Record<GrantType, string> = {
  authorization_code: 'A person signs in once',
  client_credentials: 'The app by itself',
  device_code: 'A person signs in on another device',
};

export const providerNames: Record<Provider, string> = {
  microsoft: 'Microsoft 365',
  google: 'Google',
  custom: 'Another provider',
};

export const useNames: Record<Use, string> = {
  imap: 'Reading by IMAP',
  pop3: 'Reading by POP3',
  graph: 'Reading by Microsoft Graph (MAPI)',
  ews: 'Reading by Exchange Web Services (MAPI)',
  smtp: 'Sending by SMTP',
  'graph-send': 'Sending by Microsoft Graph',
};

export const cloudNames: Record<Cloud, string> = {
  worldwide: 'Worldwide, GCC too',
  'us-government-high': 'US Government, GCC High',
  'us-government-dod': 'US Government, DoD',
  china: 'China, by 21Vianet',
};

export const clientAuthenticationNames: Record<ClientAuthentication, string> = {
  secret: 'Client secret',
  certificate: 'Certificate',
  federated: 'Token of another authority',
  none: 'Nothing',
};

/** What the form of a credential profile asks for; named as the administration's input. */
export const profileFields = {
  name: {
    name: 'name',
    label: 'Name',
    kind: 'text',
    required: true,
    hint: 'As you will find it again, such as “Contoso mailboxes”.',
  },
  provider: {
    name: 'provider',
    label: 'Provider',
    kind: 'choice',
    choices: [
      {
        value: 'microsoft',
        label: providerNames.microsoft,
        hint: 'Work and school accounts of Microsoft Entra.',
      },
      { value: 'google', label: providerNames.google, hint: 'Gmail and Google Workspace.' },
      { value: 'custom', label: providerNames.custom, hint: 'Any OAuth 2.0 authority; or a password.' },
    ],
  },
  cloud: {
    name: 'cloud',
    label: 'Microsoft’s cloud',
    kind: 'select',
    required: true,
    choices: clouds.map((value) => ({ value, label: cloudNames[value] })),
  },
  authentication: {
    name: 'authentication',
    label: 'How mailboxes are opened',
    kind: 'choice',
    choices: [
      { value: 'oauth2', label: 'OAuth 2.0', hint: 'By tokens, which can be revoked and soon expire.' },
      { value: 'password', label: 'A password', hint: 'Only for servers that know no OAuth 2.0.' },
    ],
  },
  password: {
    name: 'password',
    label: 'Password',
    kind: 'password',
    required: true,
    mono: true,
    hint: 'It is kept encrypted and never shown again.',
  },
  grant: {
    name: 'grant',
    label: 'Who gets the tokens',
    kind: 'choice',
    choices: [
      {
        value: 'authorization_code',
        label: grantNames.authorization_code,
        hint: 'Authorization code with PKCE. Somebody with access to the mailbox presses Connect.',
      },
      {
        value: 'client_credentials',
        label: grantNames.client_credentials,
        hint: 'Client credentials. Needs an application permission and, at Microsoft, access given in Exchange.',
      },
      {
        value: 'device_code',
        label: grantNames.device_code,
        hint: 'Device code. Connect shows a code to enter anywhere; the provider need not reach Letterbox.',
      },
    ],
  },
  uses: {
    name: 'uses',
    label: 'Used for',
    kind: 'ticks',
    required: true,
    choices: uses.map((value) => ({ value, label: useNames[value] })),
  },
  endpoints: {
    name: 'endpoints',
    label: 'The authority’s addresses',
    kind: 'choice',
    choices: [
      { value: 'discovered', label: 'Found by Letterbox', hint: 'From the tenant ID or the issuer.' },
      {
        value: 'urls',
        label: 'Given by their URLs',
        hint: 'As the provider lists them, for example under Endpoints.',
      },
    ],
  },
  tenant: {
    name: 'tenant',
    label: 'Directory (tenant) ID',
    kind: 'text',
    required: true,
    mono: true,
    hint: 'On the app’s overview page in Entra; or a verified domain such as contoso.com.',
  },
  issuer: {
    name: 'issuer',
    label: 'Issuer',
    kind: 'url',
    required: true,
    mono: true,
    placeholder: 'https://',
    hint: 'Its metadata is read from there.',
  },
  authorizationUrl: {
    name: 'authorizationUrl',
    label: 'Authorization URL',
    kind: 'url',
    required: true,
    mono: true,
    placeholder: 'https://',
  },
  tokenUrl: {
    name: 'tokenUrl',
    label: 'Token URL',
    kind: 'url',
    required: true,
    mono: true,
    placeholder: 'https://',
  },
  deviceAuthorizationUrl: {
    name: 'deviceAuthorizationUrl',
    label: 'Device authorization URL',
    kind: 'url',
    required: true,
    mono: true,
    placeholder: 'https://',
  },
  clientId: {
    name: 'clientId',
    label: 'Application (client) ID',
    kind: 'text',
    required: true,
    mono: true,
  },
  clientAuthentication: {
    name: 'clientAuthentication',
    label: 'How the app shows who it is',
    kind: 'choice',
    choices: [
      { value: 'secret', label: clientAuthenticationNames.secret, hint: 'As most apps do.' },
      {
        value: 'certificate',
        label: clientAuthenticationNames.certificate,
        hint: 'Its private key never leaves Letterbox.',
      },
      {
        value: 'federated',
        label: clientAuthenticationNames.federated,
        hint: 'Workload identity federation, as in Kubernetes.',
      },
      {
        value: 'none',
        label: clientAuthenticationNames.none,
        hint: 'A public client, where a person signs in.',
      },
    ],
  },
  keyPairFrom: {
    name: 'keyPairFrom',
    label: 'The certificate',
    kind: 'choice',
    choices: [
      {
        value: 'made',
        label: 'Made by Letterbox',
        hint: 'Download it afterwards, and upload it to the app registration.',
      },
      { value: 'given', label: 'One that you have', hint: 'With its private key, in PEM.' },
    ],
  },
  clientKeyPair: {
    name: 'clientKeyPair',
    label: 'Certificate and private key',
    kind: 'area',
    rows: 6,
    required: true,
    mono: true,
    hint: 'Both in PEM, one after the other, the key without a pass phrase. The key is kept encrypted and never shown again.',
  },
  federatedTokenFile: {
    name: 'federatedTokenFile',
    label: 'Token file',
    kind: 'text',
    required: true,
    mono: true,
    placeholder: '/var/run/secrets/',
    hint: 'On Letterbox’s own machine; it is read anew at every use.',
  },
  clientSecret: {
    name: 'clientSecret',
    label: 'Client secret',
    kind: 'password',
    required: true,
    mono: true,
    hint: 'The Value, not the Secret ID. It is kept encrypted and never shown again.',
  },
  clientSecretExpiresOn: {
    name: 'clientSecretExpiresOn',
    label: 'Secret expires on',
    kind: 'date',
    hint: 'Letterbox reminds you, from 60 days before on.',
  },
  signInName: {
    name: 'signInName',
    label: 'Sign-in name',
    kind: 'text',
    hint: 'Who must sign in at Connect; nobody else is accepted then. Often not the mailbox’s address.',
  },
  scopes: {
    name: 'scopes',
    label: 'Scopes',
    kind: 'area',
    rows: 2,
    mono: true,
    hint: 'Empty takes the right ones for the provider and the protocol.',
  },
} satisfies Record<string, Field>;
