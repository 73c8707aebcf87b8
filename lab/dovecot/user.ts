import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';

const name = 'letterbox-lab';

export interface LabUser {
  name: string;
  uid: number;
  gid: number;
}

/** The ordinary user that owns the mail server: mail programs refuse to be root. Made when first needed. */
export function labUser(): LabUser {
  const self = userInfo();
  if (self.uid !== 0) return { name: self.username, uid: self.uid, gid: self.gid };
  return find() ?? make();
}

function find(): LabUser | null {
  try {
    const [, , uid, gid] = execFileSync('getent', ['passwd', name], { encoding: 'utf8' }).split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  } catch {
    return null;
  }
}

function make(): LabUser {
  try {
    execFileSync('useradd', ['--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name], {
      stdio: 'pipe',
    });
  } catch (error) {
    // Tests run side by side: another process may have made it in this moment.
    const made = find();
    if (!made) throw error;
  }
  return find() as LabUser;
}
