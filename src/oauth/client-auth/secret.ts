import { type ClientAuth, ClientSecretBasic, ClientSecretPost } from 'openid-client';
import { Problem } from '../../model/problem.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import { clientSecretName, type FormerSecret, formerSecretName, openSecret } from '../sealed.ts';
import type { ReadClientCredentials } from './credential.ts';

/**
 * A client secret (RFC 6749 2.3.1). Where it was replaced, the former one stays beside it until it is refused or
 * its day has passed.
 */
export const secret: ReadClientCredentials = async (profile, { store, vault }) => {
  const { id } = profile;
  const read = (name: string) => openSecret({ store, vault }, id, name);
  const newest = await read(clientSecretName);
  if (newest === null) throw secretMissing(profile);
  const kept = await read(formerSecretName);
  const former: FormerSecret | null = kept && JSON.parse(kept);
  const good = former && (former.expiresOn === null || new Date().toISOString() < `${former.expiresOn}T24`);
  return {
    newest: { authentication: authenticateBySecret(newest) },
    former: good
      ? {
          authentication: authenticateBySecret(former.secret),
          forget: () => store.secrets.remove(id, formerSecretName),
        }
      : null,
  };
};

/**
 * In the request's body, where any byte survives, unless the authority says that it takes a secret in the
 * Authorization header only.
 */
function authenticateBySecret(value: string): ClientAuth {
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const onlyBasic = methods?.includes('client_secret_basic') && !methods.includes('client_secret_post');
    const authenticate = onlyBasic ? ClientSecretBasic(value) : ClientSecretPost(value);
    return authenticate(server, client, body, headers);
  };
}

function secretMissing(profile: CredentialProfile): Problem {
  return new Problem({
    code: 'oauth.secret-missing',
    kind: 'conflict',
    title: 'The credential profile has no client secret',
    detail: profile.name,
    remedy: 'Open the credential profile and press Replace secret.',
  });
}
