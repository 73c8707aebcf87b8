import type { ClientAuthentication } from '../../resources/credential-profile/record.ts';
import { certificate } from './certificate.ts';
import type { ReadClientCredentials } from './credential.ts';
import { federated } from './federated.ts';
import { none } from './none.ts';
import { secret } from './secret.ts';

/** Every way of client authentication: one line each. */
export const clientAuthentications: Record<ClientAuthentication, ReadClientCredentials> = {
  secret,
  certificate,
  federated,
  none,
};
