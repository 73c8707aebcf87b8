import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemResponse } from '../../src/http/problem-response.ts';
import { invalidInput, Problem, type ProblemKind, problemKinds } from '../../src/model/problem.ts';
import { explainStandard as refusedByAuthority } from '../../src/oauth/standard-errors.ts';
import { signInRefused as refusedByEws } from '../../src/sources/ews/problems.ts';
import { signInRefused as refusedByGraph } from '../../src/sources/graph/problems.ts';
import { inUse } from '../../src/sources/pop3/problems.ts';
import { passwordRefused, signInRefused } from '../../src/sources/sign-in-problems.ts';
import { mailServer } from '../store/fixtures.ts';

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
    kind: 'invalid',
    remedy: 'Correct the named fields and try again. Nothing was changed.',
    fields: [{ field: 'port', expected: 'a number', given: 'x' }],
    retry: 'no',
  });
});

/** The whole table: a kind that changes its status, or is new, is to be written down here as well. */
const statuses: Record<ProblemKind, number> = {
  usage: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  method: 405,
  conflict: 409,
  consent: 409,
  gone: 410,
  changed: 412,
  'too-large': 413,
  'media-type': 415,
  invalid: 422,
  'rate-limited': 429,
  internal: 500,
  credentials: 502,
  'sign-in': 502,
  denied: 502,
  mailbox: 502,
  folder: 502,
  message: 502,
  refused: 502,
  protocol: 502,
  unavailable: 502,
  proxy: 502,
  throttled: 503,
  busy: 503,
  cancelled: 503,
  machine: 503,
  full: 507,
};

test('the status says whose the fault is, by the kind alone', () => {
  assert.deepEqual(Object.keys(statuses).toSorted(), Object.keys(problemKinds).toSorted());
  for (const [kind, status] of Object.entries(statuses) as [ProblemKind, number][])
    for (const code of ['imap.example', 'store.in-use', 'internal'])
      for (const retry of ['no', 'later'] as const) {
        const response = problemResponse(new Problem({ code, kind, title: '', remedy: '', retry }));
        assert.equal(response.status, status, kind);
      }
  assert.equal(problemResponse(new Error('secret')).status, 500);
});

test('a refused sign-in is the other side’s failure, whatever the protocol', () => {
  const server = { ...mailServer(), certificateAuthority: null };
  for (const refused of [
    signInRefused({ ...server, protocol: 'imap' }, 'NO'),
    passwordRefused({ ...server, protocol: 'pop3' }, '-ERR'),
    refusedByEws(server, '401'),
    refusedByGraph(server, '401'),
    refusedByAuthority({
      error: 'invalid_client',
      description: '',
      codes: [],
      status: 401,
      retryAfter: null,
    }),
  ])
    assert.equal(problemResponse(refused).status, 502, refused.code);
});

test('a locked maildrop is busy, and no conflict with what is set up here', () => {
  assert.equal(problemResponse(inUse(mailServer(), '')).status, 503);
});

test('what an earlier release stored without kind and remedy is read, and shown', async () => {
  const { kind, remedy, ...json } = new Problem({
    code: 'imap.stopped',
    kind: 'cancelled',
    title: 'It was stopped',
    remedy: 'None.',
  }).toJSON();
  assert.deepEqual([kind, remedy], ['cancelled', 'None.']);
  const read = Problem.fromJSON(json);
  assert.equal(read.kind, 'internal');
  assert.notEqual(read.remedy, '');
  assert.equal(problemResponse(read).status, 500);
});

test('a problem with a time to come back at names it in Retry-After', () => {
  const retry = new Date(Date.now() + 90_000);
  const response = problemResponse(
    new Problem({ code: 'sign-in.too-many-attempts', kind: 'rate-limited', title: '', remedy: '', retry }),
  );
  assert.equal(response.status, 429);
  const seconds = Number(response.headers.get('retry-after'));
  assert.ok(seconds > 80 && seconds <= 90);
});
