import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { ExchangeOrganisation } from '../exchange/organisation.ts';
import { accessDenied, blockedByPolicy, GraphError, invalidToken } from './errors.ts';
import type { Faults } from './faults.ts';
import type { Mailbox } from './mailbox.ts';

/** Graph's own name, and its application id. */
const audience = ['https://graph.microsoft.com', '00000003-0000-0000-c000-000000000000'];

/** Who asks, as the token says. */
export interface Caller {
  appId: string;
  /** The person on whose behalf; null for the application itself. */
  upn: string | null;
  /** Delegated scopes, or application roles. */
  permissions: Set<string>;
}

export type Permission = 'Mail.Read' | 'Mail.ReadWrite' | 'Mail.Send';

/** Verifies the bearer token against the authority's public keys, as any resource server does. Throws 401. */
export async function authenticate(
  authorization: string | undefined,
  { keysFolder, issuer }: { keysFolder: string; issuer: string },
): Promise<Caller> {
  const [, token] = /^Bearer (.+)$/i.exec(authorization ?? '') ?? [];
  if (token === undefined) throw invalidToken('Access token is empty.');
  const claims = await verify(token, keysFolder, issuer);
  const { upn, scp, roles, appid, tid } = claims as Record<string, unknown>;
  if (typeof tid !== 'string') throw invalidToken('Access token validation failure. No tenant.');
  return {
    appId: String(appid ?? ''),
    upn: typeof scp === 'string' && typeof upn === 'string' ? upn.toLowerCase() : null,
    permissions: new Set(typeof scp === 'string' ? scp.split(' ') : Array.isArray(roles) ? roles : []),
  };
}

const keys = new Map<string, KeyObject>();

async function publicKey(file: string): Promise<KeyObject> {
  const key = keys.get(file) ?? createPublicKey(await readFile(file));
  keys.set(file, key);
  return key;
}

async function verify(token: string, keysFolder: string, issuer: string): Promise<JWTPayload> {
  try {
    const { kid = '' } = decodeProtectedHeader(token);
    const { payload } = await jwtVerify(
      token,
      await publicKey(join(keysFolder, 'default', 'RS256', basename(kid))),
      {
        algorithms: ['RS256'],
        audience,
        issuer,
        requiredClaims: ['exp'],
      },
    );
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw invalidToken('Lifetime validation failed, the token is expired.');
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud')
      throw invalidToken('Access token validation failure. Invalid audience.');
    throw invalidToken('CompactToken parsing failed with error code: 80049217');
  }
}

/** What there is, and who may open it. */
interface Mailboxes {
  mailboxes: Map<string, Mailbox>;
  organisation: ExchangeOrganisation;
  faults: Faults;
}

/** The mailbox that is asked for (`me` or an address), if the caller may do this in it. Throws 400, 403 or 404. */
export function openMailbox(
  caller: Caller,
  user: string,
  permission: Permission,
  { mailboxes, organisation, faults }: Mailboxes,
): Mailbox {
  if (user === 'me' && caller.upn === null)
    throw new GraphError(400, 'BadRequest', '/me request is only valid with delegated authentication flow.');
  const address = user === 'me' ? (caller.upn as string) : user.toLowerCase();
  const mailbox = mailboxes.get(address);
  const state = organisation.find(address);
  if (!mailbox || !state)
    throw new GraphError(404, 'ErrorInvalidUser', `The requested user '${user}' is invalid.`);
  if (faults.notEnabled.has(address) || !state.licensed || state.place !== 'here')
    throw new GraphError(
      404,
      'MailboxNotEnabledForRESTAPI',
      'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
    );
  if (!mayOpen(caller, address, permission, state.fullAccess)) throw accessDenied();
  const restriction = caller.upn === null ? organisation.restrictionOf(caller.appId, address) : null;
  if (restriction) throw restriction === 'access policy' ? blockedByPolicy() : accessDenied();
  return mailbox;
}

function mayOpen(
  { upn, permissions }: Caller,
  address: string,
  permission: Permission,
  fullAccess: ReadonlySet<string>,
): boolean {
  const has = (suffix: string) =>
    permissions.has(`${permission}${suffix}`) ||
    (permission === 'Mail.Read' && permissions.has(`Mail.ReadWrite${suffix}`));
  if (upn === null || upn === address) return has('');
  return has('.Shared') && fullAccess.has(upn);
}
