import type { OutgoingServer } from '../../../resources/outgoing-server.ts';
import { readCertificateAuthority } from '../../certificate-authority.ts';
import type { Command, Options } from '../../command.ts';
import { fieldsOf } from '../../fields.ts';
import { find } from '../../find.ts';

const options: Options = {
  name: { type: 'text', value: 'NAME', summary: 'What to call it', field: 'name', required: true },
  address: {
    type: 'text',
    value: 'ADDRESS',
    summary: 'Mail address that mail is from',
    field: 'address',
    required: true,
  },
  'display-name': { type: 'text', value: 'NAME', summary: 'Name beside the address', field: 'displayName' },
  kind: { type: 'text', value: 'KIND', summary: 'smtp, as is by default, lmtp or graph', field: 'kind' },
  profile: {
    type: 'text',
    value: 'PROFILE',
    summary: 'Credential profile to sign in with, by name or id; without it there is no sign-in',
    field: 'profileId',
  },
  host: {
    type: 'text',
    value: 'HOST',
    summary: 'By default as the profile’s provider has it, such as smtp.office365.com',
    field: 'host',
  },
  port: { type: 'text', value: 'PORT', summary: 'By default 587, with tls 465', field: 'port' },
  security: {
    type: 'text',
    value: 'SECURITY',
    summary: 'starttls, as is by default, tls, or none for this machine and allowed networks',
    field: 'security',
  },
  username: {
    type: 'text',
    value: 'NAME',
    summary: 'Who signs in, where that is not the address',
    field: 'username',
  },
  'certificate-authority': {
    type: 'text',
    value: 'FILE',
    summary: 'PEM file of a private authority to trust for this server',
    field: 'certificateAuthority',
  },
};

export const outgoingAdd: Command = {
  name: 'outgoing add',
  summary: 'Adds an outgoing email server',
  options,
  async run({ api: connect, given, out }) {
    const certificateAuthority = await readCertificateAuthority(given);
    const api = await connect();
    const profile = given.text('profile');
    const server = await api.request<OutgoingServer>('POST', '/api/outgoing-servers', {
      ...fieldsOf(given, options),
      ...(certificateAuthority !== undefined && { certificateAuthority }),
      ...(profile !== undefined && { profileId: (await find(api, 'profiles', profile)).id }),
    });
    out.show(
      server,
      ({ id, name }) =>
        `Added the outgoing email server ${name} (${id}). Now run: letterbox outgoing test ${id}`,
    );
    return 0;
  },
};
