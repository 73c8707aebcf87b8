import { z } from 'zod';
import { type CredentialProfile, grantTypes, providers } from '../model/credential-profile.ts';
import { protocols } from '../model/mail-server.ts';
import type { FieldProblem } from '../model/problem.ts';

const httpsUrl = z.url({ protocol: /^https$/, error: 'a URL beginning with https://' });
const optionalText = (max: number) => z.string().trim().max(max).nullable();

/** What an administrator may say of a credential profile, before the fields are held against each other. */
export const profileFields = z.strictObject({
  name: z.string().trim().min(1).max(100),
  authentication: z.literal('oauth2').default('oauth2'),
  grant: z.enum(grantTypes).default('authorization_code'),
  provider: z.enum(providers).default('microsoft'),
  protocol: z.enum(protocols).default('imap'),
  tenant: optionalText(253).default(null),
  issuer: httpsUrl.nullable().default(null),
  authorizationUrl: httpsUrl.nullable().default(null),
  tokenUrl: httpsUrl.nullable().default(null),
  clientId: z.string().trim().min(1).max(500),
  // Byte for byte, but for the line end that comes with a file (P3).
  clientSecret: z.string().max(10_000).optional(),
  clientSecretExpiresOn: z.iso.date('a date such as 2027-06-30').nullable().default(null),
  signInName: optionalText(320).default(null),
  scopes: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(/\s+/).filter(Boolean))])
    .pipe(
      z
        .array(
          z
            .string()
            .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,500}$/, 'scopes as in RFC 6749 3.3, separated by spaces'),
        )
        .max(50),
    )
    .default([]),
});

export type ProfileFields = z.infer<typeof profileFields>;

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const domain = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i;
const manyTenants = ['common', 'organizations', 'consumers'];

/** What is wrong when the fields are held against each other; empty when nothing is. */
export function contradictions(
  fields: Omit<CredentialProfile, 'id'> | ProfileFields,
  clientSecret: string | undefined,
): FieldProblem[] {
  return [
    ...(fields.provider === 'microsoft'
      ? microsoftContradictions(fields, clientSecret)
      : customContradictions(fields)),
    ...scopeContradictions(fields.scopes),
  ];
}

type Fields = Pick<
  CredentialProfile,
  'grant' | 'tenant' | 'issuer' | 'authorizationUrl' | 'tokenUrl' | 'clientId' | 'scopes'
>;

function microsoftContradictions(fields: Fields, clientSecret: string | undefined): FieldProblem[] {
  const found: FieldProblem[] = [];
  const urls = fields.authorizationUrl !== null || fields.tokenUrl !== null;
  if (fields.tenant === null && !urls)
    found.push({
      field: 'tenant',
      expected: 'the tenant ID (a GUID) or a verified domain; or both URLs from Endpoints',
    });
  if (fields.tenant !== null && urls)
    found.push({
      field: 'tenant',
      expected: 'either the tenant ID or the two URLs, not both',
      given: fields.tenant,
    });
  if (
    fields.tenant !== null &&
    !guid.test(fields.tenant) &&
    !domain.test(fields.tenant) &&
    !manyTenants.includes(fields.tenant)
  )
    found.push({
      field: 'tenant',
      expected: 'a tenant ID (a GUID) or a verified domain such as contoso.com',
      given: fields.tenant,
    });
  if (fields.tenant !== null && manyTenants.includes(fields.tenant) && fields.grant === 'client_credentials')
    found.push({
      field: 'tenant',
      expected: 'one tenant; client credentials do not work with many',
      given: fields.tenant,
    });
  if (urls) found.push(...missingUrls(fields));
  for (const field of ['authorizationUrl', 'tokenUrl'] as const) {
    const url = fields[field];
    if (url && /\/oauth2\/(authorize|token)\/?$/.test(url))
      found.push({
        field,
        expected: 'the v2 endpoint, with /oauth2/v2.0/ in it; this is the one of version 1',
        given: url,
      });
  }
  if (fields.issuer !== null)
    found.push({ field: 'issuer', expected: 'nothing; Microsoft’s issuer follows from the tenant' });
  if (!guid.test(fields.clientId))
    found.push({
      field: 'clientId',
      expected: 'the Application (client) ID, a GUID',
      given: fields.clientId,
    });
  if (clientSecret !== undefined && guid.test(clientSecret))
    found.push({
      field: 'clientSecret',
      expected:
        'the secret’s Value; this is its Secret ID (in Azure both stand side by side under Certificates & secrets)',
    });
  return found;
}

function customContradictions(fields: Fields): FieldProblem[] {
  const found: FieldProblem[] = [];
  const urls = fields.authorizationUrl !== null || fields.tokenUrl !== null;
  if (fields.tenant !== null)
    found.push({ field: 'tenant', expected: 'nothing; only Microsoft has tenants', given: fields.tenant });
  if (fields.issuer === null && !urls)
    found.push({ field: 'issuer', expected: 'the issuer’s URL, or authorization and token URL' });
  if (fields.issuer !== null && urls)
    found.push({
      field: 'issuer',
      expected: 'either the issuer or the two URLs, not both',
      given: fields.issuer,
    });
  if (urls) found.push(...missingUrls(fields));
  return found;
}

function missingUrls(fields: Fields): FieldProblem[] {
  const found: FieldProblem[] = [];
  if (fields.tokenUrl === null)
    found.push({ field: 'tokenUrl', expected: 'the token URL beside the authorization URL' });
  if (fields.authorizationUrl === null && fields.grant === 'authorization_code')
    found.push({ field: 'authorizationUrl', expected: 'the authorization URL beside the token URL' });
  return found;
}

/** A token is for one resource: Entra refuses scopes of two in one request, far from the cause (P11). */
function scopeContradictions(scopes: string[]): FieldProblem[] {
  const resources = new Set(
    scopes
      .filter((scope) => /^https:\/\//.test(scope))
      .map((scope) => new URL(scope).host.replace('office365', 'office')),
  );
  if (resources.size < 2) return [];
  return [
    {
      field: 'scopes',
      expected: 'scopes of one resource; a token is for one only',
      given: [...resources].join(' and '),
    },
  ];
}
