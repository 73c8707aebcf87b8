import type { FieldProblem } from '../model/problem.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';

/** An authority is known by its name, which tells everything else; or by the URLs that a grant needs. */
export function addressContradictions(
  fields: CredentialProfile,
  byName: 'issuer' | 'tenant',
  expectedName: string,
): FieldProblem[] {
  const { authorizationUrl, tokenUrl, deviceAuthorizationUrl, grant } = fields;
  const name = fields[byName];
  const byUrls = authorizationUrl !== null || tokenUrl !== null;
  const found: FieldProblem[] = [];
  const wrong = (field: string, expected: string, given: string | null = null) =>
    found.push({ field, expected, ...(given !== null && { given }) });
  if (name === null && !byUrls) wrong(byName, expectedName);
  if (name !== null && byUrls) wrong(byName, `either the ${byName} or the two URLs, not both`, name);
  if (byUrls && tokenUrl === null) wrong('tokenUrl', 'the token URL beside the authorization URL');
  if (byUrls && authorizationUrl === null && grant === 'authorization_code')
    wrong('authorizationUrl', 'the authorization URL beside the token URL');
  if (byName === 'issuer' && byUrls && deviceAuthorizationUrl === null && grant === 'device_code')
    wrong('deviceAuthorizationUrl', 'the device authorization URL beside the token URL (RFC 8628 3.1)');
  return found;
}
