import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeMail } from '../../lab/mail.ts';
import { mailbox, startWorld, until } from './world.ts';

const megabyte = 1024 * 1024;

test('on a full disk nothing is lost: intake waits, says so, and goes on by itself when there is room', async (t) => {
  const world = await startWorld(t);
  const disk = join(world.folder, 'disk');
  mkdirSync(disk);
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const run = (...command: string[]) => {
    const [program, ...parameters] = [...sudo, ...command];
    execFileSync(program as string, parameters);
  };
  run('mount', '-t', 'tmpfs', '-o', `size=12m,mode=0777`, 'tmpfs', disk);
  world.after(() => run('umount', '-l', disk));

  await world.dovecot.fill(
    mailbox,
    Array.from({ length: 600 }, (_, n) => makeMail(n)),
  );
  const letterbox = await world.open({ dataFolder: join(disk, 'data') });
  const ballast = join(disk, 'ballast');
  writeFileSync(ballast, Buffer.alloc(9 * megabyte));
  const { server } = await world.setUp(letterbox);
  await letterbox.start();
  const problem = async () => (await letterbox.administration.servers.get(server.id)).state.problem?.code;
  const failing: string[] = [];
  letterbox.events.on('server.state', (state) => failing.push(state.problem?.code ?? 'none'));
  await until('the full disk is told', () => failing.includes('store.full'));
  assert.ok((await letterbox.store.messages.count()) < 600);

  rmSync(ballast);
  run('mount', '-o', 'remount,size=200m', disk);
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
