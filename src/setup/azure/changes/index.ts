import type { ChangeKind } from '../change.ts';
import { appRoles } from './app-roles.ts';
import { application } from './application.ts';
import { certificate } from './certificate.ts';
import { clientSecret, lostSecrets } from './client-secret.ts';
import { delegatedGrants } from './delegated-grants.ts';
import { profile } from './profile.ts';
import { redirectUris } from './redirect-uris.ts';
import { requiredPermissions } from './required-permissions.ts';
import { server } from './server.ts';
import { servicePrincipal } from './service-principal.ts';
import { signIn } from './sign-in.ts';

/** Every kind of change, in the order in which they are made. */
export const changeKinds: readonly ChangeKind[] = [
  application,
  requiredPermissions,
  redirectUris,
  servicePrincipal,
  certificate,
  lostSecrets,
  clientSecret,
  appRoles,
  delegatedGrants,
  profile,
  signIn,
  server,
];

/** A kind by its name; one of a release that had others is none. */
export function changeKind(name: string): ChangeKind | undefined {
  return changeKinds.find((kind) => kind.name === name);
}
