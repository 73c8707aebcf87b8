import assert from 'node:assert/strict';
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { MailSource } from '../../src/sources/source.ts';
import { type DovecotWorld, mails, startDovecotWorld } from './dovecot-world.ts';
import { openPop3 } from './pop3-setting.ts';
import { knownAmong, openSource } from './setting.ts';

/** Files that a real mail server cannot read stop no other message. */

let world: DovecotWorld;
before(async () => {
  world = await startDovecotWorld();
});
after(() => world.stop());

/** Takes the right to read the nth files away from the mail server. */
function spoil(user: string, ...numbers: number[]): () => void {
  const folders = ['new', 'cur'].map((name) => join(world.dovecot.maildir(user), name));
  const files = folders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file))).sort();
  const spoilt = numbers.map((n) => files[n] as string);
  for (const file of spoilt) chmodSync(file, 0);
  return () => {
    for (const file of spoilt) chmodSync(file, 0o600);
  };
}

async function readAll(source: MailSource, stored: Set<string>) {
  const unreadable: string[] = [];
  const problems: string[] = [];
  let cursor: string | null = null;
  for (let readings = 1; readings <= 12; readings++)
    try {
      const { signal } = new AbortController();
      for await (const event of source.messages(cursor, { watch: false, signal })) {
        cursor = event.cursor;
        if (event.kind === 'caught-up') return { unreadable, problems, isCaughtUp: true };
        if (event.kind === 'unreadable') unreadable.push(event.position.uid);
        else for await (const _ of event.raw);
        stored.add(event.position.uid);
      }
    } catch (error) {
      problems.push(String(error));
    }
  return { unreadable, problems, isCaughtUp: false };
}

for (const bad of [[0], [4], [9], [2, 3, 4, 5]])
  test(`IMAP: the files ${bad} that Dovecot cannot read wait, and all others come`, async () => {
    const t = { after: (end: () => void) => after(end) } as Parameters<typeof openSource>[0];
    const user = `imap-${bad.join('-')}@example.com`;
    await world.dovecot.fill(user, mails(10));
    spoil(user, ...bad);
    const stored = new Set<string>();
    const known = knownAmong((uid) => stored.has(uid));
    const source = openSource(t, world.server(user), world.tokensFor(user), {}, known);
    const { unreadable, problems, isCaughtUp } = await readAll(source, stored);
    assert.deepEqual(
      unreadable.map(Number).sort((a, b) => a - b),
      bad.map((n) => n + 1),
      problems.join('\n'),
    );
    assert.deepEqual([stored.size, isCaughtUp], [10, true]);
  });

for (const bad of [[0], [4], [9]])
  test(`POP3: the file ${bad} that Dovecot cannot read waits, and all others come`, async (t) => {
    const user = `pop3-${bad.join('-')}@example.com`;
    await world.dovecot.fill(user, mails(10));
    const source = openPop3(t, world.pop3Server(user), world.tokensFor(user));
    // Dovecot notes the sizes of all at the first sign-in; without one it lets nobody in
    await source.inspect();
    spoil(user, ...bad);
    const stored = new Set<string>();
    const { unreadable, problems, isCaughtUp } = await readAll(source, stored);
    assert.deepEqual([unreadable.length, stored.size, isCaughtUp], [1, 10, true], problems.join('\n'));
  });
