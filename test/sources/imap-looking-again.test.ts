import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { MailSource } from '../../src/sources/source.ts';
import { type Script, type ScriptedImap, type ScriptedMessage, startScriptedImap } from './scripted-imap.ts';
import { localCertificates, mailServer, openSource, readNow } from './setting.ts';

/** What is asked of a server at a look at a mailbox in which nothing happens. */

function mail(uid: number): ScriptedMessage {
  return { uid, bytes: Buffer.from(`Subject: ${uid}\r\n\r\nmail ${uid}\r\n`) };
}

async function startMailbox(t: TestContext, folders: string[], script: Record<string, Script> = {}) {
  const { caPem, ...certificate } = await localCertificates(t);
  const imap = await startScriptedImap(certificate, script, [mail(1), mail(2)]);
  t.after(() => imap.stop());
  const server = mailServer({ port: imap.port, certificateAuthority: caPem, folders });
  return { imap, source: openSource(t, server, undefined, { reconcileSeconds: 0.1 }) };
}

/** The commands of the second look, and how many messages came in it. */
async function secondLook(imap: ScriptedImap, source: MailSource, between: () => void) {
  const stop = new AbortController();
  let looks = 0;
  let seen = 0;
  let begin = 0;
  for await (const event of source.messages(null, { watch: true, signal: stop.signal })) {
    if (event.kind === 'message' && looks === 1) seen++;
    if (event.kind !== 'caught-up') continue;
    if (++looks === 2) stop.abort();
    else {
      begin = imap.commands.length;
      between();
    }
  }
  const commands = imap.commands.slice(begin).filter((line) => !/^(IDLE|NOOP|LIST|LSUB)/.test(line));
  return { seen, commands: commands.map((line) => line.replace(/ \(.*/, '')) };
}

test('in a folder that stands as it was nothing is searched; in others not even that is opened', async (t) => {
  const { imap, source } = await startMailbox(t, ['INBOX', 'Orders', 'Private']);
  const { seen, commands } = await secondLook(imap, source, () => {});
  assert.equal(seen, 0);
  assert.deepEqual(commands, ['EXAMINE INBOX', 'STATUS Orders', 'STATUS Private']);
});

test('it is the same after a new connection, with the cursor of the last look', async (t) => {
  const { imap, source } = await startMailbox(t, ['INBOX']);
  const { cursor } = await readNow(source);
  const begin = imap.commands.length;
  assert.deepEqual((await readNow(source, cursor)).seen, []);
  assert.ok(!imap.commands.slice(begin).some((line) => line.startsWith('UID SEARCH')));
  assert.equal((await readNow(source, null)).seen.length, 2, 'an older cursor is read from where it was');
});

test('a new message is found in each folder', async (t) => {
  const { imap, source } = await startMailbox(t, ['INBOX', 'Orders']);
  const { seen } = await secondLook(imap, source, () => imap.mailbox.messages.push(mail(3)));
  assert.equal(seen, 2);
});

test('a message that is counted in UIDNEXT before it shows is not passed over', async (t) => {
  const { imap, source } = await startMailbox(t, ['INBOX', 'Orders']);
  imap.mailbox.uidNext = 4;
  const { seen } = await secondLook(imap, source, () => imap.mailbox.messages.push(mail(3)));
  assert.equal(seen, 2);
});

test('a server that tells no UIDNEXT is searched at each look', async (t) => {
  const { imap, source } = await startMailbox(t, ['INBOX'], {
    EXAMINE({ mailbox, send, ok }) {
      send(`* ${mailbox.messages.length} EXISTS`, `* OK [UIDVALIDITY ${mailbox.validity}] valid`);
      ok('[READ-ONLY] opened');
    },
  });
  const { commands } = await secondLook(imap, source, () => {});
  assert.deepEqual(commands, ['EXAMINE INBOX', 'UID SEARCH UID 3:*']);
});
