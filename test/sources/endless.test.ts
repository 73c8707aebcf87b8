import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { streamedEnvelope, success } from '../../lab/ews/answers.ts';
import { lookDelay } from '../../src/intake/look-delay.ts';
import type { MailServer } from '../../src/resources/incoming-server/record.ts';
import { createEwsSource } from '../../src/sources/ews/index.ts';
import { createGraphSource } from '../../src/sources/graph/index.ts';
import { createImapSource } from '../../src/sources/imap/index.ts';
import { Paging } from '../../src/sources/paging.ts';
import { createPop3Source } from '../../src/sources/pop3/index.ts';
import { until } from '../until.ts';
import {
  type EwsAnswers,
  type GraphAnswers,
  item,
  startEwsAdversary,
  startGraphAdversary,
} from './adversaries.ts';
import { openMailbox } from './mailbox-world.ts';
import { scripted } from './pop3-setting.ts';
import { type Script, startScriptedImap } from './scripted-imap.ts';
import { type ScriptPop3, startScriptedPop3 } from './scripted-pop3.ts';
import { localCertificates, mailServer } from './setting.ts';

/**
 * Servers that lead on for ever: every loop of every source ends, is told, and has read what it was given on the way.
 * A loop without a bound makes a thousand requests a second here.
 */

type Mailbox = Awaited<ReturnType<typeof openMailbox>>;

/** How it must turn out: the code of a problem, or null where the mailbox is read well and only asked at leisure. */
interface Outcome {
  problem: string | null;
  /** What must be read all the same. */
  stored?: string[];
  /** Requests, where each brings something new. */
  most?: number;
  /** Something that is done to the mailbox all the time. */
  disturb?: (mailbox: Mailbox) => void;
}

const observedMs = 4_000;

/** Runs the mailbox for some seconds, until the problem is shown, and counts. */
async function endures(
  mailbox: Mailbox,
  requests: () => number,
  { problem, stored = [], most, disturb }: Outcome,
) {
  await mailbox.supervisor.start();
  const began = performance.now();
  const timer = disturb && setInterval(() => disturb(mailbox), 5);
  try {
    if (problem === null)
      await until('it watches', async () => (await mailbox.state())?.condition === 'watching');
    else
      await until(`it shows ${problem}`, () => mailbox.problems.has(problem), 120).catch((error) => {
        throw new Error(`${error.message}: ${[...mailbox.problems]}, ${requests()} requests`);
      });
    await sleep(Math.max(0, observedMs - (performance.now() - began)));
    const seconds = (performance.now() - began) / 1000;
    const count = requests();
    assert.ok(count <= (most ?? 60 + 10 * seconds), `${count} requests in ${seconds} s`);
    const here = await mailbox.subjects();
    assert.deepEqual(
      stored.filter((subject) => !here.includes(subject)),
      [],
    );
    if (problem === null) assert.deepEqual([...mailbox.problems], []);
  } finally {
    clearInterval(timer);
  }
}

const [a, b] = [item('a'), item('b')];
const someFolders: Partial<MailServer> = { folders: ['INBOX', '*'] };
const notifications = { url: 'https://letterbox.example/hook', clientState: 'secret' };
const misunderstood = 'graph.protocol';

const graphLoops: Record<string, Outcome & { answers: GraphAnswers; fields?: Partial<MailServer> }> = {
  'delta: the same messages behind ever new links': {
    answers: { delta: (n, link) => ({ value: [a, b], '@odata.nextLink': link(n) }) },
    problem: misunderstood,
    stored: ['a', 'b'],
  },
  'delta: no messages behind ever new links': {
    answers: { delta: (n, link) => ({ value: n === 1 ? [a] : [], '@odata.nextLink': link(n) }) },
    problem: misunderstood,
    stored: ['a'],
  },
  'delta: links in a circle': {
    answers: { delta: (n, link) => ({ value: [a, b], '@odata.nextLink': link(n % 2) }) },
    problem: misunderstood,
    stored: ['a', 'b'],
  },
  'delta: a message that comes and goes': {
    answers: {
      delta: (n, link) => ({
        value: [a, n % 2 ? b : { id: 'b', '@removed': { reason: 'deleted' } }],
        '@odata.nextLink': link(n),
      }),
    },
    problem: misunderstood,
    stored: ['a'],
  },
  'audit: the same messages behind ever new links': {
    answers: { messages: (n, link) => ({ value: [a, b], '@odata.nextLink': link(n) }) },
    problem: misunderstood,
    stored: ['a', 'b'],
  },
  'audit: no messages, in a circle': {
    answers: { messages: (n, link) => ({ value: n === 1 ? [a] : [], '@odata.nextLink': link(n % 2) }) },
    problem: misunderstood,
    stored: ['a'],
  },
  'folders: the same behind ever new links': {
    answers: {
      folders: (n, link) => ({ value: [item('inbox')], '@odata.nextLink': link(n) }),
      delta: (n, link) => ({ value: n === 1 ? [a] : [], '@odata.deltaLink': link('delta') }),
    },
    fields: someFolders,
    problem: misunderstood,
    stored: ['a'],
  },
  'folders: each lies in itself': {
    answers: { folders: () => ({ value: [{ ...item('inbox'), childFolderCount: 1 }] }) },
    fields: someFolders,
    problem: null,
  },
  'folders: each holds another': {
    answers: { folders: (n) => ({ value: [{ ...item(`${n}`), childFolderCount: 1 }] }) },
    fields: { folders: ['INBOX', 'x*'] },
    problem: 'graph.folder-missing',
    most: 600,
  },
  'a subscription that is always over': {
    answers: { subscription: () => ({ id: 's', expirationDateTime: '2026-01-01T00:00:00Z' }) },
    problem: null,
  },
  'a flood of change notifications': {
    answers: {},
    problem: null,
    disturb: ({ supervisor }) => supervisor.hint('srv_test', 'changed'),
  },
  'a flood of lifecycle notifications': {
    answers: {},
    problem: null,
    disturb: ({ supervisor }) => supervisor.hint('srv_test', 'reauthorization-required'),
  },
};
describe('Graph leads on for ever', { concurrency: 12 }, () => {
  for (const [name, { answers, fields, ...outcome }] of Object.entries(graphLoops))
    it(name, async (t) => {
      const { server, requests } = await startGraphAdversary(t, answers, fields);
      await endures(
        await openMailbox(t, server, createGraphSource, { notifications, lookDelay }),
        requests,
        outcome,
      );
    });
});

