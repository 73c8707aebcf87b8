import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../lab/ports.ts';
import { until } from './world.ts';

const main = fileURLToPath(new URL('../../lab/demo/main.ts', import.meta.url));

/** The demo as `npm run demo` starts it. */
function runDemo(t: TestContext, ...parameters: string[]) {
  const child = spawn(process.execPath, [main, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = once(child, 'exit');
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  t.after(async () => {
    child.kill('SIGTERM');
    await exit;
  });
  return {
    pid: child.pid ?? 0,
    said: () => said,
    interrupt: () => child.kill('SIGINT'),
    /** Its exit code, once it has ended. */
    ended: async () => (await exit)[0] as number | null,
  };
}

/** Every living process that descends from this one, as `ps` knows them. */
function descendants(of: number): { pid: number; name: string }[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,stat=,comm='], { encoding: 'utf8' });
  const all = Array.from(
    stdout.matchAll(/^\s*(\d+)\s+(\d+)\s+[^Z\s]\S*\s+(.+)$/gm),
    ([, pid, parent, name]) => ({
      pid: Number(pid),
      parent: Number(parent),
      name: String(name),
    }),
  );
  const below = (parent: number): typeof all =>
    all.filter((process) => process.parent === parent).flatMap((child) => [child, ...below(child.pid)]);
  return below(of);
}

test('the demo delivers and checks 20 messages, tells it in columns, and ends well', async (t) => {
  const demo = runDemo(t, '--once');
  assert.equal(await demo.ended(), 0, demo.said());
  const said = demo.said();
  assert.match(
    said,
    /^✔ Authority {4}.*\n✔ Mail server {2}.*\n✔ Receiver {5}.*\n✔ Letterbox {4}.*\n✔ Consent/m,
  );
  assert.match(said, /^ {2}Console {6}https:\/\/localhost:\d+\n {2}Password {5}\S+$/m);
  const lines = said.split('\n').filter((line) => /^ {2}(stored|delivered) /.test(line));
  assert.equal(
    new Set(lines.map((line) => line.search(/ {2}(signature verified, |[\d.]+ k?B$)/))).size,
    1,
    said,
  );
  assert.ok(lines.filter((line) => line.includes('signature verified')).length >= 20);
  assert.match(said, /^✔ \d+ messages were delivered and checked$/m);
});

test('Ctrl-C ends the demo and leaves neither a process nor a file behind', async (t) => {
  const [port] = await freePorts(1);
  const demo = runDemo(t, '--port', String(port));
  await until('a message is delivered', () => demo.said().includes('signature verified'));
  assert.match(demo.said(), new RegExp(`Console {6}https://localhost:${port}\n`));
  const folder = /\/\S*letterbox-demo-\w+/.exec(demo.said())?.[0] ?? '';
  const processes = descendants(demo.pid);
  assert.ok(processes.some(({ name }) => name === 'dovecot'));
  assert.ok(existsSync(folder));

  demo.interrupt();
  assert.equal(await demo.ended(), 0, demo.said());
  const known = new Set(processes.map(({ pid }) => pid));
  await until('none of its processes is left', () => !descendants(1).some(({ pid }) => known.has(pid)));
  assert.equal(existsSync(folder), false);
  assert.doesNotMatch(demo.said(), /trouble|✘/);
});

test('a port that is taken is told at once, with the command that takes another', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const demo = runDemo(t, '--port', String(port));
  assert.equal(await demo.ended(), 1);
  assert.match(
    demo.said(),
    /^✘ Another program already listens at port \d+\n.*\n {2}End it, or choose another port: npm run demo -- --port \d+\n$/,
  );
});
