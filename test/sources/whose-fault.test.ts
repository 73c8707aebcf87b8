import assert from 'node:assert/strict';
import { after, before, describe, it, test } from 'node:test';
import type { MailSource } from '../../src/sources/source.ts';
import { type EwsWorld, fill, openSource as openEws, startEwsWorld } from './ews-world.ts';
import { type GraphWorld, startGraphWorld } from './graph-world.ts';
import { scripted, startMaildrop } from './pop3-setting.ts';
import { rowOf, type Script, startScriptedImap } from './scripted-imap.ts';
import type { ScriptPop3 } from './scripted-pop3.ts';
import { knownAmong, localCertificates, mailServer, openSource, sha256 } from './setting.ts';

/** An outage is the server's fault, whatever it says and wherever it strikes: see docs/protocols.md. */

let ews: EwsWorld;
let graph: GraphWorld;
before(async () => {
  [ews, graph] = await Promise.all([startEwsWorld(), startGraphWorld()]);
});
after(() => Promise.all([ews.stop(), graph.stop()]));

const mail = (n: number) => Buffer.from(`Message-ID: <${n}@example.com>\r\nSubject: ${n}\r\n\r\n${n}\r\n`);
const mails = (count: number) => Array.from({ length: count }, (_, n) => mail(n + 1));

interface Read {
  stored: Set<string>;
  unreadable: string[];
  /** Codes of what the readings ended with. */
  problems: string[];
}

/** Reads again and again from the last cursor, as the loop of a mailbox does, until it has caught up or `most` readings are over. */
async function read(source: MailSource, stored: Set<string>, most: number): Promise<Read> {
  const unreadable: string[] = [];
  const problems: string[] = [];
  let cursor: string | null = null;
  for (let readings = 1; readings <= most; readings++)
    try {
      const { signal } = new AbortController();
      for await (const event of source.messages(cursor, { watch: false, signal })) {
        cursor = event.cursor;
        if (event.kind === 'caught-up') return { stored, unreadable, problems };
        if (event.kind === 'unreadable') unreadable.push(event.position.uid);
        else for await (const _ of event.raw);
        stored.add(event.position.uid);
      }
    } catch (error) {
      problems.push((error as { code: string }).code);
    }
  return { stored, unreadable, problems };
}

async function imapMailbox(
  t: Parameters<typeof localCertificates>[0],
  script: Record<string, Script>,
  count = 6,
) {
  const certificates = await localCertificates(t);
  const messages = mails(count).map((bytes, n) => ({ uid: n + 1, bytes }));
  const imap = await startScriptedImap(certificates, script, messages);
  t.after(imap.stop);
  const stored = new Set<string>();
  const server = mailServer({ port: imap.port, certificateAuthority: certificates.caPem });
  const source = openSource(
    t,
    server,
    undefined,
    {},
    knownAmong((uid) => stored.has(uid)),
  );
  return { source, stored };
}

const imapOutages: Record<string, (command: Parameters<Script>[0]) => void> = {
  'NO [UNAVAILABLE]': ({ tag, send }) => send(`${tag} NO [UNAVAILABLE] The backend is down`),
  'NO [INUSE]': ({ tag, send }) => send(`${tag} NO [INUSE] Mailbox is locked`),
  'NO in words of its own': ({ tag, send }) => send(`${tag} NO Internal error occurred`),
  'NO Server Unavailable': ({ tag, send }) => send(`${tag} NO Server Unavailable. 15`),
  BAD: ({ tag, send }) => send(`${tag} BAD something`),
  BYE: ({ send, hangUp }) => {
    send('* BYE System Error');
    hangUp();
  },
  'a connection that ends': ({ hangUp }) => hangUp(),
  'NIL for every body': ({ mailbox, send, ok }) => {
    for (const { uid } of mailbox.messages)
      send(`* ${uid} FETCH (UID ${uid} INTERNALDATE "01-Nov-2026 12:00:00 +0000" RFC822.SIZE 50 BODY[] NIL)`);
    ok();
  },
  'no rows at all': ({ ok }) => ok(),
};
// Each waits a while between its questions
describe('IMAP outages', { concurrency: 12 }, () => {
  for (const [name, trouble] of Object.entries(imapOutages))
    for (const readBefore of [0, 3])
      it(`${name}, after ${readBefore} messages: none is blamed`, async (t) => {
        let isOut = readBefore === 0;
        const { source, stored } = await imapMailbox(t, {
          'UID FETCH': (command) => {
            if (isOut) return trouble(command);
            if (readBefore === 0 || !command.rest.includes('BODY.PEEK[]')) return command.usual();
            if (stored.size > 0) return command.usual();
            isOut = true;
            for (const message of command.mailbox.messages.slice(0, readBefore))
              command.send(...rowOf(message, message.uid, command.rest));
            return trouble(command);
          },
        });
        const during = await read(source, stored, 5);
        assert.deepEqual([during.unreadable, during.problems.length, stored.size], [[], 5, readBefore]);
        isOut = false;
        const { unreadable } = await read(source, stored, 3);
        assert.deepEqual([unreadable, stored.size], [[], 6]);
      });
});

