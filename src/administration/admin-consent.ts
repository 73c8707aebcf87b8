import type { AdminConsent } from '../model/credential-profile.ts';
import { Problem } from '../model/problem.ts';
import { scopeForEverybody } from '../oauth/authorities/microsoft/admin-consent.ts';
import { adminConsentEndpoint, endpointsOf, tenantIdOf } from '../oauth/authorities/microsoft/endpoints.ts';
import { explainMicrosoft } from '../oauth/authorities/microsoft/errors.ts';
import { microsoft } from '../oauth/authorities/microsoft/index.ts';
import { isRegistered } from '../oauth/grants/registration-check.ts';
import { bindingOf } from '../oauth/profile-binding.ts';
import { explainStandard } from '../oauth/standard-errors.ts';
import type { TokenSources } from '../oauth/token-source.ts';
import type { Collection } from '../resources/collection.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import { areEqual, sha256 } from '../vault/digest.ts';
import type { Vault } from '../vault/vault.ts';
import type { Administration } from './administration.ts';
import { consentExpired, consentNotOurs, profileChanged, unknownConsent } from './consent-problems.ts';

/** An administrator may have to fetch a colleague. */
const lifetime = 60 * 60_000;
const purpose = 'admin consent';

/** What the answer must come back with: signed, so that nothing needs to be kept. */
interface State {
  profileId: string;
  sessionHash: string;
  /** Time at which it was asked. */
  at: number;
  /** What the profile named then. */
  bound: string;
}

/**
 * An administrator's consent for everybody in the tenant: a step of its own, as nobody gets a token by it. The profile
 * keeps what came of it, so its answer may come as often as it likes.
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

  const find = async (profileId: string) => withEndpoint(await profiles.get(profileId));

  return {
    redirectUri,

    async check(profileId) {
      const { profile } = await find(profileId);
      // The endpoint of administrators tells nothing without one; that of everybody knows the same app.
      const asked = { client_id: profile.clientId, redirect_uri: redirectUri, response_type: 'code' };
      const { authorization_endpoint: endpoint } = endpointsOf(profile);
      return isRegistered(asking(endpoint, { ...asked, scope: 'openid', state: 'check' }), microsoft);
    },

    async begin(profileId, browserSession) {
      const { profile, endpoint } = await find(profileId);
      const bound = sha256(bindingOf(profile));
      const state = { profileId, sessionHash: sha256(browserSession), at: Date.now(), bound };
      return asking(endpoint, {
        client_id: profile.clientId,
        redirect_uri: redirectUri,
        scope: scopeForEverybody(profile),
        state: signed(state, vault),
      });
    },

    async complete({ searchParams }, browserSession) {
      const state = opened(searchParams.get('state') ?? '', vault);
      if (!state) throw unknownConsent();
      if (state.sessionHash !== sha256(browserSession)) throw consentNotOurs();
      if (state.at + lifetime < Date.now()) throw consentExpired();
      const profile = await profiles.get(state.profileId);
      if (state.bound !== sha256(bindingOf(profile)))
        throw profileChanged(profile, 'Let the administrator consent again.');
      const askedAt = new Date(state.at).toISOString();
      // A page that is loaded again tells what is known.
      if (profile.adminConsent && profile.adminConsent.askedAt >= askedAt) return profile;
      const adminConsent = { askedAt, ...answerIn(searchParams, profile) };
      // What failed for want of consent is tried again at once.
      await tokens.change(profile.id, () => profiles.note(profile.id, () => ({ record: { adminConsent } })));
      return profiles.get(profile.id);
    },
  };
}

/** Throws `consent.no-admin-consent` where the provider has none. */
function withEndpoint(profile: CredentialProfile): { profile: CredentialProfile; endpoint: string } {
  const isMicrosofts = profile.authentication === 'oauth2' && profile.provider === 'microsoft';
  const endpoint = isMicrosofts ? adminConsentEndpoint(profile) : null;
  if (endpoint === null) throw noAdminConsent(profile);
  return { profile, endpoint };
}

function signed(state: State, vault: Vault): string {
  const text = Buffer.from(JSON.stringify(state)).toString('base64url');
  return `${text}.${vault.mac(purpose, text)}`;
}

/** Null where it is none of ours. */
function opened(state: string, vault: Vault): State | null {
  const [text = '', mac = ''] = state.split('.');
  if (!areEqual(mac, vault.mac(purpose, text))) return null;
  return JSON.parse(Buffer.from(text, 'base64url').toString());
}

function asking(endpoint: string, parameters: Record<string, string>): URL {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

/** Throws `consent.unknown` where it is no answer at all. */
function answerIn(answer: URLSearchParams, profile: CredentialProfile): Omit<AdminConsent, 'askedAt'> {
  const error = answer.get('error');
  if (error === null && answer.get('admin_consent') !== 'True') throw unknownConsent();
  const tenant = answer.get('tenant')?.slice(0, 200) ?? null;
  const problem =
    error === null ? otherTenant(profile, tenant) : refused(error, answer.get('error_description') ?? '');
  return {
    answeredAt: new Date().toISOString(),
    tenant,
    scope: scopeForEverybody(profile),
    problem: problem?.toJSON() ?? null,
  };
}

function refused(error: string, description: string): Problem {
  const refusal = { error, description, codes: [], status: null, retryAfter: null };
  return explainMicrosoft(refusal) ?? explainStandard(refusal);
}

/** An administrator of another organisation has consented for that one. */
function otherTenant(profile: CredentialProfile, tenant: string | null): Problem | null {
  const expected = tenantIdOf(profile);
  if (expected === null || tenant === null || tenant.toLowerCase() === expected) return null;
  return new Problem({
    code: 'consent.other-tenant',
    kind: 'refused',
    title: 'The consent is for another tenant',
    detail: `Expected tenant ${expected}, but ${tenant} consented`,
    cause: 'The browser was signed in as an administrator of another organisation.',
    remedy: 'Consent again, and choose an account of the profile’s own tenant.',
  });
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
