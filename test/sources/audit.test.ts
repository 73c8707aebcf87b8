import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createEwsSource } from '../../src/sources/ews/index.ts';
import { createGraphSource } from '../../src/sources/graph/index.ts';
import { createImapSource } from '../../src/sources/imap/index.ts';
import { createPop3Source } from '../../src/sources/pop3/index.ts';
import { until } from '../until.ts';
import { type EwsWorld, fill, startEwsWorld } from './ews-world.ts';
import { type GraphWorld, startGraphWorld } from './graph-world.ts';
import { openMailbox } from './mailbox-world.ts';
import { scripted } from './pop3-setting.ts';
import { type Script, type ScriptedMessage, startScriptedImap } from './scripted-imap.ts';
import { type ScriptPop3, startScriptedPop3 } from './scripted-pop3.ts';
import { localCertificates, mailServer } from './setting.ts';

/** Messages are hidden by every trick that servers were seen to use, and all of them are stored in the end. */

let ews: EwsWorld;
let graph: GraphWorld;
before(async () => {
  [ews, graph] = await Promise.all([startEwsWorld(), startGraphWorld()]);
});
after(() => Promise.all([ews.stop(), graph.stop()]));

const options = { reconcileSeconds: 0.2 };
const mail = (subject: string) =>
  Buffer.from(`Message-ID: <${subject}@x>\r\nSubject: ${subject}\r\n\r\n${subject}\r\n`);
const row = (uid: number, subject = `${uid}`, date?: string): ScriptedMessage => ({
  uid,
  bytes: mail(subject),
  ...(date && { date }),
});

async function openImap(t: TestContext, messages: ScriptedMessage[], script: Record<string, Script> = {}) {
  const { caPem, ...certificate } = await localCertificates(t);
  const imap = await startScriptedImap(certificate, script, messages);
  t.after(imap.stop);
  const server = mailServer({ port: imap.port, certificateAuthority: caPem });
  const sources = () => imap.commands.filter((command) => command.includes('BODY.PEEK[]'));
  return { imap, sources, ...(await openMailbox(t, server, createImapSource, { options })) };
}

/** `meanwhile`: what the folder holds after the first look, and what is stored in the end beside that look's. */
const imapTricks: Record<
  string,
  { first: ScriptedMessage[]; meanwhile: ScriptedMessage[]; stored: string[]; problem?: string }
> = {
  'UIDs that fall': {
    first: [row(98), row(99), row(100)],
    meanwhile: [row(51), row(52)],
    stored: ['51', '52'],
    problem: 'imap.uids-fell',
  },
  'UIDs that fall, and old ones among them': {
    first: [row(1), row(99), row(100)],
    meanwhile: [row(1), row(2)],
    stored: ['2'],
    problem: 'imap.uids-fell',
  },
  'a UID that becomes visible late': {
    first: [row(10), row(12)],
    meanwhile: [row(10), row(11), row(12)],
    stored: ['11'],
  },
  'a UID that comes again under a message of another time': {
    first: [row(1), row(2)],
    meanwhile: [row(1), row(2, 'other', '02-Nov-2026 12:00:00 +0000')],
    stored: ['other'],
    problem: 'imap.ids-reused',
  },
  'a mail restored with an old UID': {
    first: [row(1), row(2), row(3)],
    meanwhile: [row(2, 'restored', '02-Oct-2026 12:00:00 +0000'), row(3)],
    stored: ['restored'],
    problem: 'imap.ids-reused',
  },
};
describe('IMAP hides', { concurrency: 6 }, () => {
  for (const [name, { first, meanwhile, stored, problem }] of Object.entries(imapTricks))
    test(name, async (t) => {
      const mailbox = await openImap(t, first);
      await mailbox.supervisor.start();
      const subjects = first.map(({ uid }) => `${uid}`);
      await mailbox.stores(...subjects);
      mailbox.imap.mailbox.messages = meanwhile;
      await mailbox.stores(...subjects, ...stored);
      if (problem)
        await until(`${problem} is shown`, async () => (await mailbox.state())?.problem?.code === problem);
      assert.deepEqual([...mailbox.problems], problem ? [problem] : []);
      await until('it watches', async () => (await mailbox.state())?.condition === 'watching');
      assert.deepEqual(await mailbox.quarantine(), []);
    });

  test('a UID that comes again under another Message-ID: found by the full comparison', async (t) => {
    const mailbox = await openImap(t, [row(1, 'first'), row(2, 'second')]);
    await mailbox.sync();
    mailbox.imap.mailbox.messages = [row(1, 'other'), row(2, 'second')];
    assert.equal((await mailbox.sync({ audit: true })).stored, 1);
    assert.deepEqual(await mailbox.subjects(), ['first', 'other', 'second']);
    assert.deepEqual(await mailbox.sync({ audit: true }), {
      stored: 0,
      recognised: 0,
      waiting: 0,
      quarantined: 0,
    });
  });
});

