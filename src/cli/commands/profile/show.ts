import type { CredentialProfile } from '../../../model/credential-profile.ts';
import type { Command } from '../../command.ts';
import { find } from '../../find.ts';
import { details, instant } from '../../output.ts';

export const profileShow: Command = {
  name: 'profile show',
  summary: 'Shows a credential profile, without its secret',
  operand: { name: 'PROFILE' },
  options: {},
  async run({ api, given, out }) {
    const [meant = ''] = given.operands;
    const profile = await find<CredentialProfile>(await api(), 'profiles', meant);
    out.show(profile, () =>
      details([
        ['Name', profile.name],
        ['Id', profile.id],
        ['State', profile.state],
        ['Problem', profile.problem?.title ?? null],
        ['What to do', profile.problem?.remedy ?? null],
        ['Account', profile.account?.username ?? null],
        ['Connected', instant(profile.connectedAt)],
        ['Provider', profile.provider],
        ['Grant', profile.grant],
        ['Used for', profile.uses.join(', ')],
        ['Tenant', profile.tenant],
        ['Issuer', profile.issuer],
        ['Authorization URL', profile.authorizationUrl],
        ['Token URL', profile.tokenUrl],
        ['Client ID', profile.clientId],
        ['Secret expires', profile.clientSecretExpiresOn],
        ['Sign-in name', profile.signInName],
        ['Scopes', profile.scopes.join(' ')],
      ]),
    );
    return 0;
  },
};
