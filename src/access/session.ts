import { randomBytes } from 'node:crypto';
import type { Store } from '../store/store.ts';
import { sha256 } from '../vault/digest.ts';

const hours = 12;

/** Who is signed in, by the secret that a browser's cookie holds; the store keeps its hash. */
export interface Sessions {
  /** Always a new one: one that the browser brought along is never taken over. Returns its secret. */
  begin(): Promise<string>;
  /** Whether a secret is that of a session in force. */
  verify(secret: string): Promise<boolean>;
  end(secret: string): Promise<void>;
}

export function createSessions({ sessions }: Pick<Store, 'sessions'>): Sessions {
  return {
    async begin() {
      const now = Date.now();
      const secret = newSecret();
      await sessions.sweep(new Date(now).toISOString());
      await sessions.add({
        idHash: sha256(secret),
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(now + hours * 60 * 60_000).toISOString(),
      });
      return secret;
    },

    async verify(secret) {
      const session = await sessions.get(sha256(secret));
      return session !== null && session.expiresAt > new Date().toISOString();
    },

    end: (secret) => sessions.remove(sha256(secret)),
  };
}

/** 256 random bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
