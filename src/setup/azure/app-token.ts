import { readClaims } from '../../doctor/token-claims.ts';
import { Problem } from '../../model/problem.ts';
import { authorityOf } from '../../oauth/authorities/index.ts';
import { permissionsOf } from '../../oauth/authorities/microsoft/permissions.ts';
import { asClient } from '../../oauth/client.ts';
import type { CredentialParts } from '../../oauth/client-auth/credential.ts';
import { explainFailure } from '../../oauth/explain.ts';
import { obtainByClientCredentials } from '../../oauth/grants/client-credentials.ts';
import { refusalOf } from '../../oauth/refusal.ts';
import { resourcesOf } from '../../oauth/scope.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import { NotYet } from './patience.ts';
import { rolesMissing } from './problems.ts';

/**
 * What Entra says of an app, a secret, a certificate or a service principal that was made a moment ago (Microsoft: Entra
 * error codes): found wrong, or not found.
 */
const notKnownYet = [700016, 7000215, 700027, 7000229];

/**
 * Asks for tokens as the app, by what it shows: without a person, which also an app for people may. Throws
 * {@link NotYet} while the sign-in does not know it, or gives it less than it was consented to; else the Problem.
 */
export async function tryApp(profile: CredentialProfile, parts: CredentialParts): Promise<void> {
  const byItself = profile.grant === 'client_credentials';
  const asApp: CredentialProfile = { ...profile, grant: 'client_credentials', scopes: [] };
  const authority = authorityOf(profile);
  for (const resource of resourcesOf(asApp, authority)) {
    let roles: string[];
    try {
      const { access_token } = await asClient(profile, parts, ({ configuration }) =>
        obtainByClientCredentials(configuration, resource),
      );
      roles = readClaims(access_token)?.roles ?? [];
    } catch (error) {
      const refusal = await refusalOf(error);
      const { problem } = await explainFailure(error, authority, profile);
      if (refusal?.codes.some((code) => notKnownYet.includes(code))) throw new NotYet(problem);
      // An answer of any other kind shows that the app is known; whether it may act alone is not asked
      if (refusal && !byItself) return;
      throw problem;
    }
    const wanted = profile.uses
      .filter((use) => authority.resource(asApp, use).id === resource.id)
      .flatMap((use) => permissionsOf(use).application);
    const missing = wanted.filter((role) => !roles.includes(role));
    if (byItself && missing.length > 0) throw new NotYet(rolesMissing(missing));
  }
}

/** Another of Microsoft's machines may be asked the next time: what is not known there is not known yet. */
export async function asKnown<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const problem = Problem.from(error);
    const passes = notKnownYet.some((number) => problem.code === `oauth.AADSTS${number}`);
    throw passes ? new NotYet(problem) : error;
  }
}
