import { certificateOf } from '../../../administration/profile-certificate.ts';
import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import type { Command } from '../../command.ts';
import { find } from '../../find.ts';

export const profileCertificate: Command = {
  name: 'profile certificate',
  summary: 'Prints the public certificate of a profile’s app in PEM, to be given to the authority',
  operand: { name: 'PROFILE' },
  options: {
    renew: {
      type: 'flag',
      summary: 'Makes a new key and certificate first; the former one is used until the new one is known',
    },
  },
  async run(call) {
    const { given, out } = call;
    const [meant = ''] = given.operands;
    const found = await find<CredentialProfile>(call, 'profile', meant);
    const api = await call.api();
    const profile = given.flag('renew')
      ? await api.request<CredentialProfile>('POST', `/api/profiles/${found.id}/certificate`, {})
      : found;
    out.show(certificateOf(profile), ({ pem }) => pem.trimEnd());
    return 0;
  },
};
