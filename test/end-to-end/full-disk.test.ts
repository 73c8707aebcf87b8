import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeMail } from '../../lab/mail.ts';
import { freePorts } from '../../lab/ports.ts';
import { openLetterbox } from '../../src/app.ts';
import { configSchema } from '../../src/config/config.ts';
import { Problem } from '../../src/model/problem.ts';
import { serve, serveLetterbox } from '../../src/serve.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { profileInput } from '../api/world.ts';
import { endings } from '../endings.ts';
import { ask } from '../http/fixtures.ts';
import { mountSmallDisk } from './small-disk.ts';
import { mailbox, startWorld, until } from './world.ts';

test('on a full disk nothing is lost: intake waits, says so, and goes on by itself when there is room', async (t) => {
  const world = await startWorld(t);
  const disk = join(world.folder, 'disk');
  const small = mountSmallDisk(disk, 12, world.after);

  await world.dovecot.fill(
    mailbox,
    Array.from({ length: 600 }, (_, n) => makeMail(n)),
  );
  const letterbox = await world.open({ dataFolder: join(disk, 'data') });
  small.fill(9);
  const { server } = await world.setUp(letterbox);
  await letterbox.start();
  const problem = async () => (await letterbox.administration.servers.get(server.id)).state.problem?.code;
  const failing: string[] = [];
  letterbox.events.on('server.state', (state) => failing.push(state.problem?.code ?? 'none'));
  await until('the full disk is told', () => failing.includes('store.full'));
  assert.ok((await letterbox.store.messages.count()) < 600);

  small.free();
  small.enlarge(200);
  await until('everything is stored', async () => (await letterbox.store.messages.count()) === 600, 90);
  await until(
    'everything is delivered',
    async () => (await letterbox.store.deliveries.counts()).delivered === 600,
    90,
  );
  await until('the state is well again', async () => (await problem()) === undefined);
  const ids = world.receiver.requests.map(({ body }) => JSON.parse(body).data.id);
  assert.equal(new Set(ids).size, 600);
  await letterbox.close();
});

test('a full disk is red everywhere at once, whether or not anything was to be written, and green again by itself', async (t) => {
  const after = endings(t);
  const folder = mkdtempSync(join(tmpdir(), 'letterbox-disk-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const disk = join(folder, 'disk');
  const small = mountSmallDisk(disk, 20, after);
  const [port = 0, metricsPort = 0] = await freePorts(2);
  const config = configSchema.parse({
    dataFolder: join(disk, 'data'),
    listen: { host: '127.0.0.1', port },
    metrics: { port: metricsPort },
    log: { level: 'silent' },
  });
  const letterbox = await openLetterbox(config, createLog('silent'));
  const running = await serveLetterbox(letterbox, config);
  const { administration } = letterbox;
  const profile = await administration.profiles.create(profileInput);
  // Nobody listens there: that is not what is told while the disk is full.
  const server = { name: 'Support', address: mailbox, host: '127.0.0.1', port: 1, profileId: profile.id };
  const { id } = await administration.servers.create(server);
  const ca = readFileSync(join(disk, 'data', 'certificate', 'development.pem'), 'utf8');
  const everywhere = async () => {
    const { status, text } = await ask(port, ca, '/readyz', {});
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return {
      ready: `${status} ${text.trim()}`,
      list: (await administration.servers.list())[0]?.state.problem?.code === 'store.full',
      page: (await administration.servers.get(id)).state.condition === 'failing',
      notices: (await administration.notices()).map(({ key }) => key).includes('store.full'),
      metrics: /^letterbox_store_writable 0$/m.test(metrics),
    };
  };
  const red = {
    ready: '503 not ready: The disk that holds the data folder is full',
    list: true,
    page: true,
    notices: true,
    metrics: true,
  };
  const now = await everywhere();
  assert.deepEqual([now.ready, now.list, now.notices, now.metrics], ['200 ready', false, false, false]);
  small.fill();
  assert.deepEqual(await everywhere(), red);
  small.free();
  await until('it is well again', async () => (await everywhere()).ready === '200 ready');
  small.fill();
  await assert.rejects(letterbox.store.settings.set('large', 'x'.repeat(10_000_000)), { code: 'store.full' });
  assert.deepEqual(await everywhere(), red);
  await running.stop();
  await assert.rejects(serve(config), (error: unknown) => {
    assert.ok(error instanceof Problem);
    assert.equal(error.code, 'store.full');
    assert.match(error.remedy, /then start Letterbox again/);
    assert.doesNotMatch(`${error.cause} ${error.remedy}`, /by itself/);
    return true;
  });
  small.free();
  await (await serve(config)).stop();
});
