import { z } from 'zod';
import { clientSecretVariable } from '../../config/variables.ts';
import type { Cloud } from '../../model/microsoft-hosts.ts';
import type { Choice } from '../field.ts';
import { httpsUrl, url } from '../fields/address.ts';
import { choice, choices, view } from '../fields/choice.ts';
import { list } from '../fields/list.ts';
import { optional } from '../fields/optional.ts';
import { secret } from '../fields/secret.ts';
import { day, nameField, text } from '../fields/text.ts';
import { appFields } from './app-fields.ts';

const oauth2 = ['oauth2'];
const anyGrant = { authentication: oauth2, provider: ['microsoft', 'custom'] };
const byUrls = { ...anyGrant, endpoints: ['urls'] };
const app = 'App registration';
const more = 'Scopes and cloud';

/** What tokens can be for is what the protocols and the ways of sending say. */
export const usesField = (uses: readonly Choice[]) =>
  choices({
    label: 'Used for',
    help: 'What the tokens are for; decides which permissions are asked for.',
    option: 'use',
    placeholder: 'USE',
    fallback: ['imap'],
    choices: uses,
  });

/** What an administrator says of a credential profile. */
export const profileFields = {
  name: nameField({ help: 'As you will find it again, such as “Contoso mailboxes”.' }),
  authentication: choice({
    label: 'Authentication type',
    placeholder: 'TYPE',
    fallback: 'oauth2',
    choices: [
      { value: 'oauth2', label: 'OAuth 2.0', help: 'By tokens, which can be revoked and soon expire.' },
      {
        value: 'password',
        label: 'Password',
        help: 'Only for servers that know no OAuth 2.0; Microsoft and Google take none.',
      },
    ],
  }),
  password: secret({
    label: 'Password',
    help: 'It is kept encrypted and never shown again.',
    required: true,
    when: { authentication: ['password'] },
    sealedAs: 'password',
    placeholder: 'PASSWORD',
  }),
  grant: choice({
    label: 'Grant type',
    placeholder: 'GRANT',
    when: anyGrant,
    fallback: 'authorization_code',
    column: 'GRANT',
    choices: [
      {
        value: 'authorization_code',
        label: 'Authorization code',
        help: 'A person with access to the mailbox signs in once: presses Connect and consents.',
      },
      {
        value: 'client_credentials',
        label: 'Client credentials',
        help: 'The app by itself. Needs an application permission and, at Microsoft, access given in Exchange.',
      },
      {
        value: 'device_code',
        label: 'Device code',
        help: 'A person signs in on another device with a code; the provider need not reach Letterbox.',
      },
    ],
  }),
  signInName: optional(
    text({
      label: 'Sign-in name',
      help: 'Who must sign in at Connect; nobody else is accepted then. Often not the mailbox’s address.',
      idle: true,
      when: { authentication: oauth2, grant: ['authorization_code', 'device_code'] },
      placeholder: 'NAME',
      max: 320,
    }),
  ),
  uses: usesField([]),
  endpoints: view({
    label: 'OAuth 2.0 endpoints',
    group: app,
    when: anyGrant,
    viewOf: ({ authorizationUrl, tokenUrl }) =>
      (authorizationUrl ?? null) === null && (tokenUrl ?? null) === null ? 'discovered' : 'urls',
    choices: [
      { value: 'discovered', label: 'Found by Letterbox', help: 'From the tenant ID or the issuer.' },
      {
        value: 'urls',
        label: 'Given by their URLs',
        help: 'As the provider lists them, for example under Endpoints.',
      },
    ],
  }),
  tenant: {
    ...optional(
      text({
        label: 'Directory (tenant) ID',
        help: 'On the app’s overview page in Entra; or a verified domain such as contoso.com.',
        group: app,
        required: true,
        when: { provider: ['microsoft'], endpoints: ['discovered'] },
        placeholder: 'TENANT',
        max: 253,
        mono: true,
      }),
    ),
  },
  issuer: optional(
    url({
      label: 'Issuer',
      help: 'Its metadata is read from there.',
      group: app,
      required: true,
      when: { authentication: oauth2, provider: ['custom'], endpoints: ['discovered'] },
      schema: httpsUrl,
    }),
  ),
  authorizationUrl: optional(
    url({
      label: 'OAuth 2.0 authorization endpoint (v2)',
      help: 'Where the browser is sent: the authorization URL.',
      group: app,
      idle: true,
      required: true,
      when: { ...byUrls, grant: ['authorization_code'] },
      schema: httpsUrl,
    }),
  ),
  tokenUrl: optional(
    url({
      label: 'OAuth 2.0 token endpoint (v2)',
      help: 'Where tokens are had: the token URL.',
      group: app,
      required: true,
      when: byUrls,
      schema: httpsUrl,
    }),
  ),
  deviceAuthorizationUrl: optional(
    url({
      label: 'Device authorization endpoint',
      help: 'Where codes are had (RFC 8628 3.1); at Microsoft it follows from the others.',
      group: app,
      idle: true,
      when: { ...byUrls, grant: ['device_code'] },
      schema: httpsUrl,
    }),
  ),
  clientId: {
    ...text({
      label: 'Application (client) ID',
      help: 'On the app’s overview page in Entra, a GUID; elsewhere called client ID.',
      group: app,
      when: { authentication: oauth2 },
      placeholder: 'ID',
      max: 500,
      mono: true,
    }),
    // That it is missing is told beside everything else that is wrong.
    stored: z.string(),
    hidden: '',
  },
  clientAuthentication: choice({
    label: 'Client authentication',
    help: 'How the app shows who it is.',
    group: app,
    placeholder: 'HOW',
    when: anyGrant,
    fallback: 'secret',
    choices: [
      { value: 'secret', label: 'Client secret', help: 'As most apps do.' },
      { value: 'certificate', label: 'Certificate', help: 'Its private key never leaves Letterbox.' },
      {
        value: 'federated',
        label: 'Federated credential',
        help: 'A token of another authority: workload identity federation, as in Kubernetes.',
      },
      { value: 'none', label: 'None', help: 'A public client, where a person signs in.' },
    ],
  }),
  clientSecret: secret({
    label: 'Client secret',
    help: 'The Value, not the Secret ID. It is kept encrypted and never shown again.',
    group: app,
    required: true,
    when: { authentication: oauth2, clientAuthentication: ['secret'] },
    sealedAs: 'client-secret',
    boundTo: appFields,
    variable: clientSecretVariable,
    placeholder: 'SECRET',
  }),
  clientSecretExpiresOn: optional(
    day({
      label: 'Secret expires on',
      help: 'Letterbox reminds you, from 60 days before on.',
      group: app,
      idle: true,
      when: { authentication: oauth2, clientAuthentication: ['secret'] },
    }),
  ),
  keyPairFrom: view({
    label: 'The certificate',
    group: app,
    when: { authentication: oauth2, clientAuthentication: ['certificate'] },
    viewOf: () => 'made',
    choices: [
      {
        value: 'made',
        label: 'Made by Letterbox',
        help: 'Download it afterwards, and upload it to the app registration.',
      },
      { value: 'given', label: 'One that you have', help: 'With its private key, in PEM.' },
    ],
  }),
  clientKeyPair: {
    ...secret({
      label: 'Certificate and private key',
      help: 'Both in PEM, one after the other, the key without a pass phrase. The key is kept encrypted and never shown again.',
      group: app,
      required: true,
      when: { authentication: oauth2, clientAuthentication: ['certificate'], keyPairFrom: ['given'] },
      sealedAs: 'client-key',
      boundTo: appFields,
      schema: z.string().max(100_000),
      rows: 6,
      option: 'certificate-file',
      placeholder: 'FILE',
    }),
    fromFile: 'PEM file',
    secondFile: {
      option: 'private-key-file',
      help: 'The private key, where it is not in the same file',
    },
  },
  federatedTokenFile: optional(
    text({
      label: 'Token file',
      help: 'On Letterbox’s own machine; it is read anew at every use.',
      group: app,
      idle: true,
      required: true,
      when: { authentication: oauth2, clientAuthentication: ['federated'] },
      placeholder: 'FILE',
      max: 1000,
      mono: true,
      example: '/var/run/secrets/',
    }),
  ),
  cloud: choice<Cloud>({
    label: 'Microsoft’s cloud',
    many: true,
    placeholder: 'CLOUD',
    when: { provider: ['microsoft'] },
    group: more,
    folded: true,
    fallback: 'worldwide',
    choices: [
      { value: 'worldwide', label: 'Worldwide, GCC too' },
      { value: 'us-government-high', label: 'US Government, GCC High' },
      { value: 'us-government-dod', label: 'US Government, DoD' },
      { value: 'china', label: 'China, by 21Vianet' },
    ],
  }),
  scopes: list({
    label: 'Scopes',
    help: 'Empty takes the right ones for the provider and the protocol.',
    group: more,
    folded: true,
    when: { authentication: oauth2 },
    option: 'scope',
    placeholder: 'SCOPE',
    of: z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,500}$/, 'scopes separated by spaces (RFC 6749 3.3)'),
    max: 50,
    words: /\s+/,
    mono: true,
    fallback: [],
  }),
};
