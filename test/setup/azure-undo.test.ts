import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangeAppId, graphAppId } from '../../lab/directory/resource-apps.ts';
import {
  type AzureWorld,
  all,
  asAdministrator,
  madeOf,
  mailbox,
  refusal,
  startAzureWorld,
} from './azure-world.ts';

/** An app that somebody registered before, with permissions, a redirect URI, a secret and consents of its own. */
async function existingApp(world: AzureWorld) {
  const { directory } = world;
  const idOf = (appId: string, value: string) => {
    const resource = directory.servicePrincipals().find((one) => one.appId === appId);
    const published = [...(resource?.appRoles ?? []), ...(resource?.oauth2PermissionScopes ?? [])];
    return published.find((one) => one.value === value)?.id ?? '';
  };
  const { appId, id } = directory.register({
    displayName: 'Old intake',
    web: { redirectUris: ['https://old.example/callback'] },
    requiredResourceAccess: [
      { resourceAppId: graphAppId, resourceAccess: [{ id: idOf(graphAppId, 'Mail.Read'), type: 'Scope' }] },
      {
        resourceAppId: exchangeAppId,
        resourceAccess: [{ id: idOf(exchangeAppId, 'IMAP.AccessAsUser.All'), type: 'Scope' }],
      },
    ],
  });
  // Its consents, by other hands
  const send = await asAdministrator(world);
  const principal = await send('POST', '/servicePrincipals', { appId });
  await send('POST', `/applications/${id}/addPassword`, { passwordCredential: { displayName: 'theirs' } });
  const graph = directory.servicePrincipals().find((one) => one.appId === graphAppId);
  await send('POST', '/oauth2PermissionGrants', {
    clientId: principal.id,
    consentType: 'AllPrincipals',
    resourceId: graph?.id,
    scope: 'Mail.Read openid',
  });
  return { appId };
}

test('an app that was there is completed, and an undo takes only that away again', async (t) => {
  const world = await startAzureWorld(t);
  const { appId } = await existingApp(world);
  const before = world.directory.snapshot();
  const { id } = await world.begin({ clientId: appId, uses: ['imap'] });
  await world.signIn(id);
  const planned = await world.setups.plan(id);
  assert.deepEqual(
    planned.map(({ kind, title }) => [kind, title]),
    [
      // What it has is not asked for again
      [
        'required-permissions',
        'API permissions IMAP.AccessAsUser.All, offline_access, openid, profile, email',
      ],
      ['redirect-uris', 'Redirect URIs, platform Web'],
      ['certificate', 'Certificate'],
      ['delegated-grant', 'Admin consent to IMAP.AccessAsUser.All'],
      ['delegated-grant', 'Admin consent to IMAP.AccessAsUser.All, offline_access, profile, email'],
      ['profile', 'Credential profile “Contoso mailboxes”'],
      ['sign-in', 'The app can sign in'],
    ],
  );
  await all(world.setups.make(id));
  const [app] = world.directory.applications();
  assert.deepEqual(app?.web.redirectUris, [
    'https://old.example/callback',
    'https://letterbox.example/oauth/callback',
    'https://letterbox.example/oauth/admin-consent',
  ]);
  assert.equal(app?.displayName, 'Old intake');
  assert.deepEqual(
    world.directory.grants().map(({ scope }) => scope),
    ['Mail.Read openid IMAP.AccessAsUser.All offline_access profile email', 'IMAP.AccessAsUser.All'],
  );
  await world.signIn(id);
  const told = await all(world.setups.undo(id));
  assert.deepEqual(world.directory.snapshot(), before);
  assert.equal(told.filter(({ state }) => state === 'taken').length, 6);
});

test('an app that lacks one permission gets this one, and an undo takes this one', async (t) => {
  const world = await startAzureWorld(t);
  const first = await world.setUp({ name: 'First', grant: 'client_credentials', uses: ['imap'] });
  const { appId } = await world.setups.get(first.id);
  const before = world.directory.snapshot();
  const second = await world.setUp({
    name: 'Second',
    grant: 'client_credentials',
    uses: ['imap', 'smtp'],
    clientId: appId,
  });
  const made = second.told.filter(({ state }) => state === 'made').map(({ title }) => title);
  assert.deepEqual(made.slice(0, 3), [
    'API permissions SMTP.SendAsApp',
    'Certificate',
    'Admin consent to SMTP.SendAsApp',
  ]);
  assert.equal(madeOf(world).assignments, 2);
  await world.signIn(second.id);
  await all(world.setups.undo(second.id));
  assert.deepEqual(world.directory.snapshot(), before);
  // The first one still works
  const { profileId } = await world.setups.get(first.id);
  assert.equal((await world.profiles.authorize(profileId)).state, 'connected');
});

