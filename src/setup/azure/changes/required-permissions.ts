import { appAdministrator, type ChangeKind } from '../change.ts';
import { resolved } from '../permissions.ts';
import { type RequiredAccess, readApplication } from '../present.ts';
import { namesOf, withAccess } from './application.ts';

interface Added {
  resourceAppId: string;
  id: string;
  type: 'Scope' | 'Role';
}

/** *API permissions*: what the app is registered with; those that others have put there stay. */
export const requiredPermissions: ChangeKind = {
  name: 'required-permissions',
  ofApp: true,
  role: () => appAdministrator,

  plan({ registration }, present) {
    const { application } = present;
    if (!application) return [];
    const missing = resolved(registration, present).filter(
      ({ resource, id, type }) => !has(application.required, { resourceAppId: resource.appId, id, type }),
    );
    if (missing.length === 0) return [];
    const added: Added[] = missing.map(({ resource, id, type }) => ({
      resourceAppId: resource.appId,
      id,
      type,
    }));
    return [
      {
        kind: 'required-permissions',
        of: '',
        title: `API permissions ${namesOf(missing)}`,
        detail: 'Added to those that the app registration has',
        what: { added },
      },
    ];
  },

  async make({ what }, { directory }, { application }) {
    if (!application) return;
    const added = (what.added as Added[]).map(({ resourceAppId, ...one }) => ({
      ...one,
      resource: { appId: resourceAppId },
    }));
    const requiredResourceAccess = withAccess(application.required, added);
    await directory.send('PATCH', `/applications/${application.id}`, { requiredResourceAccess });
  },

  async undo({ what }, { registration, directory }) {
    const application = await readApplication(directory, registration);
    const added = what.added as Added[];
    if (
      !application?.required.some((one) =>
        added.some(({ resourceAppId }) => resourceAppId === one.resourceAppId),
      )
    )
      return false;
    const requiredResourceAccess = application.required
      .map(({ resourceAppId, resourceAccess }) => ({
        resourceAppId,
        resourceAccess: resourceAccess.filter(
          ({ id, type }) =>
            !added.some((one) => one.resourceAppId === resourceAppId && one.id === id && one.type === type),
        ),
      }))
      .filter(({ resourceAccess }) => resourceAccess.length > 0);
    await directory.send('PATCH', `/applications/${application.id}`, { requiredResourceAccess });
    return true;
  },
};

function has(required: RequiredAccess[], { resourceAppId, id, type }: Added): boolean {
  return required.some(
    (one) =>
      one.resourceAppId === resourceAppId &&
      one.resourceAccess.some((access) => access.id === id && access.type === type),
  );
}
