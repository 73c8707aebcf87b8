import { z } from 'zod';
import type { CredentialProfile, Use } from '../model/credential-profile.ts';
import { microsoftHosts } from '../model/microsoft-hosts.ts';
import { type OutgoingKind, type OutgoingServer, outgoingKinds } from '../model/outgoing.ts';
import type { FieldProblem } from '../model/problem.ts';
import { changesOf } from './changes.ts';

import { certificateAuthority, host, mailAddress } from './server-input.ts';

/** What an administrator may say of an outgoing email server. */
export const outgoingServerInput = z.strictObject({
  name: z.string().trim().min(1).max(100),
  kind: z.enum(outgoingKinds).default('smtp'),
  host: host.optional(),
  port: z.coerce.number().int().min(1).max(65535).optional(),
  security: z.enum(['tls', 'starttls', 'none']).optional(),
  certificateAuthority: certificateAuthority.nullable().default(null),
  profileId: z.string().min(1).nullable().default(null),
  username: z.string().trim().min(1).max(320).nullable().default(null),
  address: mailAddress,
  displayName: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u, 'one line of text')
    .nullable()
    .default(null),
  enabled: z.boolean().default(true),
});

export const outgoingServerChanges = changesOf(outgoingServerInput);

type Security = OutgoingServer['security'];

/** Where a profile's provider takes mail; null where the administrator must say. */
export function defaultOutgoingHost(profile: CredentialProfile | null, kind: OutgoingKind): string | null {
  if (kind === 'lmtp') return 'localhost';
  if (profile?.provider === 'google') return kind === 'smtp' ? 'smtp.gmail.com' : null;
  if (profile?.provider !== 'microsoft') return null;
  return microsoftHosts[profile.cloud][kind];
}

/** RFC 8314 would have TLS from the first byte; but Exchange Online has STARTTLS only. */
export function defaultOutgoingSecurity(kind: OutgoingKind): Security {
  return { smtp: 'starttls', lmtp: 'none', graph: 'tls' }[kind] as Security;
}

/** IANA: submission (587, 465; RFC 6409, RFC 8314), SMTP (25), LMTP (24, for private mail systems), HTTPS. */
export function defaultOutgoingPort(kind: OutgoingKind, security: Security): number {
  if (kind === 'graph') return 443;
  if (kind === 'lmtp') return 24;
  return { tls: 465, starttls: 587, none: 25 }[security];
}

/** What a credential profile must be for to send by this kind. */
export function sendingUse(kind: OutgoingKind): Use {
  return kind === 'graph' ? 'graph-send' : 'smtp';
}

/** What is wrong when the fields are held against each other and against the profile; empty when nothing is. */
export function outgoingServerContradictions(
  server: Pick<OutgoingServer, 'kind' | 'security' | 'profileId'> & { host: string | null },
  profile: CredentialProfile | null,
): FieldProblem[] {
  const { kind, security, host: at } = server;
  const found: FieldProblem[] = [];
  const use = sendingUse(kind);
  if (at === null) found.push({ field: 'host', expected: 'the host name of the mail server' });
  if (profile && !profile.uses.includes(use))
    found.push({
      field: 'profileId',
      expected: `a credential profile for ${use}`,
      given: `${profile.name}, which is for ${profile.uses.join(', ')}`,
    });
  if (kind === 'graph' && !profile)
    found.push({ field: 'profileId', expected: 'a credential profile for graph-send' });
  if (kind === 'graph' && security !== 'tls')
    found.push({ field: 'security', expected: 'tls, as HTTPS has it', given: security });
  if (kind !== 'graph' && security === 'none' && profile && !/^(localhost|127\.[\d.]+|::1)$/.test(at ?? ''))
    found.push({
      field: 'security',
      expected: 'tls or starttls, so that nobody on the way sees what it signs in with',
      given: security,
    });
  return found;
}
