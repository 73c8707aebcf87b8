import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readClaims } from '../../src/doctor/token-claims.ts';
import { permissionsOf } from '../../src/oauth/authorities/microsoft/permissions.ts';
import { session } from '../oauth/world.ts';
import { all, madeOf, mailbox, startAzureWorld } from './azure-world.ts';

const grants = ['authorization_code', 'client_credentials'] as const;
const everyUse = [['imap'], ['graph'], ['pop3'], ['ews', 'smtp'], ['graph', 'graph-send']];

test('from a sign-in to a profile that works, by each grant for each use, by certificate and by secret', async (t) => {
  const world = await startAzureWorld(t);
  const { setups, profiles, tokens, consent, consentTo, directory } = world;
  for (const clientAuthentication of ['certificate', 'secret'])
    for (const grant of grants)
      for (const uses of everyUse) {
        const name = [clientAuthentication, grant, ...uses].join(' ');
        const { id, told } = await world.setUp({ name, grant, uses, clientAuthentication });
        assert.deepEqual([told[0]?.state, told.at(-1)?.state], ['making', 'made'], name);
        const { profileId, finishedAt } = await setups.get(id);
        assert.notEqual(finishedAt, null);
        // People of this tenant cannot consent themselves: the administrator has, for everybody
        if (grant === 'authorization_code') await consent.complete(await consentTo(profileId), session);
        assert.equal((await profiles.get(profileId)).state, 'connected', name);
        for (const use of uses) {
          const { token } = await tokens.for(profileId, use).accessToken();
          const claims = readClaims(token);
          const { delegated, application } = permissionsOf(use);
          const [has, wanted] =
            grant === 'authorization_code' ? [claims?.scopes, delegated] : [claims?.roles, application];
          for (const permission of wanted) assert.ok(has?.includes(permission), `${name}: ${permission}`);
        }
      }
  const setupsMade = 2 * grants.length * everyUse.length;
  const made = madeOf(world);
  assert.deepEqual(
    [made.applications, made.principals, made.keys, made.passwords],
    [setupsMade, setupsMade, setupsMade / 2, setupsMade / 2],
  );
  const [first] = directory.applications();
  assert.equal(first?.signInAudience, 'AzureADMyOrg');
  assert.match(first?.notes ?? '', /^Made by Letterbox at https:\/\/letterbox\.example/);
});

test('only what is wanted is asked for: at the sign-in, of the app, and no redirect URI where nobody comes back', async (t) => {
  const world = await startAzureWorld(t);
  const asked = new Map<string, string[]>();
  for (const grant of grants) {
    const { id } = await world.setUp({ name: grant, grant, uses: ['imap'] });
    const { appId } = await world.setups.get(id);
    const app = world.directory.applications().find((one) => one.appId === appId);
    const published = world.directory
      .servicePrincipals()
      .flatMap(({ appRoles, oauth2PermissionScopes }) => [...appRoles, ...oauth2PermissionScopes]);
    const names = app?.requiredResourceAccess.flatMap(({ resourceAccess }) =>
      resourceAccess.map((access) => published.find((one) => one.id === access.id)?.value ?? ''),
    );
    asked.set(grant, [...new Set(names)].toSorted());
    const uris = app?.web.redirectUris.map((uri) => new URL(uri).pathname);
    assert.deepEqual(uris, grant === 'client_credentials' ? [] : ['/oauth/callback', '/oauth/admin-consent']);
  }
  assert.deepEqual(Object.fromEntries(asked), {
    authorization_code: ['IMAP.AccessAsUser.All', 'email', 'offline_access', 'openid', 'profile'],
    client_credentials: ['IMAP.AccessAsApp'],
  });
  const scopes = [...world.directory.tokens].map((token) => readClaims(token)?.scopes.toSorted());
  assert.deepEqual(scopes, [
    ['Application.ReadWrite.All', 'DelegatedPermissionGrant.ReadWrite.All'],
    ['AppRoleAssignment.ReadWrite.All', 'Application.ReadWrite.All'],
  ]);
});

test('a second run over a finished set-up plans nothing and changes nothing', async (t) => {
  const world = await startAzureWorld(t);
  const { id } = await world.setUp({ grant: 'client_credentials', mailbox });
  const before = world.directory.snapshot();
  await world.signIn(id);
  assert.deepEqual(await world.setups.plan(id), []);
  assert.deepEqual(await all(world.setups.make(id)), []);
  assert.deepEqual(world.directory.snapshot(), before);
  assert.ok(world.directory.requests.every(({ status }) => status === null || status < 500));
});

test('what is shown before is what is made, in that order, and nothing is made before', async (t) => {
  const world = await startAzureWorld(t);
  const { id } = await world.begin({ mailbox });
  await world.signIn(id);
  const before = world.directory.snapshot();
  const planned = await world.setups.plan(id);
  assert.deepEqual(world.directory.snapshot(), before);
  const told = await all(world.setups.make(id));
  assert.deepEqual(
    told.filter(({ state }) => state === 'made').map(({ title }) => title),
    planned.map(({ title }) => title),
  );
  assert.deepEqual(
    planned.map(({ kind }) => kind),
    [
      'application',
      'service-principal',
      'certificate',
      'delegated-grant',
      'delegated-grant',
      'profile',
      'sign-in',
      'server',
    ],
  );
  const { serverId, profileId, made } = await world.setups.get(id);
  assert.ok(made.every(({ done }) => done));
  const server = await world.resources.servers.get(serverId);
  assert.deepEqual([server.address, server.protocol, server.profileId], [mailbox, 'imap', profileId]);
});

