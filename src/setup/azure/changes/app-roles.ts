import { appAdministrator, type ChangeKind } from '../change.ts';
import { resolved } from '../permissions.ts';
import { readApplication, readAssignments, readPrincipal } from '../present.ts';
import { resourceApps } from '../registration.ts';

/** *Grant admin consent* to application permissions: an app role for each (Microsoft: Grant an appRoleAssignment). */
export const appRoles: ChangeKind = {
  name: 'app-role',
  ofApp: true,
  // Least privileged roles by task: those of Graph itself are for the most trusted only
  role: ({ what }) =>
    what.resourceAppId === resourceApps.graph.appId ? 'Privileged Role Administrator' : appAdministrator,

  plan({ registration }, present) {
    return resolved(registration, present)
      .filter(({ type }) => type === 'Role')
      .filter(
        ({ resource, id }) =>
          !present.assignments.some((one) => one.resourceId === resource.id && one.appRoleId === id),
      )
      .map(({ resource, value, id }) => ({
        kind: 'app-role',
        of: `${resource.appId} ${value}`,
        title: `Admin consent to ${value}`,
        detail: `Application permission of ${resource.title}`,
        what: { resourceAppId: resource.appId, resourceId: resource.id, appRoleId: id },
      }));
  },

  async make({ what }, { directory }, { principal }) {
    if (!principal) return;
    const { resourceId, appRoleId } = what;
    await directory.send('POST', `/servicePrincipals/${resourceId}/appRoleAssignedTo`, {
      principalId: principal.id,
      resourceId,
      appRoleId,
    });
  },

  async undo({ what }, { registration, directory }) {
    const application = await readApplication(directory, registration);
    const principal = application && (await readPrincipal(directory, application.appId));
    if (!principal) return false;
    const found = (await readAssignments(directory, principal.id)).find(
      (one) => one.resourceId === what.resourceId && one.appRoleId === what.appRoleId,
    );
    if (!found) return false;
    await directory.send(
      'DELETE',
      `/servicePrincipals/${what.resourceId}/appRoleAssignedTo/${found.id}`,
      null,
    );
    return true;
  },
};
