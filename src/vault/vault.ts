import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { Problem } from '../model/problem.ts';
import type { KeyRing } from './key-ring.ts';

/** Seals secrets for the store. Pure: what it gives is kept by whoever owns the record. */
export interface Vault {
  /** Sealed for this owner and name only; elsewhere it does not open. */
  seal(owner: string, name: string, plaintext: string): Uint8Array;
  /** Throws `vault.cannot-open` when it was altered, belongs elsewhere, or its master key is missing. */
  open(owner: string, name: string, sealed: Uint8Array): string;
  /** HMAC-SHA256 (RFC 2104) of data for one purpose, base64url. */
  mac(purpose: string, data: string): string;
}

const altered = 'it was altered or belongs to another record';

/** Of the layout; a later one can be told apart by it. */
const version = 1;
const keyIdBytes = 8;
const ivBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
const wrappedBytes = ivBytes + keyBytes + tagBytes;

const headerBytes = 1 + keyIdBytes + wrappedBytes;

/**
 * Envelope encryption with AES-256-GCM (NIST SP 800-38D): a fresh data key for each record, wrapped by the
 * master key. Layout: version (1), master key id (8), wrapped data key (60), sealed text. Owner, name and key
 * id are authenticated with both, so a record moved to another place does not open.
 */
export function createVault(keys: KeyRing): Vault {
  return {
    seal(owner, name, plaintext) {
      const bound = context(owner, name, keys.sealing.id);
      const dataKey = randomBytes(keyBytes);
      const wrapped = encrypt(keys.sealing.wrapping, dataKey, bound);
      const sealed = encrypt(dataKey, Buffer.from(plaintext), bound);
      return Buffer.concat([Buffer.of(version), Buffer.from(keys.sealing.id, 'latin1'), wrapped, sealed]);
    },

    open(owner, name, sealed) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes[0] !== version || bytes.length < headerBytes + ivBytes + tagBytes) throw cannotOpen(altered);
      const keyId = bytes.toString('latin1', 1, 1 + keyIdBytes);
      const master = keys.find(keyId);
      if (!master)
        throw cannotOpen(/^[0-9a-f]{8}$/.test(keyId) ? `master key ${keyId} is not given` : altered);
      const bound = context(owner, name, keyId);
      try {
        const wrapped = bytes.subarray(1 + keyIdBytes, headerBytes);
        const dataKey = decrypt(master.wrapping, wrapped, bound);
        return decrypt(dataKey, bytes.subarray(headerBytes), bound).toString();
      } catch {
        throw cannotOpen(altered);
      }
    },

    mac: (purpose, data) =>
      createHmac('sha256', keys.sealing.derive(purpose)).update(data).digest('base64url'),
  };
}

/** What a record is bound to; as JSON, so that "ab","c" and "a","bc" differ. */
function context(owner: string, name: string, keyId: string): Buffer {
  return Buffer.from(JSON.stringify([owner, name, keyId]));
}

function encrypt(key: Buffer, plaintext: Buffer, bound: Buffer): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(bound);
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, bound: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(bound).setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()]);
}

function cannotOpen(detail: string): Problem {
  return new Problem({
    code: 'vault.cannot-open',
    kind: 'internal',
    title: 'A stored secret cannot be opened',
    detail,
    cause: 'The master key is not the one it was sealed with, or the database was altered.',
    remedy:
      'Give the master key that belongs to this data folder (masterKey.file), or enter the secret again.',
  });
}
