import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { invalidInput, Problem } from '../model/problem.ts';

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

const keyBytes = 32;

/**
 * Master keys from a value or a file: base64 of 32 bytes each, several separated by white space, newest first.
 * With neither given, one is made in `defaultFile` at the first start. Throws `input.invalid` for what is no key, and
 * `vault.key-missing` where something is `sealed` already: a new key would open none of it.
 */
export function loadKeyRing(from: {
  value?: string | undefined;
  file?: string | undefined;
  defaultFile: string;
  sealed?: boolean;
}): KeyRing {
  if (from.value !== undefined) return ringOf(from.value, 'masterKey.value');
  const file = from.file ?? from.defaultFile;
  const text = read(file);
  if (text !== null) return ringOf(text, 'masterKey.file', file);
  if (from.sealed) throw keyMissing(file);
  if (from.file === undefined) return ringOf(make(file), 'masterKey.file', file);
  throw invalidInput([{ field: 'masterKey.file', expected: 'a file that exists', given: file }]);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw invalidInput([
      {
        field: 'masterKey.file',
        expected: 'a file that can be read',
        given: `${file} (${codeOf(error)})`,
      },
    ]);
  }
}

/** On the disk before anything is sealed with it: what it seals is lost without it. */
function make(file: string): string {
  const made = `${randomBytes(keyBytes).toString('base64')}\n`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    // Never over a key that another process has made in this moment.
    const opened = openSync(file, 'wx', 0o600);
    writeSync(opened, made);
    fsyncSync(opened);
    closeSync(opened);
    const folder = openSync(dirname(file), 'r');
    fsyncSync(folder);
    closeSync(folder);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return readFileSync(file, 'utf8');
    throw invalidInput([
      {
        field: 'masterKey.file',
        expected: 'a place where a master key can be kept, as none is given',
        given: `${file} (${codeOf(error)})`,
      },
    ]);
  }
  return made;
}

function ringOf(text: string, field: string, where?: string): KeyRing {
  const given = text.split(/\s+/).filter(Boolean);
  const keys = given.map(masterKey).filter((key) => key !== null);
  const [sealing] = keys;
  if (!sealing || keys.length < given.length)
    throw wrongKey(field, given.length === 0 ? 'nothing' : 'something else', where);
  return { sealing, find: (id) => keys.find((key) => key.id === id) ?? null };
}

function masterKey(encoded: string): MasterKey | null {
  // `Buffer.from` skips what is no base64, and would make a key of a pass phrase.
  const bytes = /^[A-Za-z0-9+/]{43}=$/.test(encoded) ? Buffer.from(encoded, 'base64') : null;
  if (bytes?.length !== keyBytes) return null;
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', bytes, '', `letterbox ${purpose}`, keyBytes));
  return {
    id: createHash('sha256').update(bytes).digest('hex').slice(0, 8),
    wrapping: derive('key wrapping'),
    derive,
  };
}

function keyMissing(file: string): Problem {
  return new Problem({
    code: 'vault.key-missing',
    kind: 'machine',
    title: 'The master key is gone, and the database holds secrets that were sealed with it',
    detail: `there is no file ${file}`,
    cause: 'It was removed, or the database was restored or moved without it.',
    remedy: `Put the key back there from where it is kept, or say where it is (masterKey.file). If it is lost for good, make a new one with \`(umask 077; openssl rand -base64 32 > ${file})\`, start Letterbox, and enter each secret and connect each profile again; mail and settings are not sealed and stay.`,
  });
}

/** Never says what was given instead. */
function wrongKey(field: string, given: string, where: string | undefined): Problem {
  return invalidInput([
    {
      field,
      expected: 'base64 of 32 random bytes, as `openssl rand -base64 32` makes it',
      given,
      ...(where && { where }),
    },
  ]);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
