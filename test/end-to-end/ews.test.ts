import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLabAuthority } from '../../lab/certificates.ts';
import { startReceiver } from '../../lab/receiver.ts';
import { openLetterbox } from '../../src/app.ts';
import { configSchema } from '../../src/config/config.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { endings } from '../endings.ts';
import { json, startScriptedAuthority } from '../oauth/scripted-authority.ts';
import { fill, mail, mails, startEwsWorld } from '../sources/ews-world.ts';
import { temporaryFolder } from '../sources/setting.ts';
import { until } from './world.ts';

test('an EWS mailbox from app-only token to webhook: impersonated, told of new mail, moved, across a restart, each message once', async (t) => {
  const after = endings(t);
  const folder = await temporaryFolder(t);
  const world = await startEwsWorld();
  after(world.stop);
  const own = await createLabAuthority(join(folder, 'tls'));
  const authority = await startScriptedAuthority(t, own);
  const token = await world.sign(world.claims.ofApp('letterbox'));
  authority.answers.push(json(200, { access_token: token, token_type: 'Bearer', expires_in: 3600 }));
  const receiver = await startReceiver({ secrets: [] });
  after(receiver.stop);
  const config = configSchema.parse({
    dataFolder: join(folder, 'data'),
    tls: { trust: [own.caFile] },
    log: { level: 'silent' },
    intake: { reconcileSeconds: 3600 },
    delivery: { allowPrivateAddresses: ['127.0.0.0/8'] },
  });
  const start = async () => {
    const letterbox = await openLetterbox(config, createLog('silent'));
    let closed: Promise<void> | null = null;
    const close = () => (closed ??= letterbox.close());
    after(close);
    await letterbox.start();
    return { ...letterbox, close };
  };

  const address = 'support@example.com';
  const mailbox = world.ews.mailbox(address);
  const done = mailbox.folderAt('INBOX/Done', true);
  await fill(mailbox, mails(20));
  const first = await start();
  const { profiles, destinations, servers } = first.administration;
  const profile = await profiles.create({
    name: 'App',
    grant: 'client_credentials',
    provider: 'custom',
    uses: ['ews'],
    tokenUrl: authority.tokenUrl,
    clientId: 'letterbox',
    clientSecret: 'secret',
    scopes: ['https://outlook.office365.com/.default'],
  });
  const { signingSecret } = await destinations.create({
    name: 'Tickets',
    kind: 'webhook',
    url: receiver.url,
  });
  receiver.trust(signingSecret);
  const server = await servers.create({
    name: 'Support',
    address,
    protocol: 'ews',
    host: world.ews.host,
    port: world.ews.port,
    certificateAuthority: world.certificates.caPem,
    profileId: profile.id,
    startFrom: 'everything',
    afterIntake: { action: 'move', folder: 'INBOX/Done' },
  });
  const delivered = (count: number) =>
    until(`${count} messages are delivered`, () => receiver.requests.length === count);
  await delivered(20);
  await until('the mailbox is watched', () => world.ews.subscriptions.streaming() === 1);
  await mailbox.deliver(mail(21));
  await delivered(21);
  const told: unknown[] = [];
  for await (const line of first.administration.doctor.server(server.id))
    told.push('diagnosis' in line ? line.diagnosis.problem : line.outcome);
  assert.deepEqual(new Set(told), new Set(['passed', null]));

  await first.close();
  assert.equal(world.ews.subscriptions.count(), 0);
  await mailbox.deliver(mail(22));
  const second = await start();
  await delivered(22);
  await until('all are moved', () => done?.items.size === 22);
  assert.equal(await second.store.messages.count(), 22);
  assert.ok(receiver.requests.every(({ verified }) => verified));
  assert.equal(new Set(receiver.requests.map(({ id }) => id)).size, 22);
});
