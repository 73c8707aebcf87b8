import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../src/telemetry/log.ts';

function listen(isTTY: boolean) {
  let text = '';
  return {
    isTTY,
    write(line: string) {
      text += line;
      return true;
    },
    text: () => text,
  };
}

test('the log is JSON lines, and a mailbox’s lines carry its name', () => {
  const out = listen(false);
  createLog('info', out).child({ server: 'Support' }).warn({ folder: 'INBOX' }, 'the folder is gone');
  const { time, ...line } = JSON.parse(out.text());
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(line, { level: 40, server: 'Support', folder: 'INBOX', msg: 'the folder is gone' });
});

test('what slipped into the log under the name of a secret is blanked, three levels down', () => {
  for (const isTTY of [false, true]) {
    const out = listen(isTTY);
    const error = Object.assign(new Error('refused'), { body: { refresh_token: 'hush-1' } });
    createLog('info', out).error(
      {
        err: error,
        accessToken: 'hush-2',
        request: { headers: { authorization: 'hush-3', 'set-cookie': 'hush-4' } },
      },
      'failed',
    );
    assert.doesNotMatch(out.text(), /hush/);
    assert.match(out.text(), /\[removed\]/);
  }
});

test('on a terminal an entry is a line of text, in which nothing can move the cursor', () => {
  const out = listen(true);
  createLog('info', out).child({ server: 'Support' }).info({ folder: 'a\u001b[2Jb\nc' }, 'read');
  assert.match(out.text(), /^\d\d:\d\d:\d\d\.\d{3} INFO {2}Support: read folder=a\\x1b\[2Jb\\x0ac\n$/);
});

test('entries below the level are left out', () => {
  const out = listen(false);
  createLog('warn', out).info('nothing to see');
  createLog('silent', out).error('nor here');
  assert.equal(out.text(), '');
});
