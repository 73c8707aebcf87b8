import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { invalidInput } from '../model/problem.ts';

/** The master keys: the first seals, every one opens, so that a key can be replaced while the old one still reads. */
export interface KeyRing {
  sealing: MasterKey;
  /** The key of an id; null when it is not on the ring. */
  find(id: string): MasterKey | null;
}

export interface MasterKey {
  /** First 8 hexadecimal digits of the key's SHA-256: names it without telling it. */
  id: string;
  wrapping: Buffer;
  /** A key for one purpose only (RFC 5869). */
  derive(purpose: string): Buffer;
}

/**
 * Master keys from a value or a file: base64 of 32 bytes each, several separated by white space, newest first.
 * With neither given, one is made in `defaultFile` at the first start. Throws `input.invalid` for what is no key.
 */
export function loadKeyRing(from: {
  value?: string | undefined;
  file?: string | undefined;
  defaultFile: string;
}): KeyRing {
  if (from.value !== undefined) return ringOf(from.value, 'masterKey.value');
  const file = from.file ?? from.defaultFile;
  const field = from.file === undefined ? `the key file ${file}` : 'masterKey.file';
  const text = read(file);
  if (text !== null) return ringOf(text, field);
  if (from.file !== undefined)
    throw invalidInput([{ field, expected: 'a file that exists and can be read', given: file }]);
  const made = `${randomBytes(32).toString('base64')}\n`;
  mkdirSync(dirname(file), { recursive: true });
  // Never over a key that another process has made in this moment.
  writeFileSync(file, made, { mode: 0o600, flag: 'wx' });
  return ringOf(made, field);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw invalidInput([{ field: 'masterKey.file', expected: 'a file that can be read', given: file }]);
  }
}

function ringOf(text: string, field: string): KeyRing {
  const keys = text
    .split(/\s+/)
    .filter(Boolean)
    .map((encoded) => masterKey(encoded, field));
  const [sealing] = keys;
  if (!sealing) throw wrongKey(field);
  return { sealing, find: (id) => keys.find((key) => key.id === id) ?? null };
}

function masterKey(encoded: string, field: string): MasterKey {
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== 32) throw wrongKey(field);
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', bytes, '', `letterbox ${purpose}`, 32));
  return {
    id: createHash('sha256').update(bytes).digest('hex').slice(0, 8),
    wrapping: derive('key wrapping'),
    derive,
  };
}

function wrongKey(field: string) {
  return invalidInput([
    { field, expected: 'base64 of 32 random bytes, as `openssl rand -base64 32` makes it' },
  ]);
}
