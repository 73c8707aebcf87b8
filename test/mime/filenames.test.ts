import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { safeFilename } from '../../src/mime/filename.ts';
import { read } from './mail.ts';

describe('file names', () => {
  const names: [written: string, safe: string | null][] = [
    ['a.txt', 'a.txt'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\a.txt', 'a.txt'],
    ['a\0\r\n.txt', 'a.txt'],
    ['invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['..', null],
    [' / ', null],
    ['...', null],
    ['.htaccess', '.htaccess'],
    // Paths
    ['/etc/passwd', 'passwd'],
    ['~/c.pdf', 'c.pdf'],
    ['usr/local/c.pdf', 'c.pdf'],
    ['c/../d.pdf', 'd.pdf'],
    ['\\\\server\\share\\c.pdf', 'c.pdf'],
    ['folder\\c.pdf', 'c.pdf'],
    ['file:///C:/temp/c.pdf', 'c.pdf'],
    ['https://example.com/c.pdf', 'c.pdf'],
    // Slashes that part no folders
    ['Invoice 12/2024.pdf', 'Invoice 12_2024.pdf'],
    ['Rechnung_12/2024.pdf', 'Rechnung_12_2024.pdf'],
    ['05/03/2024.pdf', '05_03_2024.pdf'],
    ['12\\2024.pdf', '12_2024.pdf'],
    ['AC/DC.mp3', 'AC_DC.mp3'],
    ['Angebot 5/6 - Müller.pdf', 'Angebot 5_6 - Müller.pdf'],
    // Characters that are not seen
    ['c\u2028d\u2066.pdf\ufeff', 'cd.pdf'],
    ['c\u0085\u001b.pdf', 'c.pdf'],
    [`${'a'.repeat(300)}.txt`, `${'a'.repeat(251)}.txt`],
  ];
  for (const [written, safe] of names)
    test(`${JSON.stringify(written.slice(0, 40))} is ${safe?.slice(0, 40)}`, () =>
      assert.equal(safeFilename(written), safe));
});

describe('a file without a name', () => {
  const part = (...fields: string[]) =>
    read('Content-Type: multipart/mixed; boundary=x', '', '--x', ...fields, '', 'a', '--x--').attachments[0]
      ?.filename;
  const locations: [location: string, name: string | null][] = [
    ['c.pdf', 'c.pdf'],
    ['https://example.com/d/c%20%C3%A4.pdf?e=f/g.h#i', 'c ä.pdf'],
    ['file:///C:/d/c.pdf', 'c.pdf'],
    ['"c.pdf"', 'c.pdf'],
    ['https://example.com', null],
    ['https://example.com/d/', null],
    ['cid:d', null],
  ];
  for (const [location, name] of locations)
    test(`at ${location} is ${name}`, () =>
      assert.equal(part('Content-Type: application/pdf', `Content-Location: ${location}`), name));

  test('in its disposition has that of its type, before that of its location', () => {
    const fields = ['Content-Disposition: attachment; filename=".."', 'Content-Location: d.pdf'];
    assert.equal(part('Content-Type: application/pdf; name=c.pdf', ...fields), 'c.pdf');
  });
});
