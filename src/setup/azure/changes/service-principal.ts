import { appAdministrator, type ChangeKind } from '../change.ts';
import { readApplication, readPrincipal } from '../present.ts';

/** By it the portal lists an Enterprise application among the organisation's own. */
const listed = 'WindowsAzureActiveDirectoryIntegratedApp';

/** The *Enterprise application*: the app as this organisation knows it, which consents are given to. */
export const servicePrincipal: ChangeKind = {
  name: 'service-principal',
  ofApp: true,
  role: () => appAdministrator,

  plan({ registration }, { application, principal }) {
    if (principal) return [];
    const title = `Enterprise application “${application?.displayName ?? registration.displayName}”`;
    const detail = 'The service principal of the app in this organisation';
    return [{ kind: 'service-principal', of: '', title, detail, what: {} }];
  },

  async make(_change, { registration, directory }, { application }) {
    if (!application) return;
    const tags = [listed, registration.uniqueName];
    await directory.send('POST', '/servicePrincipals', { appId: application.appId, tags });
  },

  async undo(_made, { registration, directory }) {
    const application = await readApplication(directory, registration);
    const principal = application && (await readPrincipal(directory, application.appId));
    // Somebody else may have made one between our look and our request
    if (!principal?.tags.includes(registration.uniqueName)) return false;
    await directory.send('DELETE', `/servicePrincipals/${principal.id}`, null);
    return true;
  },
};
