import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { until } from '../until.ts';
import { main, type Shell, temporaryShell } from './shell.ts';

const add =
  'profile add --name Contoso --tenant contoso.com --client-id 11111111-2222-3333-4444-555555555555';

/**
 * Runs a command on a terminal of its own (script(1)), types `typed` once `question` stands there, and gives
 * all that the terminal showed.
 */
async function onTerminal(
  t: TestContext,
  { folder, environment }: Shell,
  command: string,
  question: string,
  typed: string,
) {
  const line = `${process.execPath} ${main} ${command}`;
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    cwd: folder,
    env: environment,
  });
  t.after(() => child.kill());
  const ended = once(child, 'close');
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    shown += text;
  });
  await until('the question is asked', () => shown.includes(question) || child.exitCode !== null);
  child.stdin.write(typed);
  const [code] = await ended;
  return { code, shown };
}

test('a client secret is asked for on a terminal, and what is typed is not shown', async (t) => {
  const shell = temporaryShell(t);
  await shell.serve();
  const secretId = '01234567-89ab-cdef-0123-456789abcdef';
  const refused = await onTerminal(t, shell, add, 'Client secret', `${secretId}\r`);
  assert.equal(refused.code, 2);
  assert.match(refused.shown, /this is its Secret ID/);
  const added = await onTerminal(t, shell, add, 'Client secret', 'hush~\r');
  assert.equal(added.code, 0, added.shown);
  assert.match(
    added.shown,
    /Client secret \(the Value, not the Secret ID\): \s*Added the credential profile Contoso/,
  );
  assert.doesNotMatch(refused.shown + added.shown, /hush|0123-4567/);
});

test('a removal is done after a yes only', async (t) => {
  const shell = temporaryShell(t);
  await shell.serve();
  await shell.json('destination', 'add', '--name', 'Tickets', '--url', 'https://tickets.contoso.com');
  const question =
    'Remove the destination Tickets? Its pending deliveries and dead letters are deleted with it. The messages themselves stay. [y/N]';
  const remove = (typed: string) => onTerminal(t, shell, 'destination remove tickets', question, typed);
  const none = await remove('\r');
  assert.deepEqual([none.code, /Nothing was removed\./.test(none.shown)], [0, true], none.shown);
  const cancelled = await remove('\u0003');
  assert.deepEqual(
    [cancelled.code, /letterbox: Cancelled/.test(cancelled.shown)],
    [1, true],
    cancelled.shown,
  );
  assert.equal((await shell.json('destination', 'list')).length, 1);
  const done = await remove('yes\r');
  assert.deepEqual([done.code, /Removed the destination Tickets\./.test(done.shown)], [0, true], done.shown);
  assert.deepEqual(await shell.json('destination', 'list'), []);
});
