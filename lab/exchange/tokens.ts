import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decodeProtectedHeader, importSPKI, jwtVerify } from 'jose';

/** Whose token it is; what it may be used for is `permissions`: scopes of a person, roles of an app. */
export interface Caller {
  appId: string;
  permissions: Set<string>;
  /** The person on whose behalf; null for an app by itself. */
  upn: string | null;
  /** Object ID of the app's service principal in Entra (app-only). */
  objectId: string;
}

export interface Trusted {
  /** Public keys as the authority of the lab lays them out. */
  keysFolder: string;
  issuer: string;
}

/** Exchange Online by its names, and by its application ID (Microsoft: first-party application IDs). */
const audience = [
  'https://outlook.office.com',
  'https://outlook.office365.com',
  '00000002-0000-0ff1-ce00-000000000000',
];

/** Verifies a token as a resource server does (RFC 9068 4); null for any that is not for Exchange, or no longer. */
export async function readToken(token: string, { keysFolder, issuer }: Trusted): Promise<Caller | null> {
  try {
    const { kid = '' } = decodeProtectedHeader(token);
    const pem = readFileSync(join(keysFolder, 'default', 'RS256', basename(kid)), 'utf8');
    const { payload } = await jwtVerify(token, await importSPKI(pem, 'RS256'), {
      algorithms: ['RS256'],
      audience,
      issuer,
      requiredClaims: ['exp', 'tid'],
    });
    const { scp, roles, upn, oid, appid } = payload as Record<string, unknown>;
    const isPersons = typeof scp === 'string';
    return {
      appId: String(appid ?? ''),
      permissions: new Set(isPersons ? scp.split(' ') : Array.isArray(roles) ? roles.map(String) : []),
      upn: isPersons && typeof upn === 'string' ? upn.toLowerCase() : null,
      objectId: String(oid ?? ''),
    };
  } catch {
    return null;
  }
}
