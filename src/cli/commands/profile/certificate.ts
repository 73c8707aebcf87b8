
import type { CredentialProfile } from '../../../resources/credential-profile.ts';
import { Problem } from '../../../model/problem.ts';
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
  async run({ api: connect, given, out }) {
    const api = await connect();
    const [meant = ''] = given.operands;
    const found = await find<CredentialProfile>(api, 'profiles', meant);
    const profile = given.flag('renew')
      ? await api.request<CredentialProfile>('POST', `/api/profiles/${found.id}/certificate`, {})
      : found;
    if (!profile.clientCertificate) throw noCertificate(profile);
    out.show(profile.clientCertificate, ({ pem }) => pem.trimEnd());
    return 0;
  },
};

function noCertificate({ name }: CredentialProfile): Problem {
  return new Problem({
    code: 'not-found',
    title: 'The profile has no certificate',
    detail: name,
    remedy: 'Choose a certificate as client authentication of the profile.',
  });
}