const pop3Outages: Record<string, ScriptPop3> = {
  '-ERR Server Unavailable. 21': ({ send }) => send('-ERR Server Unavailable. 21'),
  '-ERR [SYS/TEMP]': ({ send }) => send('-ERR [SYS/TEMP] try later'),
  '-ERR in words of its own': ({ send }) => send('-ERR internal failure'),
  'a connection that ends': ({ hangUp }) => hangUp(),
};
for (const [name, trouble] of Object.entries(pop3Outages))
  test(`POP3: an outage (${name}) blames no message`, async (t) => {
    let isOut = true;
    const { source } = await startMaildrop(
      t,
      { RETR: (command) => (isOut ? trouble(command) : command.usual()) },
      mails(12).map((_, n) => scripted(`m${n}`)),
    );
    const during = await read(source, new Set(), 8);
    assert.deepEqual([during.unreadable, during.problems.length], [[], 8]);
    isOut = false;
    const { unreadable, stored } = await read(source, new Set(), 3);
    assert.deepEqual([unreadable, stored.size], [[], 12]);
  });

for (const code of [
  'ErrorConnectionFailedTransientError',
  'ErrorInternalServerError',
  'ErrorMailboxMoveInProgress',
  'ErrorMailboxStoreUnavailable',
  'ErrorMimeContentConversionFailed',
  'ErrorSomethingThatNobodyKnows',
])
  for (const kind of ['message', 'fault'] as const)
    test(`EWS: an outage (${code}, as ${kind}) blames no message`, async (t) => {
      const address = `${code}-${kind}@example.com`.toLowerCase();
      await fill(ews.ews.mailbox(address), mails(6));
      const stored = new Set<string>();
      const source = openEws(t, ews.server(address), ews.personalTokens(address), {}, { stored });
      const times = 60;
      ews.ews.faults.next({ kind, code }, { operation: 'GetItem', times });
      const during = await read(source, stored, 4);
      assert.deepEqual(during.unreadable, []);
      assert.equal(during.problems.length, 4);
      const { unreadable } = await read(source, stored, 60);
      assert.deepEqual([unreadable, stored.size], [[], 6]);
    });

test('Graph: a time-out at the source of every message, while all else answers, blames no message', async (t) => {
  const address = 'outage@example.com';
  for (const bytes of mails(10)) await graph.graph.deliver(address, bytes);
  const { gatewayTimeouts } = graph.graph.faults;
  for (const { immutableId } of graph.graph.mailbox(address).messages()) gatewayTimeouts.set(immutableId, 9);
  const stored = new Set<string>();
  const source = graph.source(t, address, { known: knownAmong((uid) => stored.has(uid)) });
  const during = await read(source, stored, 3);
  assert.deepEqual([during.unreadable, new Set(during.problems)], [[], new Set(['graph.unavailable'])]);
  gatewayTimeouts.clear();
  const { unreadable } = await read(source, stored, 3);
  assert.deepEqual([unreadable, stored.size], [[], 10]);
});

for (const bad of [[4], [1], [12], [2, 3, 4, 5, 6, 7, 8, 9]])
  test(`IMAP: bad messages (${bad}) stop no other, and only they wait`, async (t) => {
    const { source, stored } = await imapMailbox(
      t,
      {
        'UID FETCH': (command) => {
          const { rest, tag, mailbox, send, usual } = command;
          const wanted = rest.split(' ')[0] ?? '';
          const uids = mailbox.messages.map(({ uid }) => uid).filter((uid) => inSet(uid, wanted));
          const isRefused = rest.includes('BODY.PEEK[]') && uids.some((uid) => bad.includes(uid));
          return isRefused ? send(`${tag} NO [SERVERBUG] cannot read it`) : usual();
        },
      },
      12,
    );
    const { unreadable } = await read(source, stored, 12);
    assert.deepEqual(
      unreadable.map(Number).toSorted((a, b) => a - b),
      bad,
    );
    assert.equal(stored.size, 12);
  });

function inSet(uid: number, set: string): boolean {
  return set.split(',').some((range) => {
    const [first = '', last = first] = range.split(':');
    return uid >= Number(first) && uid <= (last === '*' ? Number.POSITIVE_INFINITY : Number(last));
  });
}

test('POP3: a row of UIDL or LIST that is none stops no other message, and is told', async (t) => {
  for (const name of ['UIDL', 'LIST'] as const) {
    const three = ['a', 'b', 'c'].map((uid) => scripted(uid));
    const { source } = await startMaildrop(
      t,
      {
        [name]: ({ send }) =>
          send('+OK', name === 'UIDL' ? '1 a' : '1 50', '2', name === 'UIDL' ? '3 c' : '3 50', '.'),
      },
      three,
    );
    const { stored, problems } = await read(source, new Set(), 2);
    assert.deepEqual([[...stored], problems], [name === 'UIDL' ? ['a', 'c'] : ['a', 'b', 'c'], []]);
  }
});

test('the mails of this file are all different', () => assert.equal(new Set(mails(12).map(sha256)).size, 12));