const closed = success('GetStreamingEvents', '<m:ConnectionStatus>Closed</m:ConnectionStatus>');
const open = success('GetStreamingEvents', '<m:ConnectionStatus>OK</m:ConnectionStatus>');
const happened = success(
  'GetStreamingEvents',
  '<m:Notifications><m:Notification><t:NewMailEvent/></m:Notification></m:Notifications>',
);

const ewsLoops: Record<string, Outcome & { answers: EwsAnswers; fields?: Partial<MailServer> }> = {
  'changes: the same state again and again': {
    answers: { sync: () => ({ ids: ['a'], state: 'x' }) },
    problem: 'ews.protocol',
    stored: ['a'],
  },
  'changes: none behind ever new states': {
    answers: { sync: (n) => ({ ids: n === 1 ? ['a'] : [], state: `${n}` }) },
    problem: 'ews.protocol',
    stored: ['a'],
  },
  'changes: the same message in ever new versions': {
    answers: { sync: (n) => ({ ids: ['a'], state: `${n}`, change: `${n}` }) },
    problem: 'ews.protocol',
    stored: ['a'],
  },
  'changes: states in a circle': {
    answers: { sync: (n) => ({ ids: ['a', 'b'], state: `${n % 2}` }) },
    problem: 'ews.protocol',
    stored: ['a', 'b'],
  },
  'folders: the same page again and again': {
    answers: {
      folders: () => ['INBOX'],
      sync: (n) => ({ ids: n === 1 ? ['a'] : [], state: 'x', isLast: true }),
    },
    fields: someFolders,
    problem: 'ews.protocol',
    stored: ['a'],
  },
  'notifications: the answer ends at once': {
    answers: { events: () => streamedEnvelope(closed) },
    problem: null,
  },
  'notifications: it happens and ends at once': {
    answers: { events: () => streamedEnvelope(happened) + streamedEnvelope(closed) },
    problem: null,
  },
  'notifications: the connection breaks after a sign of life': {
    answers: { events: () => streamedEnvelope(open) },
    problem: null,
  },
};
describe('Exchange leads on for ever', { concurrency: 12 }, () => {
  for (const [name, { answers, fields, ...outcome }] of Object.entries(ewsLoops))
    it(name, async (t) => {
      const { server, requests } = await startEwsAdversary(t, answers, fields);
      await endures(await openMailbox(t, server, createEwsSource, { lookDelay }), requests, outcome);
    });
});

const imapLoops: Record<string, Outcome & { script: Record<string, Script>; fields?: Partial<MailServer> }> =
  {
    'EXISTS for ever while it watches': {
      script: {
        async IDLE({ send, nextLine, ok }) {
          send('+ idling');
          let count = 100;
          const timer = setInterval(() => send(`* ${count++} EXISTS`), 5);
          await nextLine();
          clearInterval(timer);
          ok();
        },
      },
      problem: null,
      stored: ['one'],
    },
    'IDLE that ends at once': {
      script: {
        IDLE({ send, ok }) {
          send('+ idling');
          ok();
        },
      },
      problem: null,
      stored: ['one'],
    },
    'IDLE that is refused': {
      script: { IDLE: ({ tag, send }) => send(`${tag} BAD no`) },
      problem: null,
      stored: ['one'],
    },
    'a message in pieces of one byte': {
      script: {
        'UID FETCH': ({ rest, send, ok }) => {
          const [, start = 0] = /<(\d+)\./.exec(rest) ?? [];
          if (!rest.includes('BODY.PEEK[')) send('* 1 FETCH (UID 1 RFC822.SIZE 100000)');
          if (!rest.includes('BODY.PEEK[')) return ok();
          send(`* 1 FETCH (UID 1 BODY[]<${start}> {1}`, Buffer.from(Number(start) === 0 ? 'a' : 'b'), ')');
          ok();
        },
        'UID SEARCH': ({ rest, usual, send, ok }) => {
          if (!rest.includes('LARGER')) return usual();
          send('* SEARCH 1');
          ok();
        },
      },
      problem: 'imap.refused',
      most: 1_500,
    },
  };
