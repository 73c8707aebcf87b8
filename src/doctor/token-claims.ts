import { decodeJwt } from 'jose';

/** What an access token says of itself. Only ever shown or used to guess a cause: tokens may be opaque. */
export interface TokenClaims {
  /** The resource it is for. */
  audience: string | null;
  issuer: string | null;
  /** The tenant’s GUID. */
  tenant: string | null;
  /** Issued to the application itself, not to a person. */
  appOnly: boolean;
  /** Who signed in. */
  account: string | null;
  scopes: string[];
  roles: string[];
  clientId: string | null;
  /** App-only: the object ID of the Enterprise application (service principal). */
  objectId: string | null;
}

/**
 * The claims of a token that is a JWT (RFC 7519); null for any other. Names as Microsoft's:
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export function readClaims(token: string): TokenClaims | null {
  const claims = parsePayload(token);
  if (!claims) return null;
  const text = (name: string) => (typeof claims[name] === 'string' ? claims[name] : null);
  const scopes = (text('scp') ?? text('scope') ?? '').split(' ').filter(Boolean);
  return {
    audience: text('aud'),
    issuer: text('iss'),
    tenant: text('tid'),
    appOnly: text('idtyp') === 'app' || (scopes.length === 0 && Array.isArray(claims.roles)),
    account: text('upn') ?? text('preferred_username') ?? text('unique_name'),
    scopes,
    roles: Array.isArray(claims.roles) ? claims.roles.filter((role) => typeof role === 'string') : [],
    clientId: text('appid') ?? text('azp') ?? text('client_id'),
    objectId: text('oid'),
  };
}

/** Null for a token that is no JWT: it need not be one. */
function parsePayload(token: string): Record<string, unknown> | null {
  try {
    return decodeJwt(token);
  } catch {
    return null;
  }
}
