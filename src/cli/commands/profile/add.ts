import {
  authenticationTypes,
  clientAuthentications,
  clouds,
  grantTypes,
  providers,
  uses,
} from '../../../model/credential-profile.ts';
import type { CredentialProfile } from '../../../resources/credential-profile.ts';
import { usageProblem } from '../../arguments.ts';
import { clientSecretNotes, clientSecretOptions, readClientSecret } from '../../client-secret.ts';
import type { Command, Given, Options } from '../../command.ts';
import { fieldsOf } from '../../fields.ts';
import { passwordOptions, readPassword } from '../../password.ts';
import { readPem } from '../../pem.ts';

const options: Options = {
  name: { type: 'text', value: 'NAME', summary: 'What to call it', field: 'name', required: true },
  provider: {
    type: 'text',
    value: 'PROVIDER',
    summary: `${providers.join(', ')}; microsoft by default`,
    field: 'provider',
  },
  grant: {
    type: 'text',
    value: 'GRANT',
    summary: `${grantTypes.join(', ')}; authorization_code, where a person consents, by default`,
    field: 'grant',
  },
  cloud: {
    type: 'text',
    value: 'CLOUD',
    summary: `Microsoft: ${clouds.join(', ')}; worldwide by default`,
    field: 'cloud',
  },
  authentication: {
    type: 'text',
    value: 'HOW',
    summary: `${authenticationTypes.join(' or ')}; a password only for servers that know no OAuth 2.0`,
    field: 'authentication',
  },
  use: {
    type: 'text',
    value: 'USE',
    summary: `What the tokens are for: ${uses.join(', ')}; imap by default`,
    field: 'uses',
    multiple: true,
  },
  tenant: {
    type: 'text',
    value: 'TENANT',
    summary: 'Microsoft: tenant ID or verified domain',
    field: 'tenant',
  },
  issuer: { type: 'text', value: 'URL', summary: 'Custom: issuer with discovery', field: 'issuer' },
  'authorization-url': {
    type: 'text',
    value: 'URL',
    summary: 'Authorization endpoint, instead of tenant or issuer',
    field: 'authorizationUrl',
  },
  'token-url': {
    type: 'text',
    value: 'URL',
    summary: 'Token endpoint, instead of tenant or issuer',
    field: 'tokenUrl',
  },
  'device-authorization-url': {
    type: 'text',
    value: 'URL',
    summary: 'Device authorization endpoint, beside the token endpoint',
    field: 'deviceAuthorizationUrl',
  },
  'client-id': { type: 'text', value: 'ID', summary: 'Application (client) ID', field: 'clientId' },
  'client-authentication': {
    type: 'text',
    value: 'HOW',
    summary: `What the app shows: ${clientAuthentications.join(', ')}; secret by default`,
    field: 'clientAuthentication',
  },
  'certificate-file': {
    type: 'text',
    value: 'FILE',
    summary: 'Certificate in PEM that the app shows; without it, one is made',
    field: 'clientKeyPair',
  },
  'private-key-file': {
    type: 'text',
    value: 'FILE',
    summary: 'Its private key in PEM, where that is not in the same file',
    field: 'clientKeyPair',
  },
  'federated-token-file': {
    type: 'text',
    value: 'FILE',
    summary: 'File on the server’s machine with another authority’s token, read at every use',
    field: 'federatedTokenFile',
  },
  ...clientSecretOptions,
  'client-secret-expires-on': {
    type: 'text',
    value: 'DATE',
    summary: 'When the client secret expires, such as 2027-06-30; you are told in time',
    field: 'clientSecretExpiresOn',
  },
  ...passwordOptions,
  'sign-in-name': {
    type: 'text',
    value: 'NAME',
    summary: 'Who signs in, where that is not the mailbox’s address',
    field: 'signInName',
  },
  scope: {
    type: 'text',
    value: 'SCOPE',
    summary: 'Scope to ask for instead of the usual ones',
    field: 'scopes',
    multiple: true,
  },
};

export const profileAdd: Command = {
  name: 'profile add',
  summary: 'Adds a credential profile',
  options,
  notes: clientSecretNotes,
  async run(call) {
    const { given, out } = call;
    const byPassword = given.text('authentication') === 'password';
    const bySecret = (given.text('client-authentication') ?? 'secret') === 'secret';
    // Two secrets cannot both come by standard input.
    if (given.flag('password-stdin') && given.flag('client-secret-stdin'))
      throw usageProblem([{ field: '--password-stdin', expected: 'may be given alone only' }], 'profile add');
    const secrets = {
      clientSecret: await readClientSecret(call, bySecret && !byPassword),
      clientKeyPair: await readKeyPair(given),
      password: await readPassword(call, byPassword),
    };
    const api = await call.api();
    const profile = await api.request<CredentialProfile>('POST', '/api/profiles', {
      ...fieldsOf(given, options),
      ...secrets,
    });
    out.show(profile, ({ id, name }) => `Added the credential profile ${name} (${id}). ${nextStep(profile)}`);
    return 0;
  },
};

async function readKeyPair(given: Given): Promise<string | undefined> {
  const texts = [await readPem(given, 'certificate-file'), await readPem(given, 'private-key-file')];
  const there = texts.filter((text) => text !== undefined);
  return there.length === 0 ? undefined : there.join('\n');
}

function nextStep({ id, authentication, clientCertificate }: CredentialProfile): string {
  if (authentication === 'password') return 'Now run: letterbox server add --help';
  const connect = `letterbox profile connect ${id}`;
  return clientCertificate
    ? `Give the app registration its certificate: letterbox profile certificate ${id}. Then run: ${connect}`
    : `Now run: ${connect}`;
}
