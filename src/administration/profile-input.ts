import { z } from 'zod';
import {
  authenticationTypes,
  clientAuthentications,
  clouds,
  grantTypes,
  providers,
  uses,
} from '../model/credential-profile.ts';
import type { FieldProblem } from '../model/problem.ts';
import { microsoftContradictions } from './microsoft-input.ts';

const httpsUrl = z
  .url({ protocol: /^https$/, error: 'a URL beginning with https://', abort: true })
  .trim()
  // RFC 6749 3.1, 3.2; and a password in a URL ends up in logs.
  .refine((text) => {
    const { hash, username, password } = new URL(text);
    return `${hash}${username}${password}` === '';
  }, 'a URL without # and without a user name');
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? null : value), schema.nullable());

const scope = z
  .string()
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,500}$/, 'scopes separated by spaces (RFC 6749 3.3)');

/** What an administrator may say of a credential profile, before the fields are held against each other. */
export const profileFields = z.strictObject({
  name: z.string().trim().min(1).max(100),
  authentication: z.enum(authenticationTypes).default('oauth2'),
  grant: z.enum(grantTypes).default('authorization_code'),
  provider: z.enum(providers).default('microsoft'),
  cloud: z.enum(clouds).default('worldwide'),
  uses: z.array(z.enum(uses)).min(1).max(uses.length).default(['imap']),
  tenant: optional(z.string().trim().max(253)).default(null),
  issuer: optional(httpsUrl).default(null),
  authorizationUrl: optional(httpsUrl).default(null),
  tokenUrl: optional(httpsUrl).default(null),
  deviceAuthorizationUrl: optional(httpsUrl).default(null),
  clientId: z.string().trim().min(1).max(500),
  clientAuthentication: z.enum(clientAuthentications).default('secret'),
  // Byte for byte (P3); a line end or tab is no part of a secret, but of the file it was copied from.
  clientSecret: z
    .string()
    .max(10_000)
    .regex(/^\P{Cc}*$/u, 'one line without tabs or line ends')
    .optional(),
  clientSecretExpiresOn: optional(z.iso.date()).default(null),
  federatedTokenFile: optional(z.string().trim().max(1000)).default(null),
  signInName: optional(z.string().trim().max(320)).default(null),
  scopes: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : value),
      z.array(scope).max(50),
    )
    .default([]),
});

export type ProfileFields = z.infer<typeof profileFields>;

/** What is wrong when the fields are held against each other; empty when nothing is. */
export function contradictions(
  fields: Omit<ProfileFields, 'clientSecret'>,
  clientSecret: string | undefined,
): FieldProblem[] {
  const { provider, issuer, authorizationUrl, tokenUrl, tenant, grant, signInName, scopes } = fields;
  const byName = provider === 'microsoft' ? 'tenant' : 'issuer';
  const byUrls = authorizationUrl !== null || tokenUrl !== null;
  const found: FieldProblem[] = [];
  const wrong = (field: string, expected: string, given: string | null = null) =>
    found.push({ field, expected, ...(given !== null && { given }) });

  if (fields[byName] === null && !byUrls) wrong(byName, expectedName[byName]);
  if (fields[byName] !== null && byUrls)
    wrong(byName, `either the ${byName} or the two URLs, not both`, fields[byName]);
  if (byUrls && tokenUrl === null) wrong('tokenUrl', 'the token URL beside the authorization URL');
  if (byUrls && authorizationUrl === null && grant === 'authorization_code')
    wrong('authorizationUrl', 'the authorization URL beside the token URL');
  if (provider === 'microsoft' && issuer !== null)
    wrong('issuer', 'nothing; Microsoft’s issuer follows from the tenant', issuer);
  if (provider !== 'microsoft' && tenant !== null)
    wrong('tenant', 'nothing; only Microsoft has tenants', tenant);
  if (
    grant === 'authorization_code' &&
    signInName !== null &&
    scopes.length > 0 &&
    !scopes.includes('openid')
  )
    wrong('scopes', 'openid among them, so that who signs in can be compared with the sign-in name');
  return provider === 'microsoft' ? [...found, ...microsoftContradictions(fields, clientSecret)] : found;
}

const expectedName = {
  tenant: 'the tenant ID (a GUID) or a verified domain; or both URLs, as under Endpoints in Azure',
  issuer: 'the issuer’s URL; or the authorization URL and the token URL',
};
