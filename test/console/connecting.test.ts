import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdminConsent } from '../../src/model/credential-profile.ts';
import { Problem } from '../../src/model/problem.ts';
import { scopeForEverybody } from '../../src/oauth/authorities/microsoft/admin-consent.ts';
import { openSignedIn } from './fixtures.ts';

const notRegistered = new Problem({
  code: 'oauth.AADSTS50011',
  kind: 'refused',
  title: 'The redirect URI is not registered',
  remedy: 'Add it in Azure, then press Connect again.',
});

/** A console, and what a click within it leads to. */
async function open(t: Parameters<typeof openSignedIn>[0]) {
  const opened = await openSignedIn(t, 'lively');
  const headers = { cookie: `__Host-letterbox=${opened.session}`, 'sec-fetch-site': 'same-origin' };
  const click = async (path: string) => {
    const { status, headers: answered, text } = await opened.fetch(path, { headers });
    return { status, location: answered.location, text: text.replace(/\s+/g, ' ') };
  };
  return { ...opened, click };
}

test('where the provider would not take the browser, the reason is shown here, with a way on all the same', async (t) => {
  const { administration, click } = await open(t);
  administration.consent.check = async () => {
    throw notRegistered;
  };
  const { status, text } = await click('/profiles/prf_contoso/connect');
  assert.equal(status, 502);
  assert.match(text, /The redirect URI is not registered/);
  assert.match(text, /press Reconnect\./, 'the button as it is called here');
  assert.match(text, /Redirect URI.*\/oauth\/callback/);
  assert.match(text, /href="\/profiles\/prf_contoso\/connect">Reconnect/);
  assert.match(text, /href="\/profiles\/prf_contoso\/connect\?anyway">Go to Microsoft all the same/);
  const { location } = await click('/profiles/prf_contoso/connect?anyway');
  assert.equal(location, 'https://login.example/authorize?state=sample');
  assert.match((await click('/profiles/prf_other/connect')).text, /Go to the provider all the same/);
});

test('an administrator’s consent begins with what it needs, what it gives and who can give it', async (t) => {
  const { administration, click } = await open(t);
  const { text } = await click('/profiles/prf_contoso/admin-consent');
  assert.match(text, /data-copy="[^"]*\/oauth\/admin-consent"/);
  assert.match(text, /IMAP\.AccessAsUser\.All<\/code>.*Read and write access to mailboxes via IMAP/);
  assert.match(text, /Who can do it.*Application Administrator/);
  assert.match(text, /href="\/profiles\/prf_contoso\/admin-consent\/begin">Go to Microsoft/);
  const { get } = administration.profiles;
  administration.profiles.get = async (id) => ({ ...(await get(id)), uses: ['graph'] });
  const app = await click('/profiles/prf_app/admin-consent');
  assert.match(app.text, /Mail\.ReadWrite<\/code>.*Read and write mail in all mailboxes/);
  assert.match(app.text, /Privileged Role Administrator/);
  assert.match(app.text, /application permissions/);
  // Nobody consents for everybody at another provider.
  assert.equal((await click('/profiles/prf_other/admin-consent')).location, '/profiles/prf_other');
});

test('an administrator is sent off only where the redirect URI of administrators is known, or all the same', async (t) => {
  const { administration, click } = await open(t);
  const path = '/profiles/prf_contoso/admin-consent/begin';
  assert.equal((await click(path)).location, 'https://login.example/adminconsent?state=sample');
  administration.adminConsent.check = async () => {
    throw notRegistered;
  };
  const { status, text } = await click(path);
  assert.equal(status, 502);
  assert.match(text, /The redirect URI is not registered/);
  assert.match(text, /data-copy="[^"]*\/oauth\/admin-consent"/);
  assert.equal((await click(`${path}?anyway`)).location, 'https://login.example/adminconsent?state=sample');
});

test('what an administrator answered is shown on the profile, and why it was not given', async (t) => {
  const { administration, click, read } = await open(t);
  const { get } = administration.profiles;
  const profile = await get('prf_contoso');
  const answer: AdminConsent = {
    askedAt: '2026-11-01T08:00:00.000Z',
    answeredAt: '2026-11-01T08:01:00.000Z',
    tenant: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    scope: scopeForEverybody(profile),
    problem: null,
  };
  const answered = (adminConsent: AdminConsent | null) => {
    const known = async () => ({ ...profile, adminConsent });
    administration.profiles.get = known;
    administration.adminConsent.complete = known;
    return read('/profiles/prf_contoso');
  };
  assert.match(await answered(null), /Administrator’s consent.*none asked for from here/);
  const given = await answered(answer);
  assert.match(given, /given <time datetime="2026-11-01T08:01:00\.000Z".*in tenant <code>7c9e6679/);
  assert.doesNotMatch(given, /For other permissions/);
  assert.equal(
    (await click('/oauth/admin-consent?state=1')).location,
    '/profiles/prf_contoso?done=admin-consented',
  );
  assert.match(
    await answered({ ...answer, scope: 'openid' }),
    /For other permissions than the profile asks for now/,
  );

  const problem = notRegistered.toJSON();
  assert.match(await answered({ ...answer, problem }), /not given.*The redirect URI is not registered/);
  const refused = await click('/oauth/admin-consent?state=1');
  assert.equal(refused.status, 502);
  assert.match(refused.text, /class="problem".*The redirect URI is not registered.*Go to Microsoft/);
});