describe('what was read once is not fetched again by the comparison', { concurrency: 6 }, () => {
  const nothing = { stored: 0, recognised: 0, waiting: 0, quarantined: 0 };

  test('expired messages', async (t) => {
    const mailbox = await openImap(t, [row(1), row(2)]);
    await mailbox.sync();
    const future = new Date(Date.now() + 60_000).toISOString();
    assert.equal(
      (await mailbox.store.messages.expire({ sourcesBefore: null, messagesBefore: future })).messages,
      2,
    );
    const asked = mailbox.sources().length;
    assert.deepEqual(await mailbox.sync({ audit: true }), nothing);
    assert.equal(mailbox.sources().length, asked);
  });

  test('dismissed messages', async (t) => {
    const mailbox = await openImap(t, [row(1), row(2)], {
      'UID FETCH': ({ rest, tag, send, usual }) =>
        rest.includes('BODY.PEEK[]') && /^(1,|1:)?2\b/.test(rest)
          ? send(`${tag} NO [SERVERBUG] no`)
          : usual(),
    });
    const { waiting } = await mailbox.sync();
    assert.equal(waiting, 1);
    const [entry] = await mailbox.quarantine();
    await mailbox.store.quarantine.dismiss(`${entry?.id}`);
    const asked = mailbox.sources().length;
    assert.deepEqual(await mailbox.sync({ audit: true }), nothing);
    assert.equal(mailbox.sources().length, asked);
  });

  test('renumbered messages', async (t) => {
    const mailbox = await openImap(t, [row(1), row(2)]);
    await mailbox.sync();
    mailbox.imap.mailbox.validity = 2;
    mailbox.imap.mailbox.messages = [row(7, '2'), row(9, '1')];
    assert.deepEqual(await mailbox.sync(), { ...nothing, recognised: 2 });
    const asked = mailbox.sources().length;
    assert.deepEqual(await mailbox.sync({ audit: true }), nothing);
    assert.equal(mailbox.sources().length, asked);
    assert.deepEqual(await mailbox.subjects(), ['1', '2']);
  });

  test('messages that were deleted on the server', async (t) => {
    const mailbox = await openImap(t, [row(1), row(2)]);
    await mailbox.sync();
    mailbox.imap.mailbox.messages = [row(2)];
    assert.deepEqual(await mailbox.sync({ audit: true }), nothing);
    // Nor when one of them is back in its place
    mailbox.imap.mailbox.messages = [row(1), row(2)];
    assert.deepEqual(await mailbox.sync({ audit: true }), nothing);
  });
});

async function openPop3(
  t: TestContext,
  uids: string[],
  script: (pop3: () => Maildrop) => Record<string, ScriptPop3>,
) {
  const { caPem, ...certificate } = await localCertificates(t);
  const pop3: Maildrop = await startScriptedPop3(
    certificate,
    script(() => pop3),
    uids.map((uid) => scripted(uid)),
  );
  t.after(pop3.stop);
  const server = mailServer({ protocol: 'pop3', port: pop3.port, certificateAuthority: caPem });
  const mailbox = await openMailbox(t, server, createPop3Source, { options });
  await mailbox.supervisor.start();
  return { pop3, ...mailbox };
}
type Maildrop = Awaited<ReturnType<typeof startScriptedPop3>>;

