import { join } from 'node:path';
import type { TestContext } from 'node:test';
import tls from 'node:tls';
import { startAuthority } from '../../lab/authority/index.ts';
import { createBrowser } from '../../lab/browser.ts';
import { createLabAuthority } from '../../lab/certificates.ts';
import { startDirectory } from '../../lab/directory/index.ts';
import { endings } from '../endings.ts';
import { temporaryFolder } from '../store/fixtures.ts';

const administrator = 'admin@contoso.example';

/** Only Microsoft's side of a set-up, which this process trusts. */
export async function startAzureLab(t: TestContext) {
  const folder = temporaryFolder(t);
  const after = endings(t);
  const certificates = await createLabAuthority(join(folder, 'certificates'));
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificates.caPem]);
  const authority = await startAuthority({ certificates, folder: join(folder, 'authority') });
  after(() => authority.stop());
  authority.faults.deviceIntervalSeconds = 0.02;
  const directory = await startDirectory({ certificates, authority });
  after(directory.stop);
  return {
    certificates,
    authority,
    directory,
    /** Another cloud is entered by where it signs people in and where its Graph is. */
    cloud: { loginUrl: authority.origin, graphUrl: directory.origin },
    /** What an administrator does with a code, on any device. */
    enterCode: (address: string, code: string, answer: 'accept' | 'cancel' = 'accept') =>
      createBrowser().enterCode(address, code, administrator, answer),
  };
}
