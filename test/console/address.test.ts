import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openBrowser, openPageSignedIn } from './browser.ts';
import { openSignedIn } from './fixtures.ts';

const registered = 'https://mail.contoso.example:8443/oauth/callback';

/** A console whose address is as set, and what its pages say to a browser that has it open at `host`. */
async function open(t: TestContext, address: { publicUrl: string; isSet: boolean } | null) {
  const opened = await openSignedIn(t, 'lively');
  if (address) opened.administration.address = address;
  const typed = (host: string) => ({ host, 'sec-fetch-site': 'none' });
  /** By a link on a page of ours, behind a proxy that puts its own name into Host. */
  const followed = (origin: string) => ({
    host: 'localhost',
    'sec-fetch-site': 'same-origin',
    referer: `${origin}/profiles/prf_contoso`,
  });
  return { ...opened, typed, followed };
}

test('without an address, a console opened at another name says which lines set it, and shows no redirect URI', async (t) => {
  const { read, typed } = await open(t, { publicUrl: 'https://localhost:8443', isSet: false });
  const pages = ['/', '/profiles/prf_contoso', '/profiles/new'];
  for (const host of ['mail.contoso.example', '127.0.0.1:22443', '[::1]:8443']) {
    const overview = await read('/', typed(host));
    assert.match(overview, /This server’s address is not set/, host);
    for (const line of [`publicUrl: https://${host}`, `LETTERBOX_PUBLIC_URL=https://${host}`])
      assert.ok(overview.includes(`data-copy="${line}"`), `${host}: ${line}`);
    for (const path of pages.slice(1)) {
      const page = await read(path, typed(host));
      assert.match(page, /Not known yet:.*this server’s address is not set/, path);
      assert.ok(!page.includes(registered), path);
    }
  }
  for (const path of pages) {
    const page = await read(path, typed('localhost:8443'));
    assert.doesNotMatch(page, /address is not set/, path);
  }
  assert.ok((await read('/profiles/new', typed('localhost:8443'))).includes(registered));
});

test('Connect sends no browser off that would come back to another address', async (t) => {
  const opened = await open(t, { publicUrl: 'https://localhost:8443', isSet: false });
  const { fetch, session, typed, followed, administration } = opened;
  const connect = async (headers: Record<string, string>, way = 'connect') => {
    const cookie = `__Host-letterbox=${session}`;
    return fetch(`/profiles/prf_contoso/${way}`, { headers: { cookie, ...headers } });
  };
  const there = await connect(followed('https://mail.contoso.example'));
  assert.equal(there.status, 409);
  assert.match(there.text, /address is not set.*Set publicUrl to https:\/\/mail\.contoso\.example/s);
  assert.equal((await connect(typed('127.0.0.1:8443'))).status, 409);
  const here = await connect(followed('https://localhost:8443'));
  assert.deepEqual([here.status, here.headers.location?.slice(0, 21)], [303, 'https://login.example']);

  administration.address = { publicUrl: 'https://mail.contoso.example', isSet: true };
  const elsewhere = await connect(followed('https://10.0.0.5:8443'));
  assert.equal(elsewhere.status, 409);
  assert.match(
    elsewhere.text,
    /open at another address.*Open https:\/\/mail\.contoso\.example\/profiles\/prf_contoso/s,
  );
  assert.equal((await connect(followed('https://mail.contoso.example'))).status, 303);
  // What a proxy makes of Host proves nothing against an address that is set
  assert.equal((await connect(typed('127.0.0.1:8443'))).status, 303);
});

test('a real browser says by itself where it has the console open', async (t) => {
  const [browser, opened] = await Promise.all([openBrowser(t), openSignedIn(t, 'lively')]);
  const { page } = await openPageSignedIn(browser, opened);
  await page.goto('/profiles/prf_contoso');
  const [asked] = await Promise.all([
    page.waitForRequest(/\/connect$/),
    page
      .getByRole('link', { name: /onnect$/ })
      .first()
      .click(),
  ]);
  assert.equal((await asked.allHeaders()).referer, `${opened.origin}/profiles/prf_contoso`);
});

test('a certificate that browsers do not trust, or that ends soon, is told with its end and how to give one', async (t) => {
  const soon = new Date(Date.now() + 9 * 86_400_000).toISOString();
  const overview = async (isDevelopment: boolean, expiresAt: string) => {
    const { read } = await openSignedIn(t, 'lively', { certificate: () => ({ isDevelopment, expiresAt }) });
    return read('/');
  };
  const development = await overview(true, '2027-11-24T10:00:00.000Z');
  assert.match(development, /development certificate is in use.*24 Nov 2027/);
  for (const line of [
    'tls: { certificate: /etc/letterbox/fullchain.pem, key: /etc/letterbox/key.pem }',
    'LETTERBOX_TLS_CERTIFICATE=/etc/letterbox/fullchain.pem',
    'LETTERBOX_TLS_KEY=/etc/letterbox/key.pem',
  ])
    assert.ok(development.includes(`data-copy="${line}"`), line);
  assert.match(await overview(false, soon), /certificate of this server ends soon/);
  assert.match(await overview(false, '9999-01-01T00:00:00.000Z'), /id="certificate" data-region><\/div>/);
});
