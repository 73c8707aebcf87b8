import { areEqual } from '../vault/digest.ts';
import type { Vault } from '../vault/vault.ts';
import { newSecret } from './session.ts';

/** Which browsers have signed in before, by a cookie that only we can make; nothing is stored. */
export function createKnownDevices(vault: Pick<Vault, 'mac'>) {
  const mark = (id: string) => vault.mac('known device', id);
  return {
    /** A new device's cookie. */
    add(): string {
      const id = newSecret();
      return `${id}.${mark(id)}`;
    },
    /** The device of a cookie; null where it has none of ours. */
    find(cookie: string | undefined): string | null {
      const [id = '', given = ''] = cookie?.split('.') ?? [];
      return id !== '' && areEqual(given, mark(id)) ? id : null;
    },
  };
}
