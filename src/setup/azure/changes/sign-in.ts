import { permissionsOf } from '../../../oauth/authorities/microsoft/permissions.ts';
import type { ChangeKind } from '../change.ts';

/** That Microsoft's sign-in takes the app: seen by a token that it gives, with all that was consented to. */
export const signIn: ChangeKind = {
  name: 'sign-in',
  here: true,

  plan({ setup }) {
    if (setup.isKnown) return [];
    const roles = setup.uses.flatMap((use) => permissionsOf(use).application);
    const detail =
      setup.grant === 'client_credentials'
        ? `A token of the app with ${[...new Set(roles)].join(', ')}`
        : 'Microsoft knows the app and what it shows';
    return [{ kind: 'sign-in', of: '', title: 'The app can sign in', detail, what: {} }];
  },

  async make(_change, { setup, letterbox }) {
    await letterbox.tryApp(await letterbox.profiles.get(setup.profileId));
    await letterbox.note({ isKnown: true });
  },
};
