import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchangeAppId } from '../../lab/directory/resource-apps.ts';
import {
  administrator,
  all,
  asAdministrator,
  madeOf,
  mailbox,
  refusal,
  startAzureWorld,
} from './azure-world.ts';

const byScript = /let an administrator run the script of this set-up/;

test('whoever lacks a role is told which one the change takes, and somebody who has it goes on from there', async (t) => {
  const world = await startAzureWorld(t);
  const { roles } = world.directory;
  const { id } = await world.begin({ grant: 'client_credentials', uses: ['imap', 'graph'] });
  roles.set(administrator, ['User Administrator']);
  await world.signIn(id);
  const first = await refusal(world.setups.make(id));
  assert.deepEqual([first.code, first.kind], ['azure.role-missing', 'denied']);
  assert.match(first.detail ?? '', /^App registration “Contoso mailboxes”; .*Insufficient privileges/);
  assert.match(first.cause ?? '', /role Cloud Application Administrator or Application Administrator/);
  assert.match(first.remedy, byScript);
  assert.equal(madeOf(world).applications, 0);

  roles.set(administrator, ['Cloud Application Administrator']);
  const second = await refusal(world.setups.make(id));
  assert.match(second.detail ?? '', /^Admin consent to Mail.ReadWrite/);
  assert.match(second.cause ?? '', /the role Privileged Role Administrator in Microsoft Entra/);
  assert.equal((await world.setups.get(id)).problem?.code, 'azure.role-missing');

  roles.set(administrator, ['Application Administrator', 'Privileged Role Administrator']);
  await all(world.setups.make(id));
  const { finishedAt, problem } = await world.setups.get(id);
  assert.ok(finishedAt);
  assert.equal(problem, null);
  assert.deepEqual([madeOf(world).applications, madeOf(world).assignments], [1, 2]);
});

test('a sign-in that was declined or is not allowed says why, and which way is left', async (t) => {
  const world = await startAzureWorld(t);
  const { id } = await world.begin();
  const declined = await refusal(world.signIn(id, { answer: 'cancel' }));
  assert.equal(declined.code, 'oauth.AADSTS65004');
  assert.match(declined.remedy, byScript);
  for (const code of [53003, 530034, 50105, 700016]) {
    world.authority.faults.refusedGrants = { 'urn:ietf:params:oauth:grant-type:device_code': code };
    const refused = await refusal(world.signIn(id));
    assert.equal(refused.code, `oauth.AADSTS${code}`);
    assert.match(refused.remedy, byScript);
    assert.equal((await world.setups.get(id)).administrator, null);
  }
  world.authority.faults.refusedGrants = {};
  // And the next one works
  await world.signIn(id);
  assert.equal((await world.setups.get(id)).administrator?.account, administrator);
});

test('without a sign-in nothing is read or made, and after signing out neither', async (t) => {
  const world = await startAzureWorld(t);
  const { id } = await world.begin();
  for (const work of [() => world.setups.plan(id), () => world.setups.make(id)])
    assert.equal((await refusal(work())).code, 'azure.not-signed-in');
  await world.signIn(id);
  await world.setups.signOut(id);
  assert.deepEqual(
    [(await world.setups.get(id)).administrator, (await world.setups.get(id)).signIn],
    [null, null],
  );
  assert.equal((await refusal(world.setups.make(id))).code, 'azure.not-signed-in');
  // Another process has not signed in, whatever this one has
  await world.signIn(id);
  assert.equal((await refusal(world.reopen().make(id))).code, 'azure.not-signed-in');
  assert.deepEqual(
    world.directory.requests.map(({ method }) => method).filter((method) => method !== 'GET'),
    [],
  );
});

test('a sign-in that has ended on the way is told and forgotten, and signing in again goes on from there', async (t) => {
  const world = await startAzureWorld(t);
  const { directory, setups } = world;
  const { id } = await world.begin();
  await world.signIn(id);
  const made = setups.make(id);
  for await (const { state } of made)
    if (state === 'made') {
      directory.faults.revoked = 1;
      break;
    }
  const problem = await refusal(setups.make(id));
  assert.equal(problem.code, 'azure.sign-in-over');
  assert.equal((await setups.get(id)).administrator, null);
  await world.signIn(id);
  directory.faults.revoked = 1;
  assert.equal((await refusal(setups.plan(id))).code, 'azure.sign-in-over');
  await world.signIn(id);
  await all(setups.make(id));
  assert.equal(madeOf(world).applications, 1);

  // A token is not kept for longer than it is good for
  world.authority.faults.accessTokenSeconds = 1;
  await world.signIn(id);
  while ((await setups.get(id)).administrator !== null) await sleep(20);
  assert.equal((await refusal(setups.make(id))).code, 'azure.not-signed-in');
});

