import { Problem } from '../model/problem.ts';
import { authorityOf } from '../oauth/authorities/index.ts';
import { adminConsentEndpoint } from '../oauth/authorities/microsoft/endpoints.ts';
import { explainMicrosoft } from '../oauth/authorities/microsoft/errors.ts';
import { consentScope, resourcesOf } from '../oauth/scope.ts';
import { explainStandard } from '../oauth/standard-errors.ts';
import type { TokenSources } from '../oauth/token-source.ts';
import type { Collection } from '../resources/collection.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import { areEqual, sha256 } from '../vault/digest.ts';
import type { Vault } from '../vault/vault.ts';
import type { Administration } from './administration.ts';
import { consentExpired, consentNotOurs, unknownConsent } from './consent-problems.ts';

/** An administrator may have to fetch a colleague. */
const lifetime = 60 * 60_000;
const purpose = 'admin consent';

/** What the answer must come back with: signed, so that nothing needs to be kept. */
interface State {
  profileId: string;
  sessionHash: string;
  until: number;
}

/**
 * An administrator's consent for everybody in the tenant: a step of its own, as nobody gets a token by it.
 * Its answer changes nothing, so it may come as often as it likes.
 */
export function createAdminConsentAdministration({
  profiles,
  vault,
  tokens,
  publicUrl,
}: {
  profiles: Collection<CredentialProfile>;
  vault: Vault;
  tokens: TokenSources;
  publicUrl: string;
}): Administration['adminConsent'] {
  const redirectUri = `${publicUrl}/oauth/admin-consent`;

  function sign(state: State): string {
    const text = Buffer.from(JSON.stringify(state)).toString('base64url');
    return `${text}.${vault.mac(purpose, text)}`;
  }

  function read(signed: string): State | null {
    const [text = '', mac = ''] = signed.split('.');
    if (!areEqual(mac, vault.mac(purpose, text))) return null;
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  }

  return {
    redirectUri,

    async begin(profileId, browserSession) {
      const profile = await profiles.get(profileId);
      const endpoint =
        profile.authentication === 'oauth2' && profile.provider === 'microsoft'
          ? adminConsentEndpoint(profile)
          : null;
      if (endpoint === null) throw noAdminConsent(profile);
      const url = new URL(endpoint);
      url.searchParams.set('client_id', profile.clientId);
      url.searchParams.set('redirect_uri', redirectUri);
      url.searchParams.set('scope', scopeOf(profile));
      url.searchParams.set(
        'state',
        sign({ profileId, sessionHash: sha256(browserSession), until: Date.now() + lifetime }),
      );
      return url;
    },

    async complete({ searchParams }, browserSession) {
      const state = read(searchParams.get('state') ?? '');
      if (!state) throw unknownConsent();
      if (state.sessionHash !== sha256(browserSession)) throw consentNotOurs();
      if (state.until < Date.now()) throw consentExpired();
      const profile = await profiles.get(state.profileId);
      const error = searchParams.get('error');
      if (error !== null) throw refused(error, searchParams.get('error_description') ?? '');
      if (searchParams.get('admin_consent') !== 'True') throw unknownConsent();
      // What failed for want of consent is tried again at once.
      await tokens.change(profile.id, async () => {});
      return profile;
    },
  };
}

/** An app by itself is granted what it is registered with, of all resources at once (Microsoft: admin consent). */
function scopeOf(profile: CredentialProfile): string {
  const authority = authorityOf(profile);
  if (profile.grant !== 'client_credentials') return consentScope(profile, authority);
  return resourcesOf(profile, authority)[0]?.scopes.join(' ') ?? '';
}

function refused(error: string, description: string): Problem {
  const refusal = { error, description, codes: [], status: null, retryAfter: null };
  return explainMicrosoft(refusal) ?? explainStandard(refusal);
}

function noAdminConsent({ name }: CredentialProfile): Problem {
  return new Problem({
    code: 'consent.no-admin-consent',
    kind: 'conflict',
    title: 'There is no administrator’s consent for this profile',
    detail: name,
    cause: 'Only tenants of Microsoft Entra ID have it; personal accounts consent for themselves.',
    remedy: 'Press Connect instead.',
  });
}
