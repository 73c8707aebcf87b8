import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem, type ProblemKind } from '../../src/model/problem.ts';
import type { TokenSource } from '../../src/model/token.ts';
import { withFreshToken } from '../../src/network/fresh-token.ts';
import { problemOf, tokensFrom } from '../sources/setting.ts';

function problem(kind: ProblemKind): Problem {
  return new Problem({ code: 'imap.any', kind, title: 'No', remedy: 'None.' });
}

test('a refused token is discarded and a fresh one tried', async () => {
  const tokens = tokensFrom(['first', 'second']);
  const work = async ({ token }: { token: string }) => {
    if (token === 'first') throw problem('sign-in');
    return `done with ${token}`;
  };
  assert.equal(await withFreshToken(tokens, work), 'done with second');
  assert.deepEqual(tokens.discarded, ['first']);
});

test('it is tried once more and no more, and both tokens are discarded', async () => {
  const tokens = tokensFrom(['first', 'second', 'third']);
  let tries = 0;
  const refused = withFreshToken(tokens, async () => {
    tries++;
    throw problem('sign-in');
  });
  assert.equal((await problemOf(refused)).kind, 'sign-in');
  assert.equal(tries, 2);
  assert.deepEqual(tokens.discarded, ['first', 'second']);
});

test('a wrong password is not shown a second time', async () => {
  const shown: string[] = [];
  const discarded: string[] = [];
  const password: TokenSource = {
    accessToken: async () => ({ token: 'secret', expiresAt: new Date().toISOString(), isPassword: true }),
    discard: (token) => void discarded.push(token),
  };
  await problemOf(
    withFreshToken(password, async ({ token }) => {
      shown.push(token);
      throw problem('sign-in');
    }),
  );
  assert.deepEqual([shown, discarded], [['secret'], ['secret']]);
});

test('whatever else goes wrong blames no token', async () => {
  for (const kind of ['throttled', 'denied', 'unavailable', 'protocol'] as const) {
    const tokens = tokensFrom(['first']);
    const failing = withFreshToken(tokens, async () => {
      throw problem(kind);
    });
    assert.equal((await problemOf(failing)).kind, kind);
    assert.deepEqual(tokens.discarded, []);
  }
});
