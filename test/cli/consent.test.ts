import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import tls from 'node:tls';
import { startAuthority } from '../../lab/authority/index.ts';
import { createBrowser, type LabBrowser } from '../../lab/browser.ts';
import { createLabAuthority } from '../../lab/certificates.ts';
import { freePorts } from '../../lab/ports.ts';
import { endings } from '../endings.ts';
import { until } from '../until.ts';
import { openShell } from './shell.ts';

const account = 'support@contoso.example';
const addressLine = { headers: { 'sec-fetch-site': 'none' } };

/** An authority, a shell whose server has a certificate of the lab, and a profile that needs consent. */
async function startWorld(t: TestContext) {
  const after = endings(t);
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-consent-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const certificates = await createLabAuthority(join(folder, 'certificates'));
  // Makes this process, the browser, trust what the lab signs.
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificates.caPem]);
  const authority = await startAuthority({ certificates, folder: join(folder, 'authority') });
  after(authority.stop);
  const { certFile, keyFile } = await certificates.issue();
  const [port = 0] = await freePorts(1);
  const publicUrl = `https://localhost:${port}`;
  const shell = openShell(after, {
    folder,
    settings: {
      publicUrl,
      listen: { host: '127.0.0.1', port },
      tls: { certificate: certFile, key: keyFile, trust: [certificates.caFile] },
      log: { level: 'silent' },
    },
  });
  const app = authority.register({ redirectUris: [`${publicUrl}/oauth/callback`] });
  await shell.json(
    ...['profile', 'add', '--name', 'Contoso', '--client-id', app.clientId],
    ...['--client-secret', app.clientSecret, '--sign-in-name', account],
    ...['--authorization-url', authority.authorizationUrl, '--token-url', authority.tokenUrl],
  );
  return { publicUrl, shell };
}

/** A browser that has set the console's password and so is signed in. */
async function signedInBrowser(url: string, token: string): Promise<LabBrowser> {
  const browser = createBrowser();
  const password = 'correct horse battery';
  const body = new URLSearchParams({ token, password, passwordRepeat: password });
  await browser.fetch(`${url}/set-up`, {
    method: 'POST',
    body,
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  return browser;
}

/** What a person does at the address that the command printed. */
async function consent(browser: LabBrowser, url: string, action?: 'accept' | 'cancel'): Promise<void> {
  const toAuthority = await browser.fetch(url, addressLine);
  const authorization = new URL(toAuthority.headers.get('location') ?? '', url);
  await browser.fetch(await browser.consent(authorization, account, action));
}

test('a person consents at the address that the command prints, and the command ends when that is done', async (t) => {
  const { shell, publicUrl } = await startWorld(t);
  const { url, setUpToken } = await shell.serve();
  assert.equal(url, publicUrl);
  const browser = await signedInBrowser(url, setUpToken);

  const people = shell.start(['profile', 'connect', 'Contoso']);
  await until('the address is printed', () => people.said.stdout.includes('/connect\n'));
  const printed = /^ {2}(https:\S+)$/m.exec(people.said.stdout)?.[1] ?? '';
  assert.ok(printed.startsWith(`${publicUrl}/profiles/prf_`), printed);
  await consent(browser, printed, 'cancel');
  assert.equal(await people.ended, 1);
  assert.match(people.said.stderr, /^letterbox: [^\n]*(declined|refused|cancelled|denied)/i);
  assert.match(people.said.stderr, /\nWhat to do: /);
  assert.equal((await shell.json('profile', 'show', 'Contoso')).state, 'consent-needed');

  // The refusal before is no answer to this.
  const script = shell.start(['profile', 'connect', 'Contoso', '--json']);
  await until('the address is printed', () => script.said.stdout.includes('\n'));
  await consent(browser, JSON.parse(script.said.stdout).url);
  assert.equal(await script.ended, 0, script.said.stderr);
  const [, { profile }] = script.said.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual([profile.state, profile.account.username], ['connected', account]);
  const list = (await shell.letterbox('profile', 'list')).stdout;
  assert.match(
    list,
    /^Contoso +connected +microsoft +authorization_code +support@contoso\.example +- +prf_/m,
  );
});

test('where a person must consent and no server runs, nobody is sent anywhere', async (t) => {
  const { shell } = await startWorld(t);
  const { code, stdout, stderr } = await shell.letterbox('profile', 'connect', 'Contoso');
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /What to do: Start it with letterbox serve, then run this command again\.\n$/);
});
