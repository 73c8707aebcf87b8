import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSignedIn } from './fixtures.ts';

test('what uses a profile is shown, sending servers too; and what is missing is what the profile is for', async (t) => {
  const { read, administration } = await openSignedIn(t, 'lively');
  assert.match(
    await read('/profiles/prf_contoso'),
    /Used by.*Support.*Support out.*sends as support@contoso/,
  );
  const { get } = administration.profiles;
  const usedFor = (...uses: string[]) => {
    administration.profiles.get = async (id) => ({ ...(await get(id)), uses });
    return read('/profiles/prf_certificate');
  };
  const sending = await usedFor('smtp');
  assert.match(sending, /No outgoing email server uses this profile yet\./);
  assert.doesNotMatch(sending, /No incoming email server/);
  assert.match(sending, /\/outgoing-servers\/new\?profileId=prf_certificate/);
  assert.doesNotMatch(await usedFor('graph'), /No outgoing email server/);
  assert.match(await usedFor('imap', 'graph-send'), /No incoming email server.*No outgoing email server/);
});