test('an app that was deleted in Azure after it was made is neither made anew nor a riddle', async (t) => {
  const world = await startAzureWorld(t);
  const { id } = await world.setUp();
  world.directory.remove((await world.setups.get(id)).appId ?? '');
  await world.signIn(id);
  const problem = await refusal(world.setups.make(id));
  assert.equal(problem.code, 'azure.app-deleted');
  assert.match(problem.remedy, /Restore it in Azure .* or undo this set-up/);
  assert.equal(madeOf(world).applications, 0);
  // Its undo has nothing left to take there, and ends
  await all(world.setups.undo(id));
  assert.deepEqual(await world.resources.profiles.list(), []);
  await assert.rejects(world.setups.get(id), { code: 'not-found' });
});

test('an app that is not there, and a resource that the organisation does not have, are told before anything is made', async (t) => {
  const world = await startAzureWorld(t);
  const clientId = randomUUID();
  const { id } = await world.begin({ clientId });
  await world.signIn(id);
  const unknown = await refusal(world.setups.plan(id));
  assert.deepEqual([unknown.code, unknown.detail], ['azure.app-unknown', clientId]);

  const other = await world.begin({ name: 'Without Exchange' });
  await world.signIn(other.id);
  const send = await asAdministrator(world);
  const exchange = world.directory.servicePrincipals().find(({ appId }) => appId === exchangeAppId);
  await send('DELETE', `/servicePrincipals/${exchange?.id}`);
  const missing = await refusal(world.setups.plan(other.id));
  assert.equal(missing.code, 'azure.resource-missing');
  assert.match(missing.title, /Exchange Online/);
  assert.equal((await refusal(world.setups.make(other.id))).code, 'azure.resource-missing');
  assert.equal(madeOf(world).applications, 0);
});

test('everything that is wrong in what is wanted is named at once, and nothing is kept', async (t) => {
  const world = await startAzureWorld(t);
  await world.setUp({ name: 'Taken', mailbox });
  const bad = {
    name: 'Taken',
    mailbox: mailbox.toUpperCase(),
    uses: [],
    clientId: 'not-a-guid',
    signInClientId: 'neither',
    tenant: 'common',
    loginUrl: `${world.authority.origin}/path`,
    graphUrl: null,
  };
  const problem = await refusal(world.begin(bad));
  assert.equal(problem.code, 'input.invalid');
  assert.deepEqual(problem.fields?.map(({ field }) => field).toSorted(), [
    'clientId',
    'graphUrl',
    'loginUrl',
    'mailbox',
    'name',
    'signInClientId',
    'tenant',
    'uses',
  ]);
  assert.equal((await world.setups.list()).length, 1);
});

test('what a script printed is entered, and the rest is made here: by certificate and by secret', async (t) => {
  const world = await startAzureWorld(t);
  const tenant = world.authority.tenant;
  const send = await asAdministrator(world);
  for (const clientAuthentication of ['certificate', 'secret']) {
    // The app of one set-up stands for what the script makes: it is the same
    const source = await world.setUp({
      name: `source ${clientAuthentication}`,
      grant: 'client_credentials',
      clientAuthentication,
    });
    const { appId: clientId } = await world.setups.get(source.id);
    const app = world.directory.applications().find((one) => one.appId === clientId);
    const { id } = await world.begin({
      name: clientAuthentication,
      grant: 'client_credentials',
      clientAuthentication,
      mailbox: `${clientAuthentication}@contoso.example`,
    });
    const { certificate } = await world.setups.get(id);
    if (certificate && app) {
      const key = certificate.pem.replace(/-----[^-]+-----|\s/g, '');
      await send('PATCH', `/applications/${app.id}`, {
        keyCredentials: [...app.keyCredentials, { type: 'AsymmetricX509Cert', usage: 'Verify', key }],
      });
    }
    const clientSecret = app?.passwordCredentials[0]?.secretText;
    const told = await all(
      world.setups.enter(id, {
        clientId,
        tenant,
        ...(clientAuthentication === 'secret' && { clientSecret }),
      }),
    );
    assert.deepEqual(
      told.filter(({ state }) => state === 'made').map(({ title }) => title),
      [
        `Credential profile “${clientAuthentication}”`,
        'The app can sign in',
        `Mailbox ${clientAuthentication}@contoso.example`,
      ],
    );
    const { profileId, serverId, finishedAt } = await world.setups.get(id);
    assert.ok(finishedAt);
    assert.equal((await world.profiles.get(profileId)).state, 'connected');
    // An undo needs nobody at Microsoft, and leaves the app to whoever made it
    assert.equal(await world.setups.undoNeedsSignIn(id), false);
    await all(world.setups.undo(id));
    assert.equal(await world.resources.profiles.find(profileId), null);
    assert.equal(await world.resources.servers.find(serverId), null);
    assert.ok(world.directory.applications().some(({ appId }) => appId === clientId));
  }
});