test('what is not known everywhere yet is waited for and told so, and is made once', async (t) => {
  const world = await startAzureWorld(t);
  const { faults } = world.directory;
  for (const [clientAuthentication, grant] of [
    ['certificate', 'authorization_code'],
    ['secret', 'client_credentials'],
  ]) {
    faults.lag.reads = 3;
    faults.notYetKnown = [700016, 700016, clientAuthentication === 'secret' ? 7000215 : 700027];
    const name = `${grant}`;
    const { id, told } = await world.setUp({ name, grant, clientAuthentication, uses: ['imap', 'graph'] });
    const waits = told.filter(({ state }) => state === 'waiting');
    assert.ok(waits.length >= 6, `${waits.length} waits`);
    assert.match(waits[0]?.waitingFor ?? '', /takes some seconds/);
    const problem = (await world.setups.get(id)).problem;
    assert.equal(problem, null);
    const titles = told.filter(({ state }) => state === 'making').map(({ title }) => title);
    assert.deepEqual(titles, [...new Set(titles)], 'each is made once');
  }
  const { applications, principals, keys, passwords } = madeOf(world);
  assert.deepEqual([applications, principals, keys, passwords], [2, 2, 1, 1]);
});

test('a directory that asks to be left alone is left alone, and then gone on with', async (t) => {
  const world = await startAzureWorld(t);
  const { faults } = world.directory;
  const { id } = await world.begin();
  await world.signIn(id);
  faults.throttled = 2;
  faults.retryAfter = '0';
  const told = [];
  for await (const one of world.setups.make(id)) {
    told.push(one);
    if (one.state === 'made') faults.unavailable = 1;
  }
  const reasons = new Set(told.map(({ waitingFor }) => waitingFor));
  assert.ok(reasons.has('Microsoft asks to be left alone for a while'));
  assert.notEqual((await world.setups.get(id)).finishedAt, null);
});

test('it can be stopped after any step, and goes on from there', async (t) => {
  const world = await startAzureWorld(t);
  for (let stopAfter = 1; ; stopAfter++) {
    const { id } = await world.begin({ name: `stopped ${stopAfter}` });
    await world.signIn(id);
    let made = 0;
    try {
      for await (const { state } of world.setups.make(id))
        if (state === 'made' && ++made === stopAfter) await world.setups.stop(id);
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'azure.stopped');
    }
    const { finishedAt, problem, underWay } = await world.setups.get(id);
    assert.equal(underWay, null);
    if (finishedAt !== null) break;
    assert.equal(problem?.code, 'azure.stopped');
    await all(world.setups.make(id));
    assert.notEqual((await world.setups.get(id)).finishedAt, null);
    assert.equal(madeOf(world).applications, stopAfter);
    assert.equal(madeOf(world).keys, stopAfter);
  }
  assert.ok(madeOf(world).applications > 5);
});

test('whoever comes while it is made follows the same, and hears all of it', async (t) => {
  const world = await startAzureWorld(t);
  const { id } = await world.begin();
  await world.signIn(id);
  const [first, second] = await Promise.all([all(world.setups.make(id)), all(world.setups.make(id))]);
  assert.deepEqual(first, second);
  assert.ok(first.length > 10);
  assert.equal(madeOf(world).applications, 1);
});

test('the administrator’s token and the app’s secrets are in no answer and nowhere in the data folder', async (t) => {
  const world = await startAzureWorld(t);
  const answers: unknown[] = [];
  for (const clientAuthentication of ['certificate', 'secret']) {
    const { id } = await world.begin({ name: clientAuthentication, clientAuthentication, mailbox: null });
    await world.signIn(id);
    answers.push(await world.setups.get(id), await world.setups.plan(id), await all(world.setups.make(id)));
    answers.push(await world.setups.get(id), await world.setups.list(), await world.setups.scripts(id));
    // It is dropped at the end
    assert.equal((await world.setups.get(id)).administrator, null);
  }
  const secrets = [
    ...world.directory.tokens,
    ...world.directory
      .applications()
      .flatMap(({ passwordCredentials }) => passwordCredentials.map(({ secretText }) => secretText)),
  ];
  assert.equal(secrets.length, 3);
  const folder = join(world.folder, 'data');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
  assert.ok(
    files.some((text) => text.includes('azure-setup')),
    'the set-ups are in it',
  );
  for (const secret of secrets) {
    assert.ok(secret.length > 30);
    assert.ok(!JSON.stringify(answers).includes(secret));
    assert.ok(files.every((text) => !text.includes(secret)));
  }
  assert.doesNotMatch(JSON.stringify(answers), /PRIVATE KEY/);
});
