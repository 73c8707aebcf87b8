import { type FieldProblem, Problem } from '../model/problem.ts';
import { besides } from '../resources/checks.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { Change } from '../resources/resource.ts';
import { providerOf } from './authorities/index.ts';
import { readKeyPair } from './client-auth/key-pair.ts';
import { passwordContradictions } from './password-contradictions.ts';
import { placeholderProblems } from './placeholders.ts';
import type { ProfileSecrets } from './provider.ts';

/** What is wrong when the fields are held against each other; empty when nothing is. `byPassword`: uses that take passwords. */
export function checkProfile(
  fields: CredentialProfile,
  { secrets }: Pick<Change, 'secrets'>,
  byPassword: readonly string[],
): FieldProblem[] {
  if (fields.authentication === 'password') return passwordContradictions(fields, secrets, byPassword);
  const found: FieldProblem[] = [];
  const wrong = (field: string, expected: string, given: string | null = null) =>
    found.push({ field, expected, ...(given !== null && { given }) });
  if (secrets.password?.given !== undefined)
    wrong('password', 'nothing, as the profile signs in by OAuth 2.0');
  if (fields.provider !== 'microsoft' && fields.tenant !== null)
    wrong('tenant', 'nothing; only Microsoft has tenants', fields.tenant);
  if (fields.provider !== 'microsoft' && fields.cloud !== 'worldwide')
    wrong('cloud', 'worldwide; only Microsoft has others', fields.cloud);
  if (
    fields.grant !== 'client_credentials' &&
    fields.signInName !== null &&
    fields.scopes.length > 0 &&
    !fields.scopes.includes('openid') &&
    fields.provider !== 'google'
  )
    wrong('scopes', 'openid among them, so that who signs in can be compared with the sign-in name');
  found.push(
    ...authenticationContradictions(fields, secrets),
    ...providerOf(fields).contradictions(fields, secrets),
  );
  const placeholders = placeholderProblems(fields);
  return [...placeholders, ...besides(placeholders, found)];
}

/** What the client shows must be there, and nothing else. */
function authenticationContradictions(
  { clientAuthentication, federatedTokenFile, grant }: CredentialProfile,
  { clientSecret, clientKeyPair }: ProfileSecrets,
): FieldProblem[] {
  const found: FieldProblem[] = [];
  if (clientAuthentication === 'secret' && clientSecret?.given === undefined && !clientSecret?.kept)
    found.push({ field: 'clientSecret', expected: 'the client secret’s value' });
  if (clientAuthentication !== 'secret' && clientSecret?.given !== undefined)
    found.push({
      field: 'clientSecret',
      expected: `nothing with client authentication by ${clientAuthentication}`,
    });
  if (clientAuthentication !== 'certificate' && clientKeyPair?.given !== undefined)
    found.push({
      field: 'clientKeyPair',
      expected: `nothing with client authentication by ${clientAuthentication}`,
    });
  else if (clientKeyPair?.given !== undefined) found.push(...keyPairProblems(clientKeyPair.given));
  if (clientAuthentication === 'federated' && federatedTokenFile === null)
    found.push({ field: 'federatedTokenFile', expected: 'the file with the other authority’s token' });
  if (clientAuthentication === 'none' && grant === 'client_credentials')
    found.push({
      field: 'clientAuthentication',
      expected: 'a secret, a certificate or a federated token; an app by itself must show who it is',
      given: clientAuthentication,
    });
  return found;
}

function keyPairProblems(pem: string): FieldProblem[] {
  try {
    readKeyPair(pem);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.fields ?? [];
  }
}
