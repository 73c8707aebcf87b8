import { type CredentialProfile, uses } from '../../../model/credential-profile.ts';
import { clientSecretNotes, clientSecretOptions, readClientSecret } from '../../client-secret.ts';
import type { Command, Options } from '../../command.ts';
import { fieldsOf } from '../../fields.ts';

const options: Options = {
  name: { type: 'text', value: 'NAME', summary: 'What to call it', field: 'name', required: true },
  provider: {
    type: 'text',
    value: 'PROVIDER',
    summary: 'microsoft (as is by default) or custom',
    field: 'provider',
  },
  grant: {
    type: 'text',
    value: 'GRANT',
    summary: 'authorization_code, where a person consents (as is by default), or client_credentials',
    field: 'grant',
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
  'client-id': {
    type: 'text',
    value: 'ID',
    summary: 'Application (client) ID',
    field: 'clientId',
    required: true,
  },
  ...clientSecretOptions,
  'client-secret-expires-on': {
    type: 'text',
    value: 'DATE',
    summary: 'When the client secret expires, such as 2027-06-30; you are told in time',
    field: 'clientSecretExpiresOn',
  },
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
    const clientSecret = await readClientSecret(call);
    const api = await call.api();
    const profile = await api.request<CredentialProfile>('POST', '/api/profiles', {
      ...fieldsOf(call.given, options),
      clientSecret,
    });
    call.out.show(
      profile,
      ({ id, name }) =>
        `Added the credential profile ${name} (${id}). Now run: letterbox profile connect ${id}`,
    );
    return 0;
  },
};
