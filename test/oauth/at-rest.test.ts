import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { session, startWorld } from './world.ts';

test('a backup of the database reveals no secret, no token and no consent under way', async (t) => {
  const world = await startWorld(t);
  const client = world.authority.register({ redirectUris: [world.consent.redirectUri] });
  const { id } = await world.create({ ...client, name: 'Contoso mailboxes' });
  await world.connect(id);
  const app = await world.createAppOnly();
  await world.profiles.authorize(app.id);
  const pending = await world.consent.begin(id, session);

  const folder = join(world.folder, 'data');
  const backup = Buffer.concat(readdirSync(folder).map((file) => readFileSync(join(folder, file))));
  assert.ok(backup.includes('Contoso mailboxes'), 'the backup holds the profile');
  const [person, byItself] = [await world.stored(id), await world.stored(app.id)];
  const hidden = {
    'client secret': client.clientSecret,
    'refresh token': person?.refreshToken,
    'access token': person?.access['https://outlook.office.com']?.token,
    'access token of the app': byItself?.access['https://outlook.office365.com']?.token,
    state: pending.searchParams.get('state'),
    nonce: pending.searchParams.get('nonce'),
    session,
  };
  for (const [name, value] of Object.entries(hidden)) {
    assert.ok(value, `there is a ${name}`);
    for (const encoding of ['utf8', 'base64', 'hex'] as const)
      assert.equal(backup.includes(Buffer.from(value).toString(encoding)), false, name);
    // A cell may be split over pages: no piece of it is there either.
    for (let at = 0; at + 16 <= value.length; at += 16)
      assert.equal(backup.includes(value.slice(at, at + 16)), false, `a piece of the ${name}`);
  }
});
