import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startInternet } from '../../lab/internet/index.ts';
import { until } from '../until.ts';
import { openStranger, read, setUpPassword, startConsole, writeMail } from './console.ts';
import { mailbox, type World } from './world.ts';

/** The mailbox's domain has SRV records for the world's Dovecot, and nothing else. */
async function internetOf({ folder, dovecot, after }: World) {
  const internet = await startInternet({
    folder: join(folder, 'internet'),
    records: [
      `_imaps._tcp.contoso.example. SRV 0 0 ${dovecot.imapsPort} localhost.`,
      '_pop3s._tcp.contoso.example. SRV 0 0 0 .',
    ],
    sites: {},
  });
  after(internet.stop);
  const { nameServers, httpsPort } = internet;
  return { nameServers, httpsPort, patienceMs: 5_000 };
}

test('a mailbox whose domain has SRV records alone is set up by its address, and its mail comes in', async (t) => {
  const world = await startConsole(t, internetOf);
  const { page, complaints } = await openStranger(world.browser, world.url);
  await setUpPassword(page, world.setUpToken);
  const { administration } = world.letterbox;
  await administration.profiles.create({
    name: 'Own server',
    provider: 'custom',
    authentication: 'password',
    password: 'lab',
  });
  await administration.destinations.create({ name: 'Tickets', kind: 'webhook', url: world.receiver.url });

  await page.goto('/servers/new');
  await page.getByLabel('Name', { exact: true }).fill('Support');
  await page.getByLabel('Mailbox address').fill(mailbox);
  await page.getByLabel('Credential profile').selectOption({ label: 'Own server' });
  await page.getByRole('button', { name: 'Find settings' }).click();
  assert.match(
    await read(page.locator('.found-summary')),
    /^contoso.example: IMAP at localhost \(SRV _imaps._tcp.contoso.example\)/,
  );
  assert.equal(await page.getByLabel('Mail server').inputValue(), 'localhost');
  assert.equal(await page.getByLabel('Port optional').inputValue(), String(world.dovecot.imapsPort));
  assert.match(await read(page.locator('#field-host-found')), /is not of contoso.example.*make sure/);

  await page.getByRole('button', { name: 'Save and start' }).click();
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('Everything is in order.').waitFor();
  await world.dovecot.deliver(mailbox, writeMail('Found by its address', '<p>Hello</p>'));
  await until('it is delivered', () => world.receiver.requests.length === 1);
  assert.deepEqual(complaints, []);
});
