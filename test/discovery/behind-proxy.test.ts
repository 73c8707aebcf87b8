import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { configSchema } from '../../src/config/config.ts';
import { useProxy } from '../../src/network/proxy.ts';
import { clientConfig } from './files.ts';
import { evidenceFrom, settingsOf, startDiscovering } from './world.ts';

const tenantId = '11111111-2222-3333-4444-555555555555';
const world = await startDiscovering({
  records: ['contoso.example. MX 0 contoso-example.mail.protection.outlook.com.'],
  tenants: { 'contoso.example': { id: tenantId } },
  database: {
    'contoso.example': clientConfig([{ type: 'imap', hostname: 'mail.contoso.example', port: 993 }]),
  },
  sites: { 'autoconfig.contoso.example': (_url, response) => response.writeHead(404).end() },
});

/** Leads to the lab's sites by whatever name, as a proxy does that has a DNS of its own. */
async function startProxy(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', ({ url = '' }, client: Socket) => {
    asked.push(url);
    const site = connect(world.internet.httpsPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(site).pipe(client);
    });
    for (const socket of [site, client]) socket.on('error', () => [site, client].map((one) => one.destroy()));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  after(() => proxy.close());
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
}

const settings = (proxy: object) => configSchema.parse({ network: { proxy } }).network.proxy;
after(() => useProxy(settings({})));

test('behind a proxy, on a machine without DNS, Microsoft and the database are asked by name, and strangers not at all', async () => {
  const { url, asked } = await startProxy();
  useProxy(settings({ url }));
  world.internet.dns.hang();
  const found = await world.discoverBy({ internet: { patienceMs: 1_000 } }, 'support@contoso.example');
  world.internet.dns.goOn();
  assert.match(
    evidenceFrom(found, 'tenant discovery at login.microsoftonline.com'),
    new RegExp(`^found: tenant ${tenantId}`),
  );
  assert.equal(settingsOf(found, 'server').host, 'mail.contoso.example, by Thunderbird’s database');
  assert.match(evidenceFrom(found, 'autoconfig.contoso.example'), /^failed: no answer in time/);
  assert.deepEqual([...new Set(asked.map((one) => one.split(':')[0]))].toSorted(), [
    'autoconfig.thunderbird.net',
    'login.microsoftonline.com',
  ]);
});

test('a proxy that resolves what strangers name is given their names too', async () => {
  const { url, asked } = await startProxy();
  useProxy(settings({ url, destinationsResolvedBy: 'proxy' }));
  const found = await world.discoverBy({ allowPrivateAddresses: [] }, 'support@contoso.example');
  assert.match(evidenceFrom(found, 'autoconfig.contoso.example'), /^nothing: it has no such file/);
  assert.ok(asked.some((one) => one.startsWith('autoconfig.contoso.example:')));
});

test('a proxy that refuses is said to', async () => {
  useProxy(settings({ url: 'http://127.0.0.1:9' }));
  const found = await world.discover('support@contoso.example');
  assert.match(evidenceFrom(found, 'tenant discovery at login.microsoftonline.com'), /^failed: .*proxy/i);
  assert.equal(settingsOf(found, 'profile').provider, 'microsoft, by MX of contoso.example');
});
