import { html } from 'hono/html';
import type { Administration } from '../../administration/administration.ts';
import type { CredentialProfile } from '../../resources/credential-profile.ts';

import { code } from '../components/code.ts';
import { copyable } from '../components/copy.ts';
import { moment } from '../components/moment.ts';
import type { Html } from '../context.ts';
import {
  clientAuthenticationNames,
  cloudNames,
  grantNames,
  providerNames,
  useNames,
} from './profile-fields.ts';

type Facts = [string, Html | string | null][];

/** How the profile gets into mailboxes, and since when. */
export function grantFacts(profile: CredentialProfile): Facts {
  const uses: [string, string] = ['Used for', profile.uses.map((use) => useNames[use]).join(', ')];
  if (profile.authentication === 'password') return [['How', 'a password, kept encrypted'], uses];
  if (profile.grant === 'client_credentials')
    return [
      ['How', grantNames[profile.grant]],
      uses,
      ['First token', moment(profile.connectedAt, 'none yet')],
    ];
  return [
    ['How', grantNames[profile.grant]],
    uses,
    [
      'Signed in as',
      profile.account
        ? html`<strong>${profile.account.username}</strong>${profile.account.name && ` (${profile.account.name})`}`
        : html`<span class="faint">nobody yet</span>`,
    ],
    ['Expected sign-in', profile.signInName],
    ['Connected', moment(profile.connectedAt)],
  ];
}

/** The app as the authority knows it. */
export function appFacts(profile: CredentialProfile, { consent, adminConsent }: Administration): Facts {
  const { cloud, provider, scopes } = profile;
  const url = (value: string | null) => value && code(value);
  return [
    ['Provider', providerNames[provider]],
    ['Cloud', cloud === 'worldwide' ? null : cloudNames[cloud]],
    ['Directory (tenant) ID', url(profile.tenant)],
    ['Issuer', url(profile.issuer)],
    ['Authorization URL', url(profile.authorizationUrl)],
    ['Token URL', url(profile.tokenUrl)],
    ['Device authorization URL', url(profile.deviceAuthorizationUrl)],
    ['Application (client) ID', code(profile.clientId)],
    ...proofFacts(profile),
    ['Scopes', scopes.length === 0 ? 'the usual ones for what it is used for' : code(scopes.join(' '))],
    [
      'Redirect URI',
      profile.grant === 'authorization_code' ? copyable(consent.redirectUri, 'redirect URI') : null,
    ],
    [
      'Redirect URI of administrators',
      provider === 'microsoft' && profile.tenant !== 'consumers'
        ? copyable(adminConsent.redirectUri, 'redirect URI of administrators')
        : null,
    ],
  ];
}

function proofFacts(profile: CredentialProfile): Facts {
  const { clientAuthentication, clientCertificate, clientSecretExpiresOn, federatedTokenFile } = profile;
  const name = clientAuthenticationNames[clientAuthentication];
  switch (clientAuthentication) {
    case 'secret':
      return [
        [
          name,
          `kept encrypted, ${clientSecretExpiresOn ? `expires on ${clientSecretExpiresOn}` : 'expiry not noted'}`,
        ],
      ];
    case 'certificate':
      if (!clientCertificate) return [[name, 'none yet']];
      return [
        [name, `${clientCertificate.subject}, good until ${clientCertificate.expiresAt.slice(0, 10)}`],
        ['Thumbprint (SHA-256)', copyable(clientCertificate.sha256, 'thumbprint')],
      ];
    case 'federated':
      return [[name, federatedTokenFile && code(federatedTokenFile)]];
    case 'none':
      return [['Client authentication', 'none, a public client']];
  }
}
