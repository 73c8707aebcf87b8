import { createHash, createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { type ClientAuth, modifyAssertion, PrivateKeyJwt, type ServerMetadata } from 'openid-client';
import { Problem } from '../../model/problem.ts';
import type { CredentialProfile } from '../../resources/credential-profile/record.ts';
import { clientKeyName, formerKeyName, type KeyPair, openSecret } from '../sealed.ts';
import type { ReadClientCredentials } from './credential.ts';

/** Entra's documentation: "5-10 minutes after nbf at most"; clocks may differ by some. */
const assertionSeconds = 5 * 60;

/**
 * A certificate: an assertion is signed with its key (`private_key_jwt`, RFC 7523 2.2, OpenID Connect Core 9) and
 * names it by its thumbprint. Where it was replaced, the former one stays beside it until it is refused or expires:
 * the authority must be given the new one first.
 */
export const certificate: ReadClientCredentials = async (profile, { store, vault }) => {
  const { id } = profile;
  const read = async (name: string): Promise<KeyPair | null> => {
    const text = await openSecret({ store, vault }, id, name);
    return text === null ? null : JSON.parse(text);
  };
  const newest = await read(clientKeyName);
  if (!newest) throw certificateMissing(profile);
  const former = await read(formerKeyName);
  const good = former && Date.now() < Date.parse(new X509Certificate(former.certificate).validTo);
  return {
    newest: { authentication: authenticateByCertificate(profile, newest) },
    former: good
      ? {
          authentication: authenticateByCertificate(profile, former),
          forget: () => store.secrets.remove(id, formerKeyName),
        }
      : null,
  };
};

function authenticateByCertificate({ issuer }: CredentialProfile, pair: KeyPair): ClientAuth {
  const thumbprint = createHash('sha256')
    .update(new X509Certificate(pair.certificate).raw)
    .digest('base64url');
  return async (server, client, body, headers) => {
    const authenticate = PrivateKeyJwt(await importKey(pair.key, algorithmFor(server)), {
      [modifyAssertion]: (header, payload) => {
        header.typ = 'JWT';
        header['x5t#S256'] = thumbprint;
        // Entra asks for the token endpoint; an authority that was discovered by its issuer knows itself by that.
        payload.aud = issuer === null ? server.token_endpoint : server.issuer;
        payload.exp = Number(payload.nbf) + assertionSeconds;
      },
    });
    return authenticate(server, client, body, headers);
  };
}

/** PS256, as Entra asks for, unless the authority lists the older RS256 only (RFC 7518 3.1). */
function algorithmFor({ token_endpoint_auth_signing_alg_values_supported: listed }: ServerMetadata): string {
  return listed?.includes('RS256') && !listed.includes('PS256') ? 'RSASSA-PKCS1-v1_5' : 'RSA-PSS';
}

function importKey(pem: string, name: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', der, { name, hash: 'SHA-256' }, false, ['sign']);
}

function certificateMissing(profile: CredentialProfile): Problem {
  return new Problem({
    code: 'oauth.certificate-missing',
    kind: 'conflict',
    title: 'The credential profile has no client certificate',
    detail: profile.name,
    remedy: 'Open the credential profile and give a certificate with its key, or let one be made.',
  });
}
