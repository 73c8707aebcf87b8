import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CredentialProfile } from '../../src/resources/credential-profile/record.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { put, serverProblems } from '../resources/fixtures.ts';

import { mailServer } from '../store/fixtures.ts';
import { account, problemOf, startWorld, type World } from './world.ts';

const admin = 'admin@contoso.example';

/** A consent for a profile that a server uses already. */
async function consentFor(
  world: World,
  server: Partial<MailServer>,
  who: string,
  input: Record<string, unknown> = {},
) {
  const { id } = await world.create(input);
  await put(world.store, 'server', mailServer({ profileId: id, ...server }));
  return world.connect(id, who);
}

test('an account that is not the mailbox’s is refused with both names before anything is saved', async (t) => {
  const world = await startWorld(t);
  const problem = await problemOf(consentFor(world, { name: 'Help desk' }, admin));
  assert.equal(problem.code, 'oauth.other-account');
  assert.match(problem.detail ?? '', /expected support@contoso\.example, but admin@contoso\.example/);
  assert.match(problem.remedy ?? '', /If the mailbox is shared, say so at its server \(Help desk\)/);
  const [profile] = await world.profiles.list();
  assert.equal(profile?.state, 'consent-needed');
  assert.equal(await world.stored(profile?.id ?? ''), null);
});

test('a shared mailbox, a user name and a declared sign-in name are understood', async (t) => {
  const cases: [Partial<MailServer>, Record<string, unknown>][] = [
    [{ address: account.toUpperCase() }, {}],
    [{ shared: true }, {}],
    [{ address: 'sales@contoso.example', username: admin }, {}],
    [{}, { signInName: admin }],
  ];
  for (const [server, input] of cases) {
    const world = await startWorld(t);
    const who = server.address ? account : admin;
    const expected = server.username ? admin : who;
    assert.equal((await consentFor(world, server, expected, input)).account?.username, expected);
  }
});

test('what is refused at a consent is refused when a server is saved, and what is not is not', async (t) => {
  const world = await startWorld(t);
  const { id } = await world.create();
  const profile = await world.connect(id, admin);
  const refused = (server: Partial<MailServer>, changes: Partial<CredentialProfile> = {}) =>
    serverProblems(mailServer({ profileId: id, ...server }), { ...profile, ...changes });
  const [found, ...others] = await refused({});
  assert.deepEqual([found?.field, found?.given, others], ['address', account, []]);
  assert.match(found?.expected ?? '', /the mailbox of admin@contoso\.example, who consented/);
  assert.deepEqual(await refused({ shared: true }), []);
  assert.deepEqual(await refused({ username: admin }), []);
  assert.deepEqual(await refused({}, { signInName: admin }), []);
  const { account: consented } = profile;
  assert.ok(consented);
  assert.deepEqual(await refused({}, { account: { ...consented, aliases: [account] } }), []);
  assert.deepEqual(await refused({}, { account: { ...consented, username: 'subject-1' } }), []);
});