const imapFloods: typeof imapLoops = {
  'LIST without an end': {
    script: { LIST: ({ flood }) => flood((n) => `* LIST () "/" folder${n}`) },
    fields: someFolders,
    problem: 'imap.protocol',
  },
  'SEARCH without an end, in lines': {
    script: { 'UID SEARCH': ({ flood }) => flood((n) => `* SEARCH ${n}`) },
    problem: 'imap.protocol',
  },
  'FETCH without an end': {
    script: { 'UID FETCH': ({ flood }) => flood((n) => `* ${n + 1} FETCH (UID ${n + 1} FLAGS ())`) },
    problem: 'imap.protocol',
  },
  'EXISTS without an end': {
    script: { 'UID SEARCH': ({ flood }) => flood((n) => `* ${n} EXISTS`) },
    problem: 'imap.protocol',
  },
};
const one = Buffer.from('Message-ID: <one@x>\r\nSubject: one\r\n\r\none\r\n');
function imapTests(loops: typeof imapLoops): void {
  for (const [name, { script, fields, ...outcome }] of Object.entries(loops))
    it(name, async (t) => {
      const { caPem, ...certificate } = await localCertificates(t);
      const imap = await startScriptedImap(certificate, script, [{ uid: 1, bytes: one }]);
      t.after(imap.stop);
      const server = mailServer({ port: imap.port, certificateAuthority: caPem, ...fields });
      await endures(
        await openMailbox(t, server, createImapSource, { lookDelay }),
        () => imap.commands.length,
        outcome,
      );
    });
}
describe('IMAP leads on for ever', { concurrency: 12 }, () => imapTests(imapLoops));
// One after the other: each takes all there is of this machine
describe('IMAP floods', () => imapTests(imapFloods));

/** A good beginning, and then line after line. */
const withoutEnd =
  (line: (n: number) => string): ScriptPop3 =>
  ({ send, flood }) => {
    send('+OK');
    return flood(line);
  };
const longLine = 'x'.repeat(900);
const endlessTwo: ScriptPop3 = (command) =>
  command.rest === '2' ? withoutEnd(() => longLine)(command) : command.usual();
const pop3Loops: Record<
  string,
  Outcome & { script: Record<string, ScriptPop3>; fields?: Partial<MailServer> }
> = {
  'CAPA without an end': { script: { CAPA: withoutEnd((n) => `X${n}`) }, problem: 'pop3.protocol' },
  'UIDL without an end': { script: { UIDL: withoutEnd((n) => `${n} u${n}`) }, problem: 'pop3.protocol' },
  'LIST without an end': { script: { LIST: withoutEnd((n) => `${n} 1`) }, problem: 'pop3.protocol' },
  'RETR without an end': { script: { RETR: endlessTwo }, problem: 'message.too-large', stored: ['one'] },
  'TOP without an end': {
    script: { TOP: withoutEnd((n) => `X-${n}: ${longLine}`) },
    fields: { startFrom: '2026-01-01T00:00:00.000Z' },
    problem: 'pop3.protocol',
  },
};
describe('POP3 leads on for ever', () => {
  for (const [name, { script, fields, ...outcome }] of Object.entries(pop3Loops))
    it(name, async (t) => {
      const { caPem, ...certificate } = await localCertificates(t);
      const pop3 = await startScriptedPop3(certificate, script, [scripted('one'), scripted('two')]);
      t.after(pop3.stop);
      const server = mailServer({
        protocol: 'pop3',
        port: pop3.port,
        certificateAuthority: caPem,
        ...fields,
      });
      const options = { maxMessageBytes: 1024 * 1024 };
      await endures(
        await openMailbox(t, server, createPop3Source, { options, lookDelay }),
        () => pop3.commands.length,
        outcome,
      );
    });
});

test('items that are ever new have a bound, too', async () => {
  const paging = new Paging(null, 1_000);
  let pages = 0;
  do paging.fresh([`${pages}`], (id) => id);
  while ((await paging.goesOn(`${++pages}`)) && pages < 5_000);
  assert.equal(pages, 1_001);
});
