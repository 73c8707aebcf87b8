import { html } from 'hono/html';
import type { Administration } from '../../administration/administration.ts';
import type { AdminConsent } from '../../model/credential-profile.ts';
import { scopeForEverybody } from '../../oauth/authorities/microsoft/admin-consent.ts';
import { isOfPersonalAccounts } from '../../oauth/authorities/microsoft/endpoints.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import { redirectUriOf } from '../address.ts';
import { copyable } from '../components/copy.ts';
import { moment } from '../components/moment.ts';
import type { ConsoleContext } from '../context.ts';
import type { Html } from '../html.ts';

type Facts = [string, Html | string | null][];

/** Who gave the grant, and since when it is there. */
export function grantFacts({ grant, account, connectedAt }: CredentialProfile): Facts {
  if (grant === 'client_credentials') return [['First token', moment(connectedAt, 'none yet')]];
  return [
    [
      'Signed in as',
      account
        ? html`<strong>${account.username}</strong>${account.name && ` (${account.name})`}`
        : html`<span class="faint">nobody yet</span>`,
    ],
    ['Connected', moment(connectedAt)],
  ];
}

/** What the app registration at the provider must know of Letterbox. */
export function registrationFacts(
  c: ConsoleContext,
  profile: CredentialProfile,
  administration: Administration,
): Facts {
  const { consent, adminConsent } = administration;
  const registered = (uri: string, label: string) => redirectUriOf(c, administration, uri, label);
  return [
    ...certificateFacts(profile),
    [
      'Redirect URI',
      profile.grant === 'authorization_code' ? registered(consent.redirectUri, 'redirect URI') : null,
    ],
    [
      'Redirect URI of administrators',
      hasAdministrators(profile)
        ? registered(adminConsent.redirectUri, 'redirect URI of administrators')
        : null,
    ],
    [
      'Administrator’s consent',
      hasAdministrators(profile)
        ? profile.adminConsent
          ? renderAnswer(profile.adminConsent, profile)
          : html`<span class="faint">none asked for from here</span>`
        : null,
    ],
  ];
}

/** Whether somebody can consent for everybody: in a tenant of Microsoft's. */
export function hasAdministrators(profile: CredentialProfile): boolean {
  const { authentication, provider } = profile;
  return authentication === 'oauth2' && provider === 'microsoft' && !isOfPersonalAccounts(profile);
}

/** Whether it was given, when and in which tenant; and whether it was asked for what is asked now. */
export function renderAnswer(
  { problem, answeredAt, tenant, scope }: AdminConsent,
  profile: CredentialProfile,
): Html {
  if (problem) return html`<span class="bad">not given</span>, ${moment(answeredAt)}: ${problem.title}`;
  const isOther = scope !== scopeForEverybody(profile);
  return html`given ${moment(answeredAt)}${tenant && html` in tenant <code>${tenant}</code>`}
    ${isOther && html`<p class="faint">For other permissions than the profile asks for now: consent again.</p>`}`;
}

function certificateFacts({ clientAuthentication, clientCertificate }: CredentialProfile): Facts {
  if (clientAuthentication !== 'certificate') return [];
  if (!clientCertificate) return [['Certificate', 'none yet']];
  const { subject, expiresAt, sha256 } = clientCertificate;
  return [
    ['Certificate', `${subject}, good until ${expiresAt.slice(0, 10)}`],
    ['Thumbprint (SHA-256)', copyable(sha256, 'thumbprint')],
  ];
}
