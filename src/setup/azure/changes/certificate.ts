import { appAdministrator, type ChangeKind } from '../change.ts';
import { readApplication } from '../present.ts';

/**
 * *Certificates & secrets > Certificates*: the public part. By an update of the whole collection, as addKey wants proof
 * of a key that is there already (Microsoft: application: addKey).
 */
export const certificate: ChangeKind = {
  name: 'certificate',
  ofApp: true,
  role: () => appAdministrator,

  plan({ registration, setup }, { application }) {
    const { certificate: key, clientAuthentication } = registration;
    if (clientAuthentication !== 'certificate' || application?.keys.some((one) => one.key === key)) return [];
    const until = setup.certificate ? `, good until ${setup.certificate.expiresAt.slice(0, 10)}` : '';
    const detail = `The public part; its private key stays here, sealed${until}`;
    return [{ kind: 'certificate', of: '', title: 'Certificate', detail, what: {} }];
  },

  async make(_change, { registration, directory }, { application }) {
    if (!application) return;
    const { certificate: key, credentialName: displayName } = registration;
    const added = { type: 'AsymmetricX509Cert', usage: 'Verify', key, displayName };
    const keyCredentials = [...application.keys, added];
    await directory.send('PATCH', `/applications/${application.id}`, { keyCredentials });
  },

  async undo(_made, { registration, directory }) {
    const application = await readApplication(directory, registration);
    const isOurs = ({ displayName }: Record<string, unknown>) => displayName === registration.credentialName;
    if (!application?.keys.some(isOurs)) return false;
    const keyCredentials = application.keys.filter((one) => !isOurs(one));
    await directory.send('PATCH', `/applications/${application.id}`, { keyCredentials });
    return true;
  },
};
