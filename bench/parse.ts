import { globSync, readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
import { bigMail, makeMail } from '../lab/mail.ts';
import { createMessageParser } from '../src/mime/parser.ts';
import { printTable } from './table.ts';

/**
 * How fast a message is understood, beside the two parsers of npm, in one process and one thread: small office mails,
 * one in eight with an attachment of 60 kB or so, and the corpus. The rounds take turns, so that all meet the same
 * machine; medians count. Letterbox also makes the checksums of source, attachments and fingerprint.
 */
const rounds = 7;
const corpus = fileURLToPath(new URL('../test/corpus', import.meta.url));
const scans = await Promise.all(
  Array.from({ length: 200 }, (_, n) => buffer(bigMail(20_000 + (n % 9) * 10_000, n))),
);
const mails = [
  ...Array.from({ length: 1_200 }, (_, n) => makeMail(n)),
  ...scans,
  ...globSync('**/*.eml', { cwd: corpus }).map((file) => readFileSync(`${corpus}/${file}`)),
];
const megabytes = mails.reduce((sum, mail) => sum + mail.length, 0) / 2 ** 20;

const parsers: Record<string, (mail: Buffer) => unknown> = {
  Letterbox: (mail) => {
    const parser = createMessageParser();
    parser.write(mail);
    return parser.end();
  },
  'postal-mime': (mail) => PostalMime.parse(mail),
  mailparser: (mail) =>
    simpleParser(mail, { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true }),
};

const seconds = new Map(Object.keys(parsers).map((name) => [name, [] as number[]]));
for (let round = 0; round <= rounds; round++)
  for (const [name, parse] of Object.entries(parsers)) {
    const began = performance.now();
    for (const mail of mails) await parse(mail);
    // The first round warms up.
    if (round > 0) seconds.get(name)?.push((performance.now() - began) / 1000);
  }

const median = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const own = median(seconds.get('Letterbox') ?? []);
console.log(`${mails.length} messages, ${megabytes.toFixed(1)} MiB, median of ${rounds} rounds`);
printTable(
  ['parser', 'messages/s', 'MiB/s', 'time, Letterbox = 1'],
  [...seconds].map(([name, values]) => {
    const time = median(values);
    return [name, (mails.length / time).toFixed(0), (megabytes / time).toFixed(0), (time / own).toFixed(1)];
  }),
);
