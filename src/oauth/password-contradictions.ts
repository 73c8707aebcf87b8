import type { FieldProblem } from '../model/problem.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { ProfileSecrets } from './provider.ts';

/** A password is for servers that know no OAuth 2.0; there is no app, and nobody who consents. */
export function passwordContradictions(
  fields: CredentialProfile,
  secrets: ProfileSecrets,
  byPassword: readonly string[],
): FieldProblem[] {
  const found: FieldProblem[] = [];
  const wrong = (field: string, expected: string, given?: string) =>
    found.push({ field, expected, ...(given !== undefined && { given }) });
  if (fields.provider === 'microsoft')
    wrong(
      'provider',
      'custom; Microsoft 365 and outlook.com take no passwords for mail, but OAuth 2.0',
      'microsoft',
    );
  if (fields.provider === 'google')
    wrong('provider', 'custom; Google takes no passwords for mail, but OAuth 2.0', 'google');
  if (!secrets.password?.given && !secrets.password?.kept) wrong('password', 'the password');
  for (const use of fields.uses.filter((one) => !byPassword.includes(one)))
    wrong('uses', `${byPassword.join(', ')}; Microsoft Graph takes no passwords`, use);
  for (const field of appFields)
    if (fields[field] !== null && fields[field] !== '')
      wrong(field, 'nothing; a password needs no app', `${fields[field]}`);
  if (fields.scopes.length > 0) wrong('scopes', 'nothing; a password has none', fields.scopes.join(' '));
  for (const field of ['clientSecret', 'clientKeyPair'] as const)
    if (secrets[field]?.given !== undefined) wrong(field, 'nothing; a password needs no app');
  return found;
}

const appFields = [
  'tenant',
  'issuer',
  'authorizationUrl',
  'tokenUrl',
  'deviceAuthorizationUrl',
  'clientId',
  'federatedTokenFile',
] as const;
