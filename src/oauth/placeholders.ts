import type { FieldProblem } from '../model/problem.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';

/** `{tenant}`, `<client-id>`, `[Directory ID]` */
const inBrackets = /[{<[]\s*[a-z][\w .()-]*?\s*[}>\]]/i;
/** `your-tenant-id`, `CLIENT_ID`, `tenantid` */
const inWords =
  /^(your|my|the|insert|enter)?[-_ ]?(own[-_ ]?)?(tenant|directory|client|application|app|object)[-_ ]?(id|guid|name)$/i;
const emptyGuid = /^([x0])\1{7}(-\1{4}){3}-\1{12}$/i;

/** What documents write where a value of one's own belongs; null where there is none. Of a URL each part is looked at. */
export function placeholderIn(text: string): string | null {
  const written = text
    .replace(/%7B/gi, '{')
    .replace(/%7D/gi, '}')
    .replace(/%3C/gi, '<')
    .replace(/%3E/gi, '>');
  const [bracketed] = inBrackets.exec(written) ?? [];
  if (bracketed !== undefined) return bracketed;
  return written.split('/').find((part) => inWords.test(part) || emptyGuid.test(part)) ?? null;
}

const own = {
  tenant: 'the Directory (tenant) ID of your own',
  clientId: 'the client ID of your own app',
  issuer: 'a value of your own',
  authorizationUrl: 'a value of your own',
  tokenUrl: 'a value of your own',
  deviceAuthorizationUrl: 'a value of your own',
} as const satisfies Partial<Record<keyof CredentialProfile, string>>;

/** Fields that were copied from a document as they stand there. */
export function placeholderProblems(fields: CredentialProfile): FieldProblem[] {
  return Object.entries(own).flatMap(([field, whatElse]) => {
    const given = fields[field as keyof typeof own];
    const placeholder = given && placeholderIn(given);
    const isTenant = fields.provider === 'microsoft' && field.endsWith('Url');
    const expected = `${isTenant ? own.tenant : whatElse} in place of ${placeholder}`;
    return placeholder ? [{ field, expected, given }] : [];
  });
}
