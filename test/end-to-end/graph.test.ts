import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLabAuthority } from '../../lab/certificates.ts';
import { freePorts } from '../../lab/ports.ts';
import { startReceiver } from '../../lab/receiver.ts';
import { openLetterbox } from '../../src/app.ts';
import { configSchema } from '../../src/config/config.ts';
import { serveLetterbox } from '../../src/serve.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { endings } from '../endings.ts';
import { json, startScriptedAuthority } from '../oauth/scripted-authority.ts';
import { mail, mails } from '../sources/dovecot-world.ts';
import { startGraphWorld } from '../sources/graph-world.ts';
import { temporaryFolder } from '../sources/setting.ts';
import { until } from './world.ts';

test('a Graph mailbox from app-only token to webhook: told of by notifications, marked as read, across a restart, each message once', async (t) => {
  const after = endings(t);
  const folder = await temporaryFolder(t);
  const world = await startGraphWorld();
  after(world.stop);
  const own = await createLabAuthority(join(folder, 'tls'));
  const authority = await startScriptedAuthority(t, own);
  authority.answers.push(
    json(200, { access_token: await world.tokenFor(), token_type: 'Bearer', expires_in: 3600 }),
  );
  const receiver = await startReceiver({ secrets: [] });
  after(receiver.stop);
  const [port = 0] = await freePorts(1);
  // Graph trusts the certificates of its own world only
  const { certFile, keyFile } = await world.certificates.issue();
  const config = configSchema.parse({
    dataFolder: join(folder, 'data'),
    publicUrl: `https://localhost:${port}`,
    listen: { host: '127.0.0.1', port },
    tls: { certificate: certFile, key: keyFile, trust: [own.caFile] },
    log: { level: 'silent' },
    intake: { reconcileSeconds: 3600 },
    delivery: { allowPrivateAddresses: ['127.0.0.0/8'] },
  });
  const start = async () => {
    const letterbox = await openLetterbox(config, createLog('silent'));
    const server = await serveLetterbox(letterbox, config);
    after(server.stop);
    return { ...letterbox, stop: server.stop };
  };

  const address = 'support@example.com';
  await world.graph.fill(address, mails(20));
  const first = await start();
  const { profiles, destinations, servers } = first.administration;
  const profile = await profiles.create({
    name: 'App',
    grant: 'client_credentials',
    provider: 'custom',
    uses: ['graph'],
    tokenUrl: authority.tokenUrl,
    clientId: 'letterbox',
    clientSecret: 'secret',
    scopes: ['https://graph.microsoft.com/.default'],
  });
  const { signingSecret } = await destinations.create({
    name: 'Tickets',
    kind: 'webhook',
    url: receiver.url,
  });
  receiver.trust(signingSecret);
  await servers.create({
    name: 'Support',
    address,
    protocol: 'graph',
    host: world.graph.host,
    port: world.graph.port,
    certificateAuthority: world.certificates.caPem,
    profileId: profile.id,
    startFrom: 'everything',
    afterIntake: { action: 'mark-read' },
  });
  const delivered = (count: number) =>
    until(`${count} messages are delivered`, () => receiver.requests.length === count);
  await delivered(20);
  await until('the mailbox is subscribed to', () => world.graph.subscriptions().length === 1);
  await world.graph.deliver(address, mail(21));
  await delivered(21);

  await first.stop();
  await world.graph.deliver(address, mail(22));
  const second = await start();
  await delivered(22);
  await world.graph.deliver(address, mail(23));
  await delivered(23);
  const mailbox = world.graph.mailbox(address);
  await until('all are read', () => mailbox.messages().every(({ isRead }) => isRead));
  assert.equal(world.graph.subscriptions().length, 1);
  assert.equal(await second.store.messages.count(), 23);
  assert.ok(receiver.requests.every(({ verified }) => verified));
  assert.equal(new Set(receiver.requests.map(({ id }) => id)).size, 23);
  const downloads = world.graph.requests.filter(({ path }) => path.endsWith('/$value'));
  assert.equal(downloads.length, 23, 'nothing is fetched twice');
});