describe('POP3 hides', { concurrency: 4 }, () => {
  test('a message that somebody deleted meanwhile ends as gone', async (t) => {
    const mailbox = await openPop3(t, ['a', 'b', 'c'], (pop3) => ({
      RETR({ nth, usual }) {
        const { maildrop } = pop3();
        if (nth === 2) maildrop.messages = maildrop.messages.filter(({ uid }) => uid !== 'b');
        return usual();
      },
    }));
    await mailbox.stores('a', 'c');
    await until('nothing is waited for', async () => (await mailbox.quarantine()).length === 0);
    assert.deepEqual([...mailbox.problems], []);
    assert.equal((await mailbox.state())?.condition, 'watching');
  });

  for (const missing of ['new', 'stored'] as const)
    test(`a row of UIDL that is missing once: that of a ${missing} message`, async (t) => {
      const nth = missing === 'new' ? 1 : 2;
      const mailbox = await openPop3(t, ['a', 'b', 'c'], () => ({
        UIDL: ({ nth: look, send, usual }) => (look === nth ? send('+OK', '1 a', '3 c', '.') : usual()),
      }));
      await mailbox.stores('a', 'b', 'c');
      const looks = () => mailbox.pop3.commands.filter((command) => command === 'UIDL').length;
      await until('it was looked at again', () => looks() > 3);
      const read = mailbox.pop3.commands.filter((command) => command.startsWith('RETR'));
      assert.equal(read.length, 3);
    });
});

describe('Graph hides', { concurrency: 6 }, () => {
  const openGraph = async (t: TestContext, address: string) => {
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c'])
      ids.push((await graph.graph.deliver(address, mail(name))).immutableId);
    const mailbox = await openMailbox(t, graph.server(address), createGraphSource, {
      options,
      tokens: graph.tokens(),
    });
    return { ...mailbox, b: `${ids[1]}` };
  };

  for (const times of [1, 3, 12])
    test(`a message of which $value says 404, ${times} times`, async (t) => {
      const mailbox = await openGraph(t, `absent${times}@example.com`);
      graph.graph.faults.refusedSources.set(mailbox.b, times);
      await mailbox.supervisor.start();
      await mailbox.stores('a', 'b', 'c');
      await until('nothing is waited for', async () => (await mailbox.quarantine()).length === 0);
      assert.deepEqual([...mailbox.problems], []);
    });

  test('a message that delta never lists', async (t) => {
    const mailbox = await openGraph(t, 'hidden@example.com');
    graph.graph.faults.hiddenFromDelta.add(mailbox.b);
    await mailbox.supervisor.start();
    await mailbox.stores('a', 'b', 'c');
    assert.deepEqual([...mailbox.problems], []);
  });
});

describe('Graph, with an id that it gave and calls malformed', () => {
  test('asks again', async (t) => {
    const address = 'malformed@example.com';
    const { immutableId } = await graph.graph.deliver(address, mail('b'));
    await graph.graph.deliver(address, mail('a'));
    graph.graph.faults.refusal = { status: 400, code: 'ErrorInvalidIdMalformed' };
    graph.graph.faults.refusedSources.set(immutableId, 3);
    const mailbox = await openMailbox(t, graph.server(address), createGraphSource, {
      options,
      tokens: graph.tokens(),
    });
    await mailbox.supervisor.start();
    await mailbox.stores('a', 'b');
    assert.deepEqual([...mailbox.problems], []);
  });
});

describe('Exchange hides', { concurrency: 6 }, () => {
  for (const times of [1, 4, 9])
    test(`a message of which GetItem says ErrorItemNotFound, ${times} times`, async (t) => {
      const address = `absent${times}@example.com`;
      const inbox = ews.ews.mailbox(address);
      await fill(inbox, [mail('a')]);
      await inbox.deliver(mail('b'), 'INBOX', { refusal: { code: 'ErrorItemNotFound', times } });
      await fill(inbox, [mail('c')]);
      const mailbox = await openMailbox(t, ews.server(address), createEwsSource, {
        options,
        tokens: ews.personalTokens(address),
      });
      await mailbox.supervisor.start();
      await mailbox.stores('a', 'b', 'c');
      await until('nothing is waited for', async () => (await mailbox.quarantine()).length === 0);
      assert.deepEqual([...mailbox.problems], []);
    });

  test('a message that it never tells as a change', async (t) => {
    const address = 'hidden@example.com';
    const inbox = ews.ews.mailbox(address);
    await fill(inbox, [mail('a')]);
    const mailbox = await openMailbox(t, ews.server(address), createEwsSource, {
      options,
      tokens: ews.personalTokens(address),
    });
    await mailbox.supervisor.start();
    await mailbox.stores('a');
    const [id] = await fill(inbox, [mail('b')]);
    ews.ews.faults.hiddenFromSync.add(`${id}`);
    await fill(inbox, [mail('c')]);
    await mailbox.stores('a', 'b', 'c');
    assert.deepEqual([...mailbox.problems], []);
  });
});
