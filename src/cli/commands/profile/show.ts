import type { CredentialProfile } from '../../../resources/credential-profile.ts';
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
        ['Authentication', profile.authentication],
        ['Provider', profile.provider],
        ['Cloud', profile.cloud === 'worldwide' ? null : profile.cloud],
        ['Grant', profile.authentication === 'oauth2' ? profile.grant : null],
        ['Used for', profile.uses.join(', ')],
        ['Tenant', profile.tenant],
        ['Issuer', profile.issuer],
        ['Authorization URL', profile.authorizationUrl],
        ['Token URL', profile.tokenUrl],
        ['Device authorization URL', profile.deviceAuthorizationUrl],
        ['Client ID', profile.clientId],
        ['Client authentication', profile.authentication === 'oauth2' ? profile.clientAuthentication : null],
        ['Certificate expires', instant(profile.clientCertificate?.expiresAt ?? null)],
        ['Thumbprint (SHA-256)', profile.clientCertificate?.sha256 ?? null],
        ['Federated token', profile.federatedTokenFile],
        ['Secret expires', profile.clientSecretExpiresOn],
        ['Sign-in name', profile.signInName],
        ['Scopes', profile.scopes.join(' ')],
      ]),
    );
    return 0;
  },
};
