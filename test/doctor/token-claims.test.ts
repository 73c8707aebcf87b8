import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readClaims } from '../../src/doctor/token-claims.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a token that is a JWT tells what it is for, whose it is and what it may do', () => {
  const claims = {
    aud: 'https://outlook.office.com',
    upn: 'support@contoso.example',
    scp: 'IMAP.AccessAsUser.All  SMTP.Send',
    appid: '11111111-2222-3333-4444-555555555555',
  };
  assert.deepEqual(readClaims(`${encode({ alg: 'RS256' })}.${encode(claims)}.signature`), {
    issuer: null,
    tenant: null,
    audience: claims.aud,
    appOnly: false,
    account: claims.upn,
    scopes: ['IMAP.AccessAsUser.All', 'SMTP.Send'],
    roles: [],
    clientId: claims.appid,
    objectId: null,
  });
});

test('a token that is no JWT tells nothing, and is no error', () => {
  for (const token of [
    '',
    'EwBgA8l6BAAU+/opaque=',
    'ya29.a0Af_opaque',
    'one.two.three',
    `${encode({})}.${encode(['roles'])}.signature`,
    `${encode({})}.${encode('roles')}.signature`,
    `${encode({})}.${encode(null)}.signature`,
    `${encode({ enc: 'A256GCM' })}.key.iv.text.tag`,
  ])
    assert.equal(readClaims(token), null, token);
});
