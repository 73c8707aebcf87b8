import type { Json } from '../../../network/graph.ts';
import { appAdministrator, type ChangeKind } from '../change.ts';
import type { Directory } from '../directory.ts';
import { NotYet } from '../patience.ts';
import { type Application, readApplication } from '../present.ts';

/**
 * *Certificates & secrets > Certificates*: the public part. By an update of the whole collection, as addKey wants proof
 * of a key that is there already (Microsoft: application: addKey).
 */
export const certificate: ChangeKind = {
  name: 'certificate',
  ofApp: true,
  role: () => appAdministrator,

  plan({ registration }, { application }) {
    const { certificate, credentialName } = registration;
    if (!certificate || application?.keyNames.includes(credentialName)) return [];
    const until = certificate.expiresAt.slice(0, 10);
    const detail = `The public part, good until ${until}; its private key stays here, sealed`;
    return [{ kind: 'certificate', of: '', title: 'Certificate', detail, what: {} }];
  },

  async make(_change, { registration, directory }, { application }) {
    if (!application) return;
    const { certificate, credentialName: displayName } = registration;
    const present = await readKeys(directory, application);
    if (present.some((one) => one.displayName === displayName)) return;
    const added = { type: 'AsymmetricX509Cert', usage: 'Verify', key: certificate?.key, displayName };
    await writeKeys(directory, application, [...present, added]);
  },

  async undo(_made, { registration, directory }) {
    const application = await readApplication(directory, registration);
    if (!application) return false;
    const present = await readKeys(directory, application);
    const others = present.filter(({ displayName }) => displayName !== registration.credentialName);
    if (others.length === present.length) return false;
    await writeKeys(directory, application, others);
    return true;
  },
};

type Found = Pick<Application, 'id'>;

/** As they came: the whole collection is written back. Their values are told by the object ID only, and asked for by name. */
async function readKeys(directory: Directory, { id }: Found): Promise<Json[]> {
  const found = await directory.find(`/applications/${id}?$select=keyCredentials`);
  if (!Array.isArray(found?.keyCredentials)) throw new NotYet();
  return found.keyCredentials;
}

async function writeKeys(directory: Directory, { id }: Found, keyCredentials: Json[]): Promise<void> {
  await directory.send('PATCH', `/applications/${id}`, { keyCredentials });
}
