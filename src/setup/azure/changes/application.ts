import { appAdministrator, type ChangeKind, type Wanted } from '../change.ts';
import { isThere } from '../patience.ts';
import { type ResolvedPermission, resolved } from '../permissions.ts';
import { pathOf, type RequiredAccess, readApplication } from '../present.ts';
import { appDeleted, appUnknown } from '../problems.ts';

const name = 'application';

/** *App registrations > New registration*: made once by its unique name, whatever is repeated. */
export const application: ChangeKind = {
  name,
  role: () => appAdministrator,

  plan({ registration }, present) {
    if (present.application) return [];
    if (registration.clientId !== null) throw appUnknown(registration.clientId);
    const { displayName, redirectUris } = registration;
    const detail = [
      'Accounts in this organisational directory only',
      ...redirectUris.map((uri) => `redirect URI (Web) ${uri}`),
      `API permissions ${namesOf(resolved(registration, present))}`,
    ];
    return [
      { kind: name, of: '', title: `App registration “${displayName}”`, detail: detail.join('; '), what: {} },
    ];
  },

  async make(_change, { registration, setup, directory }, present) {
    const { displayName, signInAudience, notes, redirectUris } = registration;
    const body = {
      displayName,
      signInAudience,
      notes,
      ...(redirectUris.length > 0 && { web: { redirectUris } }),
      requiredResourceAccess: withAccess([], resolved(registration, present)),
    };
    try {
      await directory.send('PATCH', pathOf(registration), body, { prefer: 'create-if-missing' });
    } catch (error) {
      // The name of one that was deleted stays taken (microsoftgraph/msgraph-bicep-types 137)
      if (isThere(error) && wasMade(setup)) throw appDeleted(displayName);
      throw error;
    }
  },

  async undo(_made, { registration, directory }) {
    const found = await readApplication(directory, registration);
    if (!found) return false;
    await directory.send('DELETE', `/applications/${found.id}`, null);
    return true;
  },
};

function wasMade({ made }: Wanted['setup']): boolean {
  return made.some(({ kind, done }) => kind === name && done);
}

/** The names of permissions, each once. */
export function namesOf(permissions: Pick<ResolvedPermission, 'value'>[]): string {
  return [...new Set(permissions.map(({ value }) => value))].join(', ');
}

/** Required permissions with others added. */
export function withAccess(
  required: RequiredAccess[],
  added: { resource: Pick<ResolvedPermission['resource'], 'appId'>; id: string; type: 'Scope' | 'Role' }[],
): RequiredAccess[] {
  const all = structuredClone(required);
  for (const { resource, id, type } of added) {
    const own = all.find(({ resourceAppId }) => resourceAppId === resource.appId);
    if (own) own.resourceAccess.push({ id, type });
    else all.push({ resourceAppId: resource.appId, resourceAccess: [{ id, type }] });
  }
  return all;
}
