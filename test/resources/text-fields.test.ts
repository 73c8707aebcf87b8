import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtIn, resourcesOf } from '../../src/adapters.ts';
import type { Problem } from '../../src/model/problem.ts';
import { withParts } from '../../src/resources/field.ts';
import { fieldsOf } from '../../src/resources/resource.ts';
import { exchangeAccess } from '../../src/setup/exchange-access.ts';
import { openStore } from '../store/fixtures.ts';
import { collectionsOf } from './fixtures.ts';

const bad: Record<string, (text: string) => string> = {
  NUL: (text) => `${text.slice(0, 1)}\0${text.slice(1)}`,
  'a carriage return': (text) => `${text.slice(0, 2)}\r${text.slice(2)}`,
  'a line feed': (text) => `${text.slice(0, 2)}\n${text.slice(2)}`,
  ESC: (text) => `${text.slice(0, 2)}\x1b[2J${text.slice(2)}`,
  'what SASL separates by': (text) => `${text.slice(0, 2)}\x01auth=Bearer z${text.slice(2)}`,
  'a C1 control': (text) => `${text.slice(0, 2)}\x85${text.slice(2)}`,
  'half a surrogate pair': (text) => `${text.slice(0, 2)}\ud800${text.slice(2)}`,
  'the other half': (text) => `${text.slice(0, 2)}\udc00${text.slice(2)}`,
};

/** Of several lines by nature; there only what is no text at all is refused. */
const severalLines = ['acknowledgement.text', 'certificateAuthority', 'clientKeyPair'];

test('no field of one line takes a control character or half a character, whichever resource it is of', () => {
  const seen: string[] = [];
  for (const resource of Object.values(resourcesOf(builtIn)))
    for (const { path, field } of withParts(fieldsOf(resource))) {
      const { control } = field;
      if (!['text', 'email', 'url', 'password', 'area'].includes(control.kind)) continue;
      if (severalLines.includes(path)) continue;
      const sample =
        { email: 'ab@contoso.com', url: 'https://contoso.com/x' }[control.kind as 'email'] ?? 'contoso.com';
      const lines = control.kind === 'area' && control.lines === true;
      const take = (text: string) => field.input.safeParse(lines ? [text] : text).success;
      // A list of addresses, say
      const good = [sample, 'ab@contoso.com'].find(take);
      assert.ok(good !== undefined, `${resource.type} ${path} takes something`);
      for (const [name, spoil] of Object.entries(bad)) {
        // A URL may also be taken as it is used, without them
        const { success, data } = field.input.safeParse(lines ? [spoil(good)] : spoil(good));
        const isNormal = control.kind === 'url' && data === good;
        assert.ok(!success || isNormal, `${resource.type} ${path} takes ${name}`);
      }
      seen.push(path);
    }
  for (const path of [
    'name',
    'username',
    'address',
    'clientId',
    'tokenUrl',
    'url',
    'folders',
    'host',
    'signInName',
    'addresses',
  ])
    assert.ok(seen.includes(path), path);
});

test('the text of an answer takes lines, and what is no text is refused', () => {
  const { servers } = resourcesOf(builtIn);
  const { acknowledgement } = servers.fields;
  const take = (text: string) => acknowledgement?.input.safeParse({ outgoingServerId: 'x', text }).success;
  assert.ok(take('Dear,\n\nthanks.'));
  for (const text of ['a\0b', 'a\ud800b']) assert.ok(!take(text));
});

test('a host is a name or an address, and nothing that only looks like one', () => {
  const { host } = resourcesOf(builtIn).servers.fields;
  const take = (text: string) => host?.input.safeParse(text).success;
  for (const text of [
    'mail.contoso.com',
    'localhost',
    '10.0.0.1',
    '::1',
    'fe80::1',
    '2001:db8::25',
    'xn--bcher-kva.example',
    'a-b.c',
    '3com.com',
  ])
    assert.ok(take(text), text);
  for (const text of [
    ':',
    '::::',
    ':1',
    '1:2',
    'a..b',
    '.a',
    'a.',
    '-a.b',
    'a-.b',
    'a b',
    'a_b.c',
    'a/b',
    'a:25',
    'a@b',
    '[::1]',
    '999.1.1.1',
    '127.1',
    '1',
    '0x7f.1',
    `${'a'.repeat(64)}.b`,
    'fe80::1%eth0',
    'https://a.b',
    '',
  ])
    assert.ok(!take(text), text);
});

test('commands for a PowerShell window hold nothing that a window obeys, also from before names were checked', () => {
  const mailbox = "o'brien@contoso.com";
  const profile = {
    name: 'a\x03\nRemove-Mailbox x\u202e\u2028',
    clientId: 'x\r\ny',
    tenant: 'contoso.com\x1b',
    uses: ['imap', 'smtp', 'graph'],
  };
  const commands = exchangeAccess(profile, mailbox, 'oid\n; bad').flatMap(({ commands }) => commands);
  assert.ok(commands.length > 5);
  for (const command of commands) assert.doesNotMatch(command, /[\p{Cc}\p{Cf}\u2028\u2029]/u, command);
  assert.ok(commands.some((command) => command.includes("'Letterbox aRemove-Mailbox x'")));
});

test('entries of a list that are wrong in one way are told once, with all that was given', async (t) => {
  const { notifications } = collectionsOf(await openStore(t));
  const wrong = async (addresses: string | string[]) => {
    const error = await notifications.update('notifications', { addresses }).catch((reason) => reason);
    return (error as Problem).fields?.filter(({ field }) => field.startsWith('addresses'));
  };
  const expected = 'a mail address such as admin@contoso.com';
  assert.deepEqual(await wrong('not an address'), [
    { field: 'addresses', expected, given: 'not, an, address' },
  ]);
  assert.deepEqual(await wrong(['a@b.example', 'nobody']), [
    { field: 'addresses.1', expected, given: 'nobody' },
  ]);
});
