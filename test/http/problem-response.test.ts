import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemResponse } from '../../src/http/problem-response.ts';
import { invalidInput, Problem } from '../../src/model/problem.ts';

test('a problem is told by RFC 9457, with what to do about it', async () => {
  const response = problemResponse(invalidInput([{ field: 'port', expected: 'a number', given: 'x' }]));
  assert.equal(response.status, 422);
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  assert.deepEqual(await response.json(), {
    type: 'urn:letterbox:problem:input.invalid',
    title: 'One field is wrong',
    status: 422,
    detail: 'port: expected a number, got x',
    code: 'input.invalid',
    remedy: 'Correct the named fields and try again. Nothing was changed.',
    fields: [{ field: 'port', expected: 'a number', given: 'x' }],
    retry: 'no',
  });
});

test('the status says whose the fault is', () => {
  const status = (code: string, retry?: 'later') =>
    problemResponse(new Problem({ code, title: '', ...(retry && { retry }) })).status;
  assert.equal(status('not-found'), 404);
  assert.equal(status('profile.in-use'), 409);
  assert.equal(status('store.name-taken'), 409);
  assert.equal(status('sign-in.refused'), 401);
  assert.equal(status('request.forged'), 403);
  assert.equal(status('message.source-expired'), 410);
  assert.equal(status('oauth.AADSTS7000222'), 502);
  assert.equal(status('imap.not-connected'), 502);
  assert.equal(status('store.full', 'later'), 507);
  assert.equal(status('anything-else', 'later'), 503);
  assert.equal(status('anything-else'), 500);
  assert.equal(problemResponse(new Error('secret')).status, 500);
});

test('a problem with a time to come back at names it in Retry-After', () => {
  const retry = new Date(Date.now() + 90_000);
  const response = problemResponse(new Problem({ code: 'sign-in.too-many-attempts', title: '', retry }));
  assert.equal(response.status, 429);
  const seconds = Number(response.headers.get('retry-after'));
  assert.ok(seconds > 80 && seconds <= 90);
});