test('what somebody took away in Azure is made again, and what they changed otherwise stays', async (t) => {
  const world = await startAzureWorld(t);
  const { id } = await world.setUp({ clientAuthentication: 'secret' });
  const { appId, profileId } = await world.setups.get(id);
  const send = await asAdministrator(world);
  const [app] = world.directory.applications();
  const path = `/applications/${app?.id}`;
  await send('PATCH', path, { displayName: 'Renamed', web: { redirectUris: ['https://other.example/'] } });
  await send('POST', `${path}/removePassword`, { keyId: app?.passwordCredentials[0]?.keyId });
  await world.signIn(id);
  const planned = await world.setups.plan(id);
  assert.deepEqual(
    planned.map(({ kind }) => kind),
    ['redirect-uris', 'client-secret'],
  );
  await all(world.setups.make(id));
  const [again] = world.directory.applications();
  assert.deepEqual([again?.displayName, again?.appId, again?.web.redirectUris.length], ['Renamed', appId, 3]);
  assert.equal(again?.passwordCredentials.length, 1);
  // The profile shows the new one
  const { signInAfter } = await shown(world, profileId);
  assert.ok(signInAfter);
});

/** Whether the profile's app is let in by what the profile has. */
async function shown(world: AzureWorld, profileId: string) {
  await world.consent.complete(await world.consentTo(profileId), 'browser-session-1');
  return { signInAfter: (await world.profiles.get(profileId)).state === 'connected' };
}

test('an undo is refused while others use the profile, before anything is taken away', async (t) => {
  const world = await startAzureWorld(t);
  const { id } = await world.setUp({ mailbox });
  const { profileId, serverId } = await world.setups.get(id);
  const other = await world.resources.servers.create({
    name: 'Another',
    address: 'another@contoso.example',
    host: 'outlook.office365.com',
    profileId,
  });
  const before = world.directory.snapshot();
  await world.signIn(id);
  const problem = await refusal(world.setups.undo(id));
  assert.deepEqual([problem.code, problem.detail], ['azure.profile-in-use', 'Another']);
  assert.deepEqual(world.directory.snapshot(), before);
  assert.ok(await world.resources.servers.find(serverId));
  await world.resources.servers.remove(other.id);
  await all(world.setups.undo(id));
  assert.deepEqual(madeOf(world), {
    applications: 0,
    principals: 0,
    assignments: 0,
    grants: 0,
    keys: 0,
    passwords: 0,
  });
});

test('an undo can be stopped at any request, and goes on from there', async (t) => {
  const world = await startAzureWorld(t);
  const { directory, setups } = world;
  const { appId } = await existingApp(world);
  const before = directory.snapshot();
  let stops = 0;
  for (let request = 1, isOver = false; !isOver; request++) {
    const { id } = await world.setUp({ name: `stopped ${request}`, clientId: appId });
    await world.signIn(id);
    const at = directory.requests.length + request;
    directory.faults.halt = { at, carriedOut: request % 2 === 0, reached: () => setups.stop(id) };
    isOver = await all(setups.undo(id)).then(
      () => true,
      (error) => {
        assert.equal(error.code, 'azure.stopped');
        return false;
      },
    );
    directory.faults.halt = null;
    if (!isOver) {
      stops++;
      await all(setups.undo(id));
    }
    assert.deepEqual(directory.snapshot(), before, `request ${request}`);
    await assert.rejects(setups.get(id), { code: 'not-found' });
  }
  assert.ok(stops >= 8, `${stops}`);
});

test('a set-up that has made nothing needs no sign-in to be forgotten, one that has cannot be', async (t) => {
  const world = await startAzureWorld(t);
  const fresh = await world.begin({ name: 'Fresh' });
  assert.equal(await world.setups.undoNeedsSignIn(fresh.id), false);
  await world.setups.forget(fresh.id);
  await assert.rejects(world.setups.get(fresh.id), { code: 'not-found' });

  const { id } = await world.begin({ name: 'Begun' });
  await world.signIn(id);
  const { directory } = world;
  directory.faults.halt = {
    at: directory.requests.length + 20,
    carriedOut: true,
    reached: () => world.setups.stop(id),
  };
  assert.equal((await refusal(world.setups.make(id))).code, 'azure.stopped');
  await world.setups.signOut(id);
  assert.equal((await refusal(world.setups.forget(id))).code, 'azure.made-things');
  assert.equal(await world.setups.undoNeedsSignIn(id), true);
  assert.equal((await refusal(world.setups.undo(id))).code, 'azure.not-signed-in');
  assert.equal(madeOf(world).applications, 1);
});

test('a finished set-up can be forgotten, and what it made stays', async (t) => {
  const world = await startAzureWorld(t);
  const { id } = await world.setUp({ grant: 'client_credentials' });
  const { profileId } = await world.setups.get(id);
  await world.setups.forget(id);
  assert.equal(madeOf(world).applications, 1);
  assert.equal((await world.profiles.authorize(profileId)).state, 'connected');
});
