import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FieldProblem, Problem } from '../../src/model/problem.ts';
import { loadKeyRing } from '../../src/vault/key-ring.ts';

const makeKey = () => randomBytes(32).toString('base64');

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-key-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The one field that loading names as wrong. */
function refused(from: Parameters<typeof loadKeyRing>[0]): FieldProblem {
  try {
    loadKeyRing(from);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.code, 'input.invalid');
    assert.equal(error.fields?.length, 1);
    return error.fields[0] as FieldProblem;
  }
  throw new Error('the key was taken');
}

test('the first start makes a master key that only its owner may read, and the next one finds it', (t) => {
  const file = join(temporaryFolder(t), 'keys', 'master.key');
  const first = loadKeyRing({ defaultFile: file });
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(Buffer.from(readFileSync(file, 'utf8'), 'base64').length, 32);
  assert.equal(loadKeyRing({ defaultFile: file }).sealing.id, first.sealing.id);
});

test('a key that is named but missing is never made up', (t) => {
  const file = join(temporaryFolder(t), 'master.key');
  const { field, expected, given } = refused({ file, defaultFile: file });
  assert.deepEqual([field, expected, given], ['masterKey.file', 'a file that exists', file]);
  assert.throws(() => statSync(file));
});

test('a key file that cannot be read, or cannot be made, is named', (t) => {
  const folder = temporaryFolder(t);
  assert.match(refused({ file: folder, defaultFile: folder }).given ?? '', /EISDIR/);
  const occupied = join(folder, 'occupied');
  writeFileSync(occupied, '');
  const { field, given } = refused({ defaultFile: join(occupied, 'master.key') });
  assert.equal(field, 'masterKey.file');
  assert.match(given ?? '', /occupied\/master\.key \(ENOTDIR\)/);
});

test('what is no key is refused where it stands, and is not repeated', (t) => {
  const file = join(temporaryFolder(t), 'master.key');
  const wrong = [
    'correct horse battery staple correct horse battery staple',
    'Correct-horse-battery-staple-correct-horse-b',
    randomBytes(16).toString('base64'),
    randomBytes(33).toString('base64'),
    randomBytes(32).toString('hex'),
    `${makeKey()} short`,
  ];
  for (const value of wrong) {
    writeFileSync(file, value);
    const fromValue = refused({ value, defaultFile: file });
    assert.equal(fromValue.field, 'masterKey.value');
    assert.match(fromValue.expected, /openssl rand -base64 32/);
    const fromFile = refused({ file, defaultFile: file });
    assert.deepEqual([fromFile.field, fromFile.where], ['masterKey.file', file]);
    for (const word of value.split(' ')) {
      assert.equal(fromValue.given?.includes(word), false);
      assert.equal(fromFile.given?.includes(word), false);
    }
  }
});

test('an empty value or file holds no key', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys', 'empty'), '\n');
  assert.equal(refused({ value: ' ', defaultFile: folder }).given, 'nothing');
  assert.equal(refused({ file: join(folder, 'keys', 'empty'), defaultFile: folder }).given, 'nothing');
});

test('of several keys the first seals and each is found', (t) => {
  const file = join(temporaryFolder(t), 'master.key');
  const keys = [makeKey(), makeKey(), makeKey()];
  const ids = keys.map((value) => loadKeyRing({ value, defaultFile: file }).sealing.id);
  writeFileSync(file, `${keys.join('\n')}\n`);
  const ring = loadKeyRing({ file, defaultFile: file });
  assert.equal(ring.sealing.id, ids[0]);
  assert.deepEqual(
    ids.map((id) => ring.find(id)?.id),
    ids,
  );
  assert.equal(ring.find('00000000'), null);
});

test('beside what is sealed no new key is made: what is to be done is said', (t) => {
  const file = join(temporaryFolder(t), 'master.key');
  assert.throws(
    () => loadKeyRing({ defaultFile: file, sealed: true }),
    (error: unknown) =>
      error instanceof Problem &&
      error.code === 'vault.key-missing' &&
      error.detail?.includes(file) === true &&
      error.remedy.includes('masterKey.file'),
  );
  assert.throws(() => statSync(file));
  assert.throws(() => loadKeyRing({ file, defaultFile: file, sealed: true }), { code: 'vault.key-missing' });
  writeFileSync(file, makeKey());
  assert.ok(loadKeyRing({ defaultFile: file, sealed: true }).sealing);
});
