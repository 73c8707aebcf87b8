import type { FieldProblem } from '../../../model/problem.ts';
import type { CredentialProfile } from '../../../resources/credential-profile/record.ts';
import { addressContradictions } from '../../address-contradictions.ts';

/** Any other authority: known by its issuer, or by its URLs. */
export function customContradictions(fields: CredentialProfile): FieldProblem[] {
  return addressContradictions(
    fields,
    'issuer',
    'the issuer’s URL; or the authorization URL and the token URL',
  );
}
