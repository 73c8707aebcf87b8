import { appAdministrator, type Change, type ChangeKind } from '../change.ts';
import { type ResolvedPermission, resolved } from '../permissions.ts';
import { type Grant, type Present, readApplication, readGrants, readPrincipal } from '../present.ts';

/**
 * *Grant admin consent* to delegated permissions: one entry for app and resource, for everybody (Microsoft: Create a
 * delegated permission grant). What others have consented to stays in it.
 */
export const delegatedGrants: ChangeKind = {
  name: 'delegated-grant',
  ofApp: true,
  role: () => appAdministrator,

  plan({ registration }, present) {
    const scopes = resolved(registration, present).filter(({ type }) => type === 'Scope');
    return [...Map.groupBy(scopes, ({ resource }) => resource)].flatMap(([resource, wanted]) =>
      planned(resource, wanted, present),
    );
  },

  async make({ what }, { directory }, { principal, grants }) {
    if (!principal) return;
    const { resourceId, added } = what as unknown as What;
    const present = grants.find((one) => one.resourceId === resourceId);
    if (present) {
      const scope = [...new Set([...present.scopes, ...added])].join(' ');
      await directory.send('PATCH', `/oauth2PermissionGrants/${present.id}`, { scope });
      return;
    }
    await directory.send('POST', '/oauth2PermissionGrants', {
      clientId: principal.id,
      consentType: 'AllPrincipals',
      resourceId,
      scope: added.join(' '),
    });
  },

  async undo({ what }, { registration, directory }) {
    const { resourceId, added, existed } = what as unknown as What;
    const application = await readApplication(directory, registration);
    const principal = application && (await readPrincipal(directory, application.appId));
    const grants: Grant[] = principal ? await readGrants(directory, principal.id) : [];
    const found = grants.find((one) => one.resourceId === resourceId);
    if (!found?.scopes.some((scope) => added.includes(scope))) return false;
    const rest = found.scopes.filter((scope) => !added.includes(scope));
    const path = `/oauth2PermissionGrants/${found.id}`;
    if (rest.length === 0 && !existed) await directory.send('DELETE', path, null);
    else await directory.send('PATCH', path, { scope: rest.join(' ') });
    return true;
  },
};

interface What {
  resourceId: string;
  added: string[];
  /** There was an entry before, with or without scopes. */
  existed: boolean;
}

function planned(
  resource: ResolvedPermission['resource'],
  wanted: ResolvedPermission[],
  { grants }: Present,
): Change[] {
  const present = grants.find((one) => one.resourceId === resource.id);
  const added = wanted.map(({ value }) => value).filter((scope) => !present?.scopes.includes(scope));
  if (added.length === 0) return [];
  const what: What = { resourceId: resource.id, added, existed: present !== undefined };
  return [
    {
      kind: 'delegated-grant',
      of: resource.appId,
      title: `Admin consent to ${added.join(', ')}`,
      detail: `Delegated permissions of ${resource.title}, for everybody in the organisation`,
      what: { ...what },
    },
  ];
}
