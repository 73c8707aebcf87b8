import { appAdministrator, type ChangeKind, type Wanted } from '../change.ts';
import { type Present, readApplication } from '../present.ts';
import { sealedSecret } from '../setup.ts';

const yearMs = 365 * 24 * 60 * 60_000;

/** Those of this set-up, in the directory. */
function ours({ registration }: Wanted, application: Present['application']) {
  return (
    application?.passwords.filter(({ displayName }) => displayName === registration.credentialName) ?? []
  );
}

/** A secret whose value was lost on its way: Microsoft tells it once only. */
export const lostSecrets: ChangeKind = {
  name: 'lost-secret',
  ofApp: true,
  role: () => appAdministrator,

  plan(wanted, { application }) {
    return ours(wanted, application)
      .filter(({ keyId }) => keyId !== wanted.setup.secret?.keyId)
      .map(({ keyId }) => ({
        kind: 'lost-secret',
        of: keyId,
        title: 'A client secret whose value was lost is taken away',
        detail: `Secret ID ${keyId}, made by this set-up`,
        what: { keyId },
      }));
  },

  async make({ what }, { directory }, { application }) {
    if (application) await directory.send('POST', `/applications/${application.id}/removePassword`, what);
  },
};

/** *Certificates & secrets > Client secrets*: sealed here as soon as its value is told. */
export const clientSecret: ChangeKind = {
  name: 'client-secret',
  ofApp: true,
  role: () => appAdministrator,

  plan(wanted, { application }) {
    const { registration, setup } = wanted;
    if (registration.clientAuthentication !== 'secret') return [];
    if (ours(wanted, application).some(({ keyId }) => keyId === setup.secret?.keyId)) return [];
    const detail = 'Good for a year; its value is sealed here and shown to nobody';
    return [{ kind: 'client-secret', of: '', title: 'Client secret', detail, what: {} }];
  },

  async make(_change, { registration, directory, letterbox }, { application }) {
    if (!application) return;
    const endDateTime = new Date(Date.now() + yearMs).toISOString();
    const passwordCredential = { displayName: registration.credentialName, endDateTime };
    const added = await directory.send('POST', `/applications/${application.id}/addPassword`, {
      passwordCredential,
    });
    const until = typeof added.endDateTime === 'string' ? added.endDateTime : endDateTime;
    await letterbox.note(
      { secret: { keyId: String(added.keyId), expiresOn: until.slice(0, 10) } },
      { [sealedSecret]: String(added.secretText) },
    );
  },

  async undo(_made, work) {
    const application = await readApplication(work.directory, work.registration);
    const found = ours(work, application);
    for (const { keyId } of found)
      await work.directory.send('POST', `/applications/${application?.id}/removePassword`, { keyId });
    return found.length > 0;
  },
};
