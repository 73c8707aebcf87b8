import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { htmlToText } from '../../src/mime/html-text.ts';
import { parseMessage } from '../../src/mime/parser.ts';

const repeat = (text: string, size: number) => text.repeat(Math.ceil(size / text.length));
const multipart = 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n';
const encoded = (encoding: string, body: string, type = 'text/plain') =>
  `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`;
const text = (charset: string, body: string) => `Content-Type: text/plain; charset=${charset}\r\n\r\n${body}`;

/** Fifty multiparts in each other, whose boundaries begin alike. */
const nested = Array.from(
  { length: 50 },
  (_, depth) =>
    `Content-Type: multipart/mixed; boundary="${'a'.repeat(depth + 1)}"\r\n\r\n--${'a'.repeat(depth + 1)}\r\n`,
).join('');

/** For each scanner what it has the most work with, so many bytes of it. */
const sources: Record<string, (size: number) => string> = {
  'a boundary, spaces and a character': (size) => multipart + repeat(`--b${' '.repeat(1000)}x\r\n`, size),
  'hyphens, spaces and a character': (size) => multipart + repeat(`--${' '.repeat(1000)}x\r\n`, size),
  'hyphens, spaces and a character, without a boundary': (size) =>
    `Content-Type: multipart/mixed\r\n\r\n${repeat(`--${' \t'.repeat(500)}x\r\n`, size)}`,
  'lines of hyphens in many multiparts': (size) => nested + repeat('--\r\n', size),
  'lines that begin like many boundaries': (size) => nested + repeat(`--${'a'.repeat(60)} x\r\n`, size),
  'white space before the first line of hyphens': (size) =>
    multipart + repeat(' \r\n', size / 2) + repeat('--x y\r\n', size / 2),
  'lines that look like boundaries': (size) =>
    `Content-Type: multipart/mixed\r\n\r\n${repeat('--x\r\ny\r\n', size)}`,
  'boundaries that are guessed': (size) =>
    `Content-Type: multipart/mixed\r\n\r\n${repeat('--x\r\nContent-Type: multipart/mixed\r\n\r\n', size)}`,
  'closing boundaries': (size) => multipart + repeat('--b--\r\n', size),
  'boundaries closed and opened': (size) => multipart + repeat('--b\r\n\r\n--b--\r\n', size),
  'multiparts that are encoded': (size) =>
    `Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(repeat('--b\r\n\r\nx\r\n', size)).toString('base64')}`,
  'an encoded multipart in encoded multiparts': (size) =>
    `Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${repeat('--c\r\nContent-Type: multipart/mixed; boundary=c\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n', size)}`,
  'Content-Type fields': (size) =>
    `${repeat('Content-Type: multipart/mixed; boundary=b\r\n', size)}\r\n--b\r\n`,
  'fields of eight bits beside a long Content-Type': (size) =>
    `${repeat('X: \xfc\r\n', size / 2)}Content-Type: text/plain; x="${repeat('x', size / 2)}"; charset=iso-8859-1\r\n\r\n`,
  'texts and their alternatives': (size) =>
    multipart + repeat('--b\r\nContent-Type: text/html\r\n\r\nx\r\n', size),
  'one line': (size) => multipart + repeat('-', size),
  'a text of spaces': (size) => text('utf-8', `${repeat(' ', size)}x`),
  'padded base64': (size) => encoded('base64', repeat('A=', size)),
  'padded lines of base64': (size) => encoded('base64', repeat('YQ==\r\n', size)),
  padding: (size) => encoded('base64', `YQ${repeat('=', size)}`),
  'prose for base64': (size) => encoded('base64', repeat('a b c! \r\n', size)),
  'empty lines before base64': (size) => encoded('base64', `${repeat('\r\n', size)}YQ==`),
  'base64 in a line': (size) => encoded('base64', repeat('YWJj', size), 'a/b'),
  'soft breaks': (size) => encoded('quoted-printable', repeat('=\r\n', size)),
  'spaces in quoted-printable': (size) => encoded('quoted-printable', repeat(`=${' '.repeat(999)}`, size)),
  'flowed lines': (size) => `Content-Type: text/plain; format=flowed\r\n\r\n${repeat('> a \r\n', size)}`,
  'escapes of ISO-2022-JP': (size) => text('us-ascii', repeat('\x1b$B', size)),
  'escapes of ISO-2022-KR': (size) => text('iso-2022-kr', `\x1b$)C${repeat('\x0e!!\x0f', size)}`),
  'shifts of ISO-2022-CN': (size) => text('iso-2022-cn', repeat('\x1b$)A\x0e\x1bN', size)),
  'shifts of HZ': (size) => text('hz', repeat('~{~~', size)),
  'UTF-16 without a mark': (size) => text('utf-16', repeat('\0a', size)),
  'halves of surrogate pairs': (size) => text('utf-8', repeat('\xed\xa0\xbd', size)),
  'UTF-7': (size) => text('utf-7', repeat('+2D0-', size)),
  'GB 18030': (size) => text('gb2312', repeat('\x81\x30\x81\x30', size)),
  'meta elements': (size) => `Content-Type: text/html\r\n\r\n${repeat('<meta charset ', size)}`,
};

