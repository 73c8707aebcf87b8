import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { builtIn, resourcesOf } from '../../src/adapters.ts';
import { createApi } from '../../src/api/api.ts';
import { byFileSystem } from '../../src/api/authorize.ts';
import { openLetterbox } from '../../src/app.ts';
import { runCli } from '../../src/cli/cli.ts';
import { configSchema } from '../../src/config/config.ts';
import { createApp } from '../../src/http/app.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { readDescription } from '../api/described.ts';
import { put } from '../resources/fixtures.ts';
import { content, mailServer, receipt, temporaryFolder } from '../store/fixtures.ts';

/** A Letterbox that runs nothing and has one message, its API and its command line. */
const outgoingInput = {
  name: 'Out',
  address: 'support@contoso.example',
  host: 'localhost',
  security: 'none',
};

async function openApiAndCli(t: TestContext) {
  const dataFolder = temporaryFolder(t);
  const log = createLog('silent');
  const letterbox = await openLetterbox(configSchema.parse({ dataFolder }), log);
  t.after(letterbox.close);
  await put(letterbox.store, 'server', mailServer());
  const [received] = await letterbox.store.messages.receive(mailServer(), [
    receipt(1, 'question', {
      content: content({
        messageId: 'question@x',
        from: [{ name: 'Ann', address: 'ann@fabrikam.example' }],
      }),
      destinationIds: [],
    }),
  ]);
  const { administration } = letterbox;
  const api = createApp({ apps: [createApi({ administration, authorize: byFileSystem, log })], log });

  const described = readDescription(await (await api.request('/api/openapi.json')).json());

  async function ask(method: string, path: string, body?: object) {
    const response = await api.request(path, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const { status, headers } = response;
    const answer = { status, headers: Object.fromEntries(headers), text: await response.clone().text() };
    described.check(method, path, answer);
    return { status, response, json: () => response.json() as Promise<never> };
  }

  /** A command in this process; what it said, and its exit code. */
  async function command(words: string[], input = '') {
    const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()];
    stdin.end(input);
    const code = await runCli(words, {
      resources: Object.values(resourcesOf(builtIn)),
      open: async () => ({ api, close: async () => undefined }),
      serve: () => assert.fail('no server is asked for'),
      environment: { LETTERBOX_DATA_FOLDER: dataFolder },
      folder: dataFolder,
      stdin: stdin as never,
      stdout: stdout as never,
      stderr: stderr as never,
    });
    stdout.end();
    stderr.end();
    return { code, out: await text(stdout), problems: await text(stderr) };
  }

  return { administration, store: letterbox.store, messageId: received?.messageId ?? '', ask, command };
}

test('the API: an outgoing server is added, a message answered, and the answer read back byte for byte', async (t) => {
  const { ask, messageId } = await openApiAndCli(t);
  const added = await ask('POST', '/api/outgoing-servers', outgoingInput);
  assert.equal(added.status, 201);
  const { id } = await added.json();
  const replied = await ask('POST', `/api/messages/${messageId}/reply`, { text: 'It is out.' });
  assert.equal(replied.status, 201);
  const mail: { id: string; size: number; inReplyTo: string } = await replied.json();
  assert.equal(mail.inReplyTo, messageId);
  const { items } = (await (await ask('GET', `/api/outgoing?serverId=${id}`)).json()) as {
    items: { id: string }[];
  };
  assert.deepEqual(
    items.map((one) => one.id),
    [mail.id],
  );
  const raw = await ask('GET', `/api/outgoing/${mail.id}/raw`);
  assert.equal(raw.response.headers.get('content-type'), 'message/rfc822');
  assert.equal((await raw.response.arrayBuffer()).byteLength, mail.size);
  const refused = await ask('POST', '/api/outgoing', { serverId: id, to: ['x'], subject: '', text: 'x' });
  assert.equal(refused.status, 422);
  assert.equal((await ask('GET', '/api/outgoing/out_gone')).status, 404);
  const test = await ask('POST', `/api/outgoing-servers/${id}/test`, { to: 'nobody' });
  assert.match(await test.response.text(), /input\.invalid/);
});

