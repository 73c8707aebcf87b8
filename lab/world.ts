import { join } from 'node:path';
import { type LabAuthority, startAuthority } from './authority/index.ts';
import { createLabAuthority, type LabCertificates } from './certificates.ts';
import { type LabDovecot, startDovecot } from './dovecot/index.ts';
import { type LabReceiver, startReceiver } from './receiver.ts';

/** All that Letterbox speaks with, real and on loopback. */
export interface LabWorld {
  certificates: LabCertificates;
  authority: LabAuthority;
  dovecot: LabDovecot;
  receiver: LabReceiver;
}

/** Starts a world in a folder of its own; each part's ending is given to `after` as soon as there is something to end. */
export async function startLab(folder: string, after: (end: () => unknown) => void): Promise<LabWorld> {
  const certificates = await createLabAuthority(join(folder, 'certificates'));
  const authority = await startAuthority({ certificates, folder: join(folder, 'authority') });
  after(authority.stop);
  const dovecot = await startDovecot({ folder: join(folder, 'dovecot'), authority, certificates });
  after(dovecot.stop);
  const receiver = await startReceiver({ secrets: [] });
  after(receiver.stop);
  return { certificates, authority, dovecot, receiver };
}
