import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import tls from 'node:tls';
import { startAuthority } from '../../lab/authority/index.ts';
import { createLabAuthority } from '../../lab/certificates.ts';
import { endings } from '../endings.ts';

/** The lab's authority for one test, trusted by everything in this process. */
export async function startAuthorityWorld(t: TestContext) {
  const after = endings(t);
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-lab-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const certificates = await createLabAuthority(join(folder, 'certificates'));
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificates.caPem]);
  const authority = await startAuthority({ certificates, folder: join(folder, 'authority') });
  after(authority.stop);
  return { after, folder, certificates, authority };
}
