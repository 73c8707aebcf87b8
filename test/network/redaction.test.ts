import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../src/model/problem.ts';
import { thrownWithoutSecrets, withoutSecrets } from '../../src/network/redaction.ts';

const secret = 'p/ä "word"+<&>=~';

test('a secret is found in every form that it may come back in', () => {
  const forms = [
    secret,
    secret.toUpperCase(),
    encodeURIComponent(secret),
    encodeURIComponent(secret).toLowerCase(),
    `${new URLSearchParams([['password', secret]])}`,
    JSON.stringify({ said: secret }),
    ...['', 'u', 'us', 'user\0'].flatMap((before) => {
      const bytes = Buffer.from(`${before}${secret}\0after`);
      return [bytes.toString('base64'), bytes.toString('base64url')];
    }),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ];
  for (const form of forms) {
    const told = withoutSecrets(`you sent ${form} just now`, [secret]);
    assert.match(told, /^you sent .*\[secret\].* just now$/, form);
  }
});

test('a long token is taken out also where the server cut it short, and to its end', () => {
  const token = `ey${'Jhbg.'.repeat(300)}`;
  assert.equal(withoutSecrets(`-ERR ${token} no`, [token]), '-ERR [secret] no');
  assert.equal(withoutSecrets(`-ERR ${token.slice(0, 100)}`, [token]), '-ERR [secret]');
});

test('a long passphrase is taken out whole, whatever separates its words', () => {
  const phrase = 'correct horse "battery" staple <once> and again';
  for (const form of [phrase, encodeURIComponent(phrase), JSON.stringify(phrase).slice(1, -1)])
    assert.equal(withoutSecrets(`-ERR ${form} no`, [phrase]), '-ERR [secret] no');
  assert.equal(withoutSecrets(`-ERR ${phrase.slice(0, 30)}`, [phrase]).includes('battery'), false);
});

test('a secret that is a word of Letterbox’s own changes no code, no kind and no time of a Problem', () => {
  const problem = new Problem({
    code: 'pop3.sign-in',
    kind: 'sign-in',
    title: 'No',
    remedy: 'Later.',
    retry: 'later',
  });
  const { code, kind, retry } = thrownWithoutSecrets(problem, ['later', 'sign-in', 'pop3']);
  assert.deepEqual([code, kind, retry], ['pop3.sign-in', 'sign-in', 'later']);
});

test('what is too short to be a secret takes nothing away', () => {
  assert.equal(withoutSecrets('a cab at bay', ['a', 'ab', '']), 'a cab at bay');
});

test('a Problem loses the secret from all its texts and stays what it is; another error from all its members', () => {
  const retry = new Date();
  const origin = new Error('origin');
  const problem = new Problem(
    {
      code: 'pop3.refused',
      kind: 'sign-in',
      title: `No ${secret}`,
      detail: `sent ${secret}`,
      remedy: 'None.',
      retry,
    },
    origin,
  );
  const clean = thrownWithoutSecrets(problem, [secret]);
  assert.deepEqual(
    [clean.code, clean.kind, clean.retry, clean.origin],
    ['pop3.refused', 'sign-in', retry, origin],
  );
  assert.ok(!JSON.stringify(clean).includes(secret.slice(0, 5)));
  const other = Object.assign(new Error(`said ${secret}`), {
    response: `535 ${secret}`,
    rejectedErrors: [new Error(secret)],
    codes: [secret],
    responseCode: 535,
  });
  const cleaned = thrownWithoutSecrets(other, [secret]);
  assert.equal(cleaned, other);
  assert.equal(cleaned.responseCode, 535);
  for (const text of [
    cleaned.message,
    cleaned.stack,
    cleaned.response,
    cleaned.rejectedErrors[0]?.message,
    cleaned.codes[0],
  ])
    assert.ok(!text?.includes('"word"'), text);
});
