import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePorts } from '../../lab/ports.ts';
import { startScriptedAuthority } from './scripted-authority.ts';
import { problemOf, startWorld } from './world.ts';

test('before the browser is sent off, tenant, client and redirect URI are looked for at the authority', async (t) => {
  const world = await startWorld(t);
  const { id, clientId } = await world.create();
  const { authority } = world;
  assert.equal(await world.consent.check(id), true);

  const app = authority.app(clientId);
  const { redirectUris } = app;
  app.redirectUris = ['https://elsewhere.example/oauth/callback'];
  const other = await problemOf(world.consent.check(id));
  assert.equal(other.code, 'oauth.AADSTS50011');
  assert.match(other.title, /redirect URI is not registered/);
  app.redirectUris = redirectUris;

  const unknown = await world.create({ name: 'Unknown', clientId: '0a1b2c3d-1111-4222-8333-944455556666' });
  assert.equal((await problemOf(world.consent.check(unknown.id))).code, 'oauth.AADSTS700016');

  const inTenant = (url: string) => url.replace(authority.tenant, '3f0c0c9e-1111-4222-8333-944455556666');
  const elsewhere = await world.create({
    name: 'Elsewhere',
    authorizationUrl: inTenant(authority.authorizationUrl),
    tokenUrl: inTenant(authority.tokenUrl),
  });
  assert.equal((await problemOf(world.consent.check(elsewhere.id))).code, 'oauth.AADSTS90002');
  assert.deepEqual(
    authority.requests.filter(({ grant }) => grant !== undefined && grant !== null),
    [],
    'no token was asked for',
  );
});

test('an authority that cannot be reached is told before the browser is sent there', async (t) => {
  const world = await startWorld(t);
  const url = (path: string, port: number) => `https://localhost:${port}/common/oauth2/v2.0/${path}`;
  const [port = 0] = await freePorts(1);
  const nobody = await world.create({
    authorizationUrl: url('authorize', port),
    tokenUrl: url('token', port),
  });
  const problem = await problemOf(world.consent.check(nobody.id));
  assert.equal(problem.kind, 'unavailable');
  assert.match(problem.detail ?? '', new RegExp(`localhost:${port}`));
});

test('a page that says no is told as such; any other page leaves it open', async (t) => {
  const world = await startWorld(t);
  const { authorizationUrl, tokenUrl, answers } = await startScriptedAuthority(t, world.certificates);
  const { id } = await world.create({ provider: 'custom', authorizationUrl, tokenUrl });
  const answer = (status: number) => {
    answers[0] = (response) => void response.writeHead(status).end('<p>A page</p>');
    return world.consent.check(id);
  };
  for (const status of [400, 401, 404]) {
    const problem = await problemOf(answer(status));
    assert.equal(problem.code, 'oauth.request-not-taken');
    assert.match(problem.detail ?? '', new RegExp(`answered HTTP ${status}$`));
  }
  for (const status of [200, 403, 500]) assert.equal(await answer(status), false, String(status));
});
