import { appAdministrator, type ChangeKind } from '../change.ts';
import { readApplication } from '../present.ts';

/** *Authentication > Platform Web*: where browsers come back to; those of others stay. */
export const redirectUris: ChangeKind = {
  name: 'redirect-uris',
  ofApp: true,
  role: () => appAdministrator,

  plan({ registration }, { application }) {
    if (!application) return [];
    const added = registration.redirectUris.filter((uri) => !application.redirectUris.includes(uri));
    if (added.length === 0) return [];
    const title = `Redirect URI${added.length > 1 ? 's' : ''}, platform Web`;
    return [{ kind: 'redirect-uris', of: '', title, detail: added.join(', '), what: { added } }];
  },

  async make({ what }, { directory }, { application }) {
    if (!application) return;
    const all = [...application.redirectUris, ...(what.added as string[])];
    await directory.send('PATCH', `/applications/${application.id}`, { web: { redirectUris: all } });
  },

  async undo({ what }, { registration, directory }) {
    const application = await readApplication(directory, registration);
    const added = what.added as string[];
    if (!application?.redirectUris.some((uri) => added.includes(uri))) return false;
    const rest = application.redirectUris.filter((uri) => !added.includes(uri));
    await directory.send('PATCH', `/applications/${application.id}`, { web: { redirectUris: rest } });
    return true;
  },
};
