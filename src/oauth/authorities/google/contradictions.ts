import type { FieldProblem } from '../../../model/problem.ts';
import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import { hosts } from './hosts.ts';

const addresses = ['issuer', 'authorizationUrl', 'tokenUrl', 'deviceAuthorizationUrl'] as const;

/** What Google would refuse, with the reason. */
export function googleContradictions(fields: CredentialProfile): FieldProblem[] {
  const { grant, clientAuthentication, uses } = fields;
  const found: FieldProblem[] = [];
  const wrong = (field: string, expected: string, given: string) => found.push({ field, expected, given });
  for (const field of addresses)
    if (fields[field] !== null) wrong(field, 'nothing; Google’s follows from the provider', fields[field]);
  if (grant === 'device_code')
    wrong(
      'grant',
      'authorization_code; Google’s flow for limited-input devices does not allow the Gmail scope (https://mail.google.com/)',
      grant,
    );
  if (grant === 'client_credentials')
    wrong('grant', 'authorization_code; at Google no app opens mailboxes by client credentials', grant);
  if (clientAuthentication !== 'secret')
    wrong('clientAuthentication', 'secret; Google’s token endpoint takes nothing else', clientAuthentication);
  for (const use of uses.filter((one) => !Object.hasOwn(hosts, one)))
    wrong('uses', `${Object.keys(hosts).join(', ')}; Gmail has no other`, use);
  return found;
}
