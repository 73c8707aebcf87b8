import { notFound } from '../model/problem.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';

/** The public certificate that a profile's app is known by. Throws `not-found` where it shows none. */
export function certificateOf({
  name,
  clientCertificate,
}: Pick<CredentialProfile, 'name' | 'clientCertificate'>): NonNullable<
  CredentialProfile['clientCertificate']
> {
  if (clientCertificate) return clientCertificate;
  throw notFound(
    'The profile has no certificate',
    name,
    'Choose a certificate as client authentication of the profile.',
  );
}