test('what was entered wrong is told as what is wrong with it, and is entered again', async (t) => {
  const world = await startAzureWorld(t);
  const tenant = world.authority.tenant;
  const setups = world.reopen(200);
  const { id } = await world.begin({ grant: 'client_credentials', clientAuthentication: 'secret' });
  const invalid = await refusal(setups.enter(id, { clientId: 'x', tenant: 'organizations' }));
  assert.deepEqual(
    [invalid.code, invalid.fields?.map(({ field }) => field).toSorted()],
    ['input.invalid', ['clientId', 'tenant']],
  );
  const withoutSecret = await refusal(setups.enter(id, { clientId: randomUUID(), tenant }));
  assert.deepEqual(
    withoutSecret.fields?.map(({ field }) => field),
    ['clientSecret'],
  );

  const source = await world.setUp({
    name: 'source',
    grant: 'client_credentials',
    clientAuthentication: 'secret',
  });
  const { appId: clientId } = await world.setups.get(source.id);
  const right = world.directory.applications()[0]?.passwordCredentials[0]?.secretText ?? '';
  const wrongApp = await refusal(setups.enter(id, { clientId: randomUUID(), tenant, clientSecret: right }));
  assert.equal(wrongApp.code, 'oauth.AADSTS700016');
  const wrongSecret = await refusal(setups.enter(id, { clientId, tenant, clientSecret: 'not-the-one' }));
  assert.equal(wrongSecret.code, 'oauth.AADSTS7000215');
  assert.doesNotMatch(JSON.stringify(wrongSecret.toJSON()), /not-the-one/);
  await all(setups.enter(id, { clientId, tenant, clientSecret: right }));
  const { profileId } = await setups.get(id);
  assert.deepEqual(
    [(await world.profiles.get(profileId)).clientId, (await world.profiles.get(profileId)).state],
    [clientId, 'connected'],
  );
});

test('what a script made without consent is told as consent that lacks', async (t) => {
  const world = await startAzureWorld(t);
  const setups = world.reopen(200);
  const source = await world.setUp({
    name: 'source',
    grant: 'client_credentials',
    clientAuthentication: 'secret',
    uses: ['imap'],
  });
  const { appId: clientId } = await world.setups.get(source.id);
  const clientSecret = world.directory.applications()[0]?.passwordCredentials[0]?.secretText;
  const { id } = await world.begin({
    grant: 'client_credentials',
    clientAuthentication: 'secret',
    uses: ['imap', 'pop3'],
  });
  const problem = await refusal(setups.enter(id, { clientId, tenant: world.authority.tenant, clientSecret }));
  assert.deepEqual([problem.code, problem.detail], ['azure.roles-missing', 'POP.AccessAsApp']);
});

test('the app that Letterbox made itself is not replaced by one that is entered', async (t) => {
  const world = await startAzureWorld(t);
  const { id } = await world.setUp();
  const input = { clientId: randomUUID(), tenant: world.authority.tenant };
  assert.equal((await refusal(world.setups.enter(id, input))).code, 'azure.already-made');
});

test('a directory that does not answer as Graph does is told as that', async (t) => {
  const world = await startAzureWorld(t);
  const { id } = await world.begin({ graphUrl: world.authority.origin });
  await world.signIn(id);
  const problem = await refusal(world.setups.plan(id));
  assert.equal(problem.code, 'azure.protocol');
});