test('the command line: an outgoing server from its addition to its removal, and an answer between', async (t) => {
  const { command, messageId } = await openApiAndCli(t);
  const added = await command([
    'outgoing',
    'add',
    '--name',
    'Out',
    '--address',
    'support@contoso.example',
    '--host',
    'localhost',
    '--port',
    '1',
    '--security',
    'none',
  ]);
  assert.deepEqual([added.code, added.problems], [0, '']);
  assert.match(
    added.out,
    /^Added the outgoing email server Out \(ogs_\w+\)\. Now run: letterbox outgoing test ogs_/,
  );
  assert.match(
    (await command(['outgoing', 'list'])).out,
    /Out +smtp +support@contoso\.example +localhost:1 +yes/,
  );

  const tested = await command(['outgoing', 'test', 'Out', '--to', 'ann@fabrikam.example']);
  assert.equal(tested.code, 1);
  assert.match(tested.out, /^✘ The mail server lets us in\n {2}The mail server cannot be reached/);

  const replied = await command(['reply', messageId, '--text-file', '-', '--json'], 'It is out.\n');
  assert.equal(replied.code, 0, replied.problems);
  assert.equal(JSON.parse(replied.out).subject, 'Re: Printer on fire');
  const both = await command(['reply', messageId, '--text', 'a', '--text-file', '-']);
  assert.deepEqual([both.code, /either this or --text-file/.test(both.problems)], [2, true]);
  assert.match((await command(['deliveries', 'list'])).out, /pending +Out /);

  assert.match((await command(['notifications', 'show'])).out, /^Nobody is told/);
  const set = await command(['notifications', 'set', '--outgoing', 'out', '--to', 'admin@contoso.example']);
  assert.match(set.out, /By mail, through +Out\nTo +admin@contoso\.example/);
  assert.equal((await command(['outgoing', 'remove', 'Out', '--yes'])).code, 1);
  assert.equal((await command(['notifications', 'set', '--off'])).code, 0);

  const forward = ['--name', 'Archive', '--forward-to', 'archive@contoso.example', '--outgoing', 'Out'];
  assert.match(
    (await command(['destination', 'add', ...forward])).out,
    /^Added the destination Archive \(dst_\w+\)\.\n$/,
  );
  assert.match((await command(['destination', 'list'])).out, /Archive +forward +archive@contoso\.example/);
  assert.equal((await command(['destination', 'remove', 'Archive', '--yes'])).code, 0);
  const removed = await command(['outgoing', 'remove', 'Out', '--yes']);
  assert.deepEqual([removed.code, removed.out], [0, 'Removed the outgoing email server Out.\n']);
});

test('an answer that would not reach all whom the message names says whom, until it is said who is meant', async (t) => {
  const { ask, store } = await openApiAndCli(t);
  await ask('POST', '/api/outgoing-servers', outgoingInput);
  const ann = { name: 'Ann', address: 'ann@fabrikam.example' };
  const [received] = await store.messages.receive(mailServer(), [
    receipt(2, 'another', {
      content: content({ messageId: 'odd@x', from: [ann], replyTo: [ann, { name: '', address: 'desk' }] }),
      destinationIds: [],
    }),
  ]);
  const path = `/api/messages/${received?.messageId}/reply`;
  const refused = await ask('POST', path, { text: 'Hi' });
  assert.equal(refused.status, 422);
  const { fields } = (await refused.json()) as { fields: { field: string; given: string }[] };
  assert.deepEqual(
    fields.map(({ field, given }) => [field, given]),
    [['to', 'desk']],
  );
  assert.equal((await ask('POST', path, { text: 'Hi', to: ['ann@fabrikam.example'] })).status, 201);
});
