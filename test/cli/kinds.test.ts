import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtIn, resourcesOf } from '../../src/adapters.ts';
import { commandsOf } from '../../src/cli/commands/index.ts';
import { commandHelp } from '../../src/cli/help.ts';
import { reference } from '../../src/resources/fields/reference.ts';
import { nameField } from '../../src/resources/fields/text.ts';
import type { Resource } from '../../src/resources/resource.ts';
import { put } from '../resources/fixtures.ts';
import { folder } from '../resources/folder/kind.ts';
import { temporaryFolder } from '../store/fixtures.ts';
import { addOutgoing, addProfile, openCommandLine } from './in-process.ts';

const withFolder = { ...builtIn, destinations: [...builtIn.destinations, folder] };

test('the kind follows from an option that only one kind has', async (t) => {
  const { told, json, wrong } = await openCommandLine(t);
  await told(...addProfile);
  await told(...addOutgoing);
  const add = ['destination', 'add', '--name', 'Archive', '--outgoing', 'out'];
  assert.deepEqual(
    await wrong(...add, '--kind', 'webhook', '--url', 'https://x.example/', '--forward-to', 'a@b.c'),
    {
      code: 2,
      lines: [
        '--forward-to: expected nothing, as a webhook has none, got a@b.c',
        `--outgoing: expected nothing, as a webhook has none, got ${(await json('outgoing', 'show', 'Out')).id}`,
      ],
    },
  );
  const archive = await json(...add, '--forward-to', 'archive@contoso.com');
  assert.deepEqual([archive.kind, archive.recipient], ['forward', 'archive@contoso.com']);
  // A destination stays of its kind.
  assert.deepEqual((await wrong('destination', 'set', 'Archive', '--kind', 'webhook')).lines, [
    '--kind: there is no such option',
  ]);
  assert.match(
    (await wrong('destination', 'set', 'Archive', '--url', 'https://x.example/')).lines[0] ?? '',
    /as a forward has none/,
  );
});

test('a kind from elsewhere is in the help, added, listed, shown and set by what it says of itself', async (t) => {
  const { told, json, run } = await openCommandLine(t, withFolder);
  const help = await told('destination', 'add', '--help');
  const line = help.replace(/\s+/g, ' ');
  for (const said of [
    '--kind KIND Kind: webhook (default), forward or folder',
    '--file VALUE File. Messages are appended to it, one a line. With --kind folder',
    '--format VALUE Format: subjects (default) or signed. With --kind folder',
    '--key-file FILE Key, from a file; a line end after it is left out. With --format signed and --kind folder',
    '--key KEY The key itself; other users of the machine and the shell’s history may see it',
    '--word VALUE Only with words. With --kind folder (may be repeated)',
  ])
    assert.ok(line.includes(said), `${said}\n${help}`);

  const file = join(temporaryFolder(t), 'key.txt');
  writeFileSync(file, 'hush~\n');
  const added = await run([
    ...['destination', 'add', '--name', 'Lines', '--file', '/tmp/lines', '--format', 'signed'],
    ...['--key-file', file, '--word', 'fire', '--word', 'water'],
  ]);
  assert.deepEqual([added.code, added.stderr], [0, '']);
  assert.match(added.stdout, /^Added the destination Lines \(dst_\w+\)\.\n$/);
  const record = await json('destination', 'show', 'Lines');
  assert.deepEqual(
    [record.kind, record.file, record.format, record.words],
    ['folder', '/tmp/lines', 'signed', ['fire', 'water']],
  );
  assert.match(await told('destination', 'list'), /^Lines +folder +\/tmp\/lines +all +yes +- +dst_/m);
  const shown = await told('destination', 'show', 'Lines');
  assert.match(shown, /^Format +Signed lines\nDigits of the code +Eight$/m);
  assert.doesNotMatch(JSON.stringify(record) + shown, /hush/);
  assert.equal((await json('destination', 'set', 'Lines', '--digits', 'all')).digits, 'all');
});

test('what cannot be read is named beside the list, tells why, and can be removed', async (t) => {
  const { told, json, wrong, run, letterbox } = await openCommandLine(t);
  await told('destination', 'add', '--name', 'Good', '--url', 'https://x.example/');
  await put(letterbox.store, 'destination', {
    id: 'dst_bad',
    name: 'Bad',
    kind: 'webhook',
    servers: null,
    enabled: true,
  });
  const list = await run(['destination', 'list', '--json']);
  assert.deepEqual(
    JSON.parse(list.stdout).map(({ name }: { name: string }) => name),
    ['Good'],
  );
  assert.match(list.stderr, /^Bad \(dst_bad\): This destination cannot be read\. /);
  assert.deepEqual(await wrong('destination', 'show', 'bad'), { code: 1, lines: ['Bad: url'] });
  await told('destination', 'remove', 'Bad', '--yes');
  assert.deepEqual(await run(['destination', 'list', '--json']), { ...list, stderr: '' });
  assert.equal((await json('destination', 'list')).length, 1);
});

test('a resource that is handed in has its commands, made from its fields', () => {
  const rule: Resource = {
    type: 'rule',
    path: 'rules',
    command: 'rule',
    idPrefix: 'rul',
    title: 'routing rule',
    noun: 'rule',
    version: 1,
    fields: {
      name: nameField({ help: 'Such as “Invoices”.' }),
      destinationId: reference({ label: 'Where to', to: 'destination', placeholder: 'DESTINATION' }),
    },
    removal: { what: 'the routing rule', consequence: 'Messages stay.' },
  };
  const all = Object.values(resourcesOf(builtIn));
  const added = commandsOf([...all, rule]).filter(({ name }) => name.startsWith('rule '));
  assert.deepEqual(
    added.map(({ name }) => name),
    ['rule add', 'rule set', 'rule list', 'rule show', 'rule remove'],
  );
  const help = added.map(commandHelp).join('\n');
  assert.match(
    help,
    /^ {2}--destination-id DESTINATION +Where to: a destination, by name or id \(required\)$/m,
  );
  assert.equal(
    commandsOf([rule]).some(({ name }) => name === 'server sync'),
    false,
  );
});
