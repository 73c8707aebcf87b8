import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileName } from '../../src/cli/attachment-file.ts';
import { parseMessage } from '../../src/mime/parser.ts';
import { temporaryShell } from './shell.ts';

const mail = (name: string, content: string) =>
  Buffer.from(
    [
      'From: Ada <ada@example.com>',
      'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html',
      '',
      '<p>Hello</p>',
      '--b',
      'Content-Type: application/pdf',
      `Content-Disposition: attachment; filename="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(content).toString('base64'),
      '--b--',
      '',
    ].join('\r\n'),
  );

test('a mail in a file is printed as it is understood, with no mailbox, data folder or settings', async (t) => {
  const shell = temporaryShell(t);
  const source = mail('a.pdf', 'PDF');
  writeFileSync(join(shell.folder, 'mail.eml'), source);
  writeFileSync(join(shell.folder, 'letterbox.yaml'), 'nonsense: [');
  const before = readdirSync(shell.folder);
  const { code, stdout, stderr } = await shell.letterbox('parse', 'mail.eml');
  assert.deepEqual([code, stderr], [0, '']);
  const { content, size, sha256 } = parseMessage(source);
  assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify({ ...content, size, sha256 })));
  assert.deepEqual([content.subject, content.text, content.textFromHtml], ['Grüße', 'Hello', true]);
  assert.deepEqual(readdirSync(shell.folder), before);
});

test('several mails are a line each, and standard input is one', async (t) => {
  const shell = temporaryShell(t);
  writeFileSync(join(shell.folder, '1.eml'), 'Subject: one\r\n\r\n');
  const both = await shell.run(['parse', '1.eml', '-'], { input: 'Subject: two\r\n\r\n' });
  const subjects = both.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).subject);
  assert.deepEqual([both.code, subjects], [0, ['one', 'two']]);
  const one = await shell.run(['parse'], { input: 'Subject: three\r\n\r\n' });
  assert.equal(JSON.parse(one.stdout).subject, 'three');
});

test('a file that cannot be read is told, and the others are printed', async (t) => {
  const shell = temporaryShell(t);
  writeFileSync(join(shell.folder, '1.eml'), 'Subject: one\r\n\r\n');
  const { code, stdout, stderr } = await shell.letterbox('parse', 'none.eml', '1.eml', '.');
  assert.equal(code, 1);
  assert.equal(JSON.parse(stdout).subject, 'one');
  assert.match(stderr, /none\.eml \(ENOENT\)[\s\S]*\. \(EISDIR\)/);
});

test('attachments are written decoded, and nothing is overwritten or written through a link', async (t) => {
  const shell = temporaryShell(t);
  const file = (...path: string[]) => join(shell.folder, ...path);
  writeFileSync(file('1.eml'), mail('../../a.pdf', 'first'));
  writeFileSync(file('2.eml'), mail('a.pdf', 'second'));
  assert.equal((await shell.letterbox('parse', '1.eml', '--attachments', 'one')).code, 0);
  assert.equal(readFileSync(file('one', '0-a.pdf'), 'utf8'), 'first');
  const again = await shell.letterbox('parse', '2.eml', '--attachments', 'one');
  assert.deepEqual([again.code, again.stdout], [1, '']);
  assert.match(again.stderr, /0-a\.pdf \(EEXIST\)/);
  assert.equal(readFileSync(file('one', '0-a.pdf'), 'utf8'), 'first');
  mkdirSync(file('two'));
  symlinkSync(file('elsewhere'), file('two', '0-a.pdf'));
  assert.equal((await shell.letterbox('parse', '2.eml', '--attachments', 'two')).code, 1);
  assert.ok(!readdirSync(shell.folder).includes('elsewhere'));
  const input = readFileSync(file('2.eml'));
  assert.equal((await shell.run(['parse', '--attachments', 'three', '-'], { input })).code, 0);
  assert.equal(readFileSync(file('three', '0-a.pdf'), 'utf8'), 'second');
  assert.equal((await shell.letterbox('parse', '1.eml', '2.eml', '--attachments', 'all')).code, 0);
  assert.equal(readFileSync(file('all', '2', '0-a.pdf'), 'utf8'), 'second');
});

test('a mail of 150 MB goes through in bounded memory, with its attachment', async (t) => {
  const shell = temporaryShell(t);
  const line = `${'QUJD'.repeat(19)}\r\n`;
  const body = line.repeat(Math.ceil((150 * 1024 * 1024) / line.length));
  const head = 'Content-Type: a/b; name=big.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n';
  writeFileSync(join(shell.folder, 'big.eml'), head + body);
  const environment = { NODE_OPTIONS: '--max-old-space-size=96' };
  const { code, stdout, stderr } = await shell.run(['parse', 'big.eml', '--attachments', '.'], {
    environment,
  });
  assert.deepEqual([code, stderr], [0, '']);
  const [attachment] = JSON.parse(stdout).attachments;
  assert.equal(attachment.size, (body.length / 78) * 57);
  assert.equal(readFileSync(join(shell.folder, '0-big.bin')).length, attachment.size);
});

test('the name of a file is one, whatever stands in the mail', () => {
  const names: [filename: string | null, name: string][] = [
    ['report.pdf', '3-report.pdf'],
    [null, '3-attachment'],
    ['', '3-attachment'],
    ['../../etc/passwd', '3-_.._etc_passwd'],
    ['..', '3-attachment'],
    ['.bashrc', '3-bashrc'],
    ['C:\\temp\\a.txt', '3-C__temp_a.txt'],
    ['a\0b\nc\x1b[31m.txt', '3-abc[31m.txt'],
    ['gpj.\u202eexe', '3-gpj.exe'],
    ['Rechnung Nr. 12/2024.pdf', '3-Rechnung Nr. 12_2024.pdf'],
    ['ä.txt', '3-ä.txt'],
    [`${'ä'.repeat(300)}.pdf`, `3-${'ä'.repeat(98)}.pdf`],
    ['😀'.repeat(100), `3-${'😀'.repeat(50)}`],
  ];
  for (const [filename, name] of names) {
    assert.equal(fileName({ index: 3, filename }), name);
    assert.ok(Buffer.byteLength(name) <= 255);
  }
});
