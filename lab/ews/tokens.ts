import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importSPKI, type JWTPayload, jwtVerify } from 'jose';

/** Who asks: a person by a delegated token, or an application by its own. */
export interface Caller {
  appId: string;
  /** The person's address; null app-only. */
  person: string | null;
}

/** A token that is not taken, in the words of Exchange's `x-ms-diagnostics`. */
export class TokenRefused extends Error {
  readonly category: string;
  readonly number: number;
  constructor(number: number, reason: string, category: string) {
    super(reason);
    this.number = number;
    this.category = category;
  }
}

/**
 * Verifies a bearer token as a resource server does (RFC 9068 4), with the authority's public keys from `keysFolder`,
 * which are laid out as Dovecot wants them. The scope EWS.AccessAsUser.All makes a person, the role full_access_as_app
 * an application.
 */
export async function verifyToken(
  authorization: string | undefined,
  { keysFolder, issuer, audiences }: { keysFolder: string; issuer: string; audiences: string[] },
): Promise<Caller> {
  const [, token = ''] = /^Bearer (\S+)$/.exec(authorization ?? '') ?? [];
  const claims = await verify(token, { keysFolder, issuer, audiences });
  const appId = String(claims.appid ?? '');
  const scopes = String(claims.scp ?? '').split(' ');
  const roles = Array.isArray(claims.roles) ? claims.roles : [];
  if (scopes.includes('EWS.AccessAsUser.All') && typeof claims.upn === 'string')
    return { appId, person: claims.upn.toLowerCase() };
  if (roles.includes('full_access_as_app')) return { appId, person: null };
  throw new TokenRefused(
    2000008,
    'The token contains no permissions, or permissions can not be understood.',
    'invalid_grant',
  );
}

async function verify(
  token: string,
  { keysFolder, issuer, audiences }: { keysFolder: string; issuer: string; audiences: string[] },
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(
      token,
      ({ kid = '' }) => {
        if (!/^[\w.-]+$/.test(kid)) throw new Error('no key of that name');
        return importSPKI(readFileSync(join(keysFolder, 'default', 'RS256', kid), 'utf8'), 'RS256');
      },
      { issuer, audience: audiences, algorithms: ['RS256'] },
    );
    return payload;
  } catch (error) {
    const { code, claim } = error as { code?: string; claim?: string };
    if (code === 'ERR_JWT_EXPIRED')
      throw new TokenRefused(2000003, 'The token has expired.', 'token_expired');
    if (claim === 'aud')
      throw new TokenRefused(2000003, 'The audience claim value is invalid.', 'invalid_resource');
    throw new TokenRefused(2000001, 'The token could not be validated.', 'invalid_token');
  }
}
