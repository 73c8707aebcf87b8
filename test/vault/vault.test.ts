import assert from 'node:assert/strict';
import { createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Problem } from '../../src/model/problem.ts';
import { loadKeyRing } from '../../src/vault/key-ring.ts';
import { createVault, type Vault } from '../../src/vault/vault.ts';

const makeKey = () => randomBytes(32).toString('base64');
const vaultOf = (...keys: string[]): Vault =>
  createVault(loadKeyRing({ value: keys.join('\n'), defaultFile: '/nowhere/master.key' }));
const cannotOpen = (error: unknown) => error instanceof Problem && error.code === 'vault.cannot-open';

test('what is sealed comes back byte for byte', () => {
  const vault = vaultOf(makeKey());
  for (const secret of ['', 'a~b+c&d%e "f" \'g\' \\ =', 'ключ 🔑', 'x'.repeat(1_000_000)])
    assert.equal(vault.open('prf_1', 'client-secret', vault.seal('prf_1', 'client-secret', secret)), secret);
});

test('a token of 20 kB comes back whole', () => {
  const vault = vaultOf(makeKey());
  const token = randomBytes(20_000).toString('base64url');
  assert.equal(vault.open('prf_1', 'tokens', vault.seal('prf_1', 'tokens', token)), token);
});

test('the same value sealed twice has nothing in common: each record has its own data key', () => {
  const vault = vaultOf(makeKey());
  const [one, other] = [vault.seal('prf_1', 'tokens', 'the same'), vault.seal('prf_1', 'tokens', 'the same')];
  // Version and master key id are the same; wrapped data key, text and tags are not.
  assert.deepEqual(one.subarray(0, 9), other.subarray(0, 9));
  for (let at = 9; at + 8 <= one.length; at += 8)
    assert.notDeepEqual(one.subarray(at, at + 8), other.subarray(at, at + 8));
});

test('a sealed value shows neither its text nor its key', () => {
  const key = makeKey();
  const sealed = Buffer.from(vaultOf(key).seal('prf_1', 'client-secret', 'a very secret secret'));
  assert.equal(sealed.includes('secret'), false);
  assert.equal(sealed.includes(Buffer.from(key, 'base64')), false);
});

test('a record moved to another owner or another name does not open', () => {
  const vault = vaultOf(makeKey());
  const sealed = vault.seal('prf_1', 'client-secret', 'secret');
  assert.throws(() => vault.open('prf_2', 'client-secret', sealed), cannotOpen);
  assert.throws(() => vault.open('prf_1', 'tokens', sealed), cannotOpen);
  assert.throws(() => vault.open('prf_1client', '-secret', sealed), cannotOpen);
});

test('a record with any one bit changed, cut short or lengthened does not open', () => {
  const vault = vaultOf(makeKey());
  const sealed = vault.seal('prf_1', 'client-secret', 'secret');
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const altered = Uint8Array.from(sealed);
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => vault.open('prf_1', 'client-secret', altered), cannotOpen, `bit ${bit}`);
  }
  for (let length = 0; length < sealed.length; length++)
    assert.throws(() => vault.open('prf_1', 'client-secret', sealed.subarray(0, length)), cannotOpen);
  assert.throws(() => vault.open('prf_1', 'client-secret', Buffer.concat([sealed, sealed])), cannotOpen);
});

test('a record sealed with the data key of another does not open', () => {
  const vault = vaultOf(makeKey());
  const [one, other] = [vault.seal('prf_1', 'a', 'one'), vault.seal('prf_1', 'b', 'other')];
  const mixed = Buffer.concat([one.subarray(0, 69), other.subarray(69)]);
  assert.throws(() => vault.open('prf_1', 'a', mixed), cannotOpen);
  assert.throws(() => vault.open('prf_1', 'b', mixed), cannotOpen);
});

test('both its data key and its text are bound to owner, name and master key: neither opens for less', () => {
  const ring = loadKeyRing({ value: makeKey(), defaultFile: '/nowhere/master.key' });
  const record = Buffer.from(createVault(ring).seal('prf_1', 'tokens', 'secret'));
  /** By hand, as the layout says: initialisation vector (12), text, tag (16). */
  const decrypt = (key: Buffer, sealed: Buffer, bound: string[]) => {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
    decipher.setAAD(Buffer.from(JSON.stringify(bound))).setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
  };
  const [wrapped, text] = [record.subarray(9, 69), record.subarray(69)];
  const whole = ['prf_1', 'tokens', ring.sealing.id];
  const dataKey = decrypt(ring.sealing.wrapping, wrapped, whole);
  assert.equal(decrypt(dataKey, text, whole).toString(), 'secret');
  for (const part of [[], ['prf_1'], ['prf_1', 'tokens'], ['prf_1', 'tokens', '00000000']]) {
    assert.throws(() => decrypt(ring.sealing.wrapping, wrapped, part), `data key for ${part}`);
    assert.throws(() => decrypt(dataKey, text, part), `text for ${part}`);
  }
});

test('a record that names another master key does not open, even where both names lead to the same key', () => {
  const { sealing } = loadKeyRing({ value: makeKey(), defaultFile: '/nowhere/master.key' });
  // As if two keys had the same first digits, or the ring were searched wrongly.
  const vault = createVault({ sealing, find: (id) => ({ ...sealing, id }) });
  const sealed = Buffer.from(vault.seal('prf_1', 'tokens', 'secret'));
  assert.equal(vault.open('prf_1', 'tokens', sealed), 'secret');
  sealed.write('00000000', 1, 'latin1');
  assert.throws(() => vault.open('prf_1', 'tokens', sealed), cannotOpen);
});

test('a master key is replaced without losing what the old one sealed', () => {
  const [old, fresh] = [makeKey(), makeKey()];
  const before = vaultOf(old).seal('prf_1', 'tokens', 'sealed before');
  const both = vaultOf(fresh, old);
  assert.equal(both.open('prf_1', 'tokens', before), 'sealed before');
  const after = both.seal('prf_1', 'tokens', both.open('prf_1', 'tokens', before));
  assert.equal(vaultOf(fresh).open('prf_1', 'tokens', after), 'sealed before');
});

test('a missing master key is named by its id, with the remedy', () => {
  const sealed = vaultOf(makeKey()).seal('prf_1', 'tokens', 'secret');
  const id = Buffer.from(sealed.subarray(1, 9)).toString();
  assert.throws(
    () => vaultOf(makeKey()).open('prf_1', 'tokens', sealed),
    (error) => cannotOpen(error) && (error as Problem).detail?.includes(id) === true,
  );
});

test('a MAC is HMAC-SHA256 under a key for its purpose alone', () => {
  const key = makeKey();
  const ring = loadKeyRing({ value: key, defaultFile: '/nowhere/master.key' });
  const mac = createVault(ring).mac('download', '/messages/1');
  assert.equal(
    mac,
    createHmac('sha256', ring.sealing.derive('download')).update('/messages/1').digest('base64url'),
  );
  assert.equal(vaultOf(key).mac('download', '/messages/1'), mac);
  assert.notEqual(vaultOf(key).mac('another', '/messages/1'), mac);
  assert.notEqual(vaultOf(key).mac('download', '/messages/2'), mac);
  assert.notEqual(vaultOf(makeKey()).mac('download', '/messages/1'), mac);
});