/** The same for what makes text of html. */
const documents: Record<string, (size: number) => string> = {
  elements: (size) => repeat('<b>', size),
  'open paragraphs': (size) => repeat('<p>x', size),
  lists: (size) => repeat('<ol><li>x', size),
  quotations: (size) => repeat('<blockquote>x<br>', size),
  'table cells': (size) => repeat('<table><tr><td>x', size),
  'open links': (size) => repeat('<a href="http://x.example/">y', size),
  'one link': (size) => `<a href="http://x.example/">${repeat('y &amp;', size)}`,
  'no-break spaces': (size) => `${repeat('&nbsp;', size)}x`,
  'angle brackets': (size) => repeat('<', size),
  comments: (size) => repeat('<!--', size),
  'a script that never ends': (size) => `<script>${repeat('</scrip', size)}`,
  'lines that stay': (size) => `<pre>${repeat('\n', size)}`,
  attributes: (size) => `<a ${repeat('x="&quot;" ', size)}`,
};

const small = 16 * 1024;
const times = 4;
/** Work that grows with the size takes four times as long, work that grows with its square sixteen times. */
const most = 9;

function processorTime(work: () => unknown): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return user + system;
}

/** The least of several runs of each, as other programs can only make them longer. */
function growth(work: (input: string) => unknown, make: (size: number) => string): number {
  const inputs = [make(small), make(times * small)];
  const least = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let ratio = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 40 && (run < 4 || ratio > most); run++) {
    for (const [index, input] of inputs.entries())
      least[index] = Math.min(
        least[index] as number,
        processorTime(() => work(input)),
      );
    ratio = (least[1] as number) / Math.max(least[0] as number, 100);
  }
  return ratio;
}

describe('four times as much is no more than four times the work', { timeout: 300_000 }, () => {
  for (const [what, make] of Object.entries(sources))
    test(what, () => {
      const ratio = growth((input) => parseMessage(Buffer.from(input, 'latin1')), make);
      assert.ok(ratio <= most, `it was ${ratio.toFixed(1)} times the work`);
    });

  for (const [what, make] of Object.entries(documents))
    test(`html: ${what}`, () => {
      const ratio = growth(htmlToText, make);
      assert.ok(ratio <= most, `it was ${ratio.toFixed(1)} times the work`);
    });

  test('the measure is not blind: what grows with the square is seen', () => {
    const quadratic = (input: string) => /[ \t\r]+$/.test(input);
    assert.ok(growth(quadratic, (size) => `${repeat(' ', size / 4)}x`) > most);
  });
});
