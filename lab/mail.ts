import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

/** Mails such as an office's shared mailboxes get, made from a number: the same number, the same bytes. */
export function makeMail(n: number): Buffer {
  const of = <T>(list: readonly T[], salt: number): T => list[hashed(n, salt) % list.length] as T;
  const [name, address] = of(people, 1);
  const [subject, text] = of(matters, 2);
  const answers = n >= 3 && hashed(n, 3) % 4 === 0;
  const ancestor = answers ? n - 1 - (hashed(n, 4) % 3) : null;
  const headers = [
    'Received: from mail.contoso.example (mail.contoso.example [192.0.2.25]) by mx.contoso.example;',
    `\t${dateOf(n)}`,
    `Message-ID: <${idOf(n)}>`,
    `Date: ${dateOf(n)}`,
    `From: ${encodeName(name)} <${address}>`,
    'To: Support <support@contoso.example>',
    `Subject: ${encodeWord(`${answers ? 'Re: ' : ''}${subject} [${n}]`)}`,
    ...(ancestor === null ? [] : [`In-Reply-To: <${idOf(ancestor)}>`, `References: <${idOf(ancestor)}>`]),
    'MIME-Version: 1.0',
  ];
  const body = `${text.replaceAll('#', String(1000 + n))}\r\n\r\nRegards,\r\n${name}\r\n`;
  const kind = hashed(n, 5) % 8;
  if (kind < 4) return join(headers, textPart(body, kind === 3 ? 'iso-8859-1' : 'utf-8'));
  const alternative = multipart(n, 'alternative', [textPart(body, 'utf-8'), htmlPart(body)]);
  if (kind < 7) return join(headers, alternative);
  return join(headers, multipart(n + 0.5, 'mixed', [alternative, attachment(n)]));
}

/** One mail with an attachment, so that the whole has at least so many bytes; streamed, never held. */
export async function* bigMail(bytes: number, n = 0): AsyncIterable<Uint8Array> {
  const boundary = `big-${n}`;
  yield Buffer.from(
    [
      `Message-ID: <big-${n}-${bytes}@contoso.example>`,
      `Date: ${dateOf(n)}`,
      'From: Scanner <scanner@contoso.example>',
      'To: support@contoso.example',
      'Subject: Scan of the whole archive',
      'MIME-Version: 1.0',
      `Content-Type: multipart/mixed; boundary="${boundary}"`,
      '',
      `--${boundary}`,
      'Content-Type: text/plain; charset=utf-8',
      '',
      'The scan is attached.',
      `--${boundary}`,
      'Content-Type: application/pdf; name="archive.pdf"',
      'Content-Disposition: attachment; filename="archive.pdf"',
      'Content-Transfer-Encoding: base64',
      '',
      '',
    ].join('\r\n'),
  );
  const lines = 1_000;
  for (let sent = 0, block = 0; sent < bytes; block++) {
    const noise = createHash('shake256', { outputLength: 57 * lines })
      .update(`${n} ${block}`)
      .digest();
    const text = noise.toString('base64').replace(/.{76}/g, '$&\r\n');
    sent += text.length;
    yield Buffer.from(text);
  }
  yield Buffer.from(`--${boundary}--\r\n`);
}

const people = [
  ['Ann Miller', 'ann.miller@fabrikam.example'],
  ['Jörg Müller', 'j.mueller@muellerbau.example'],
  ['Zoë Vandenberghe', 'zoe@vandenberghe.example'],
  ['佐藤 花子', 'hanako.sato@example.jp'],
  ['Monitoring', 'alerts@contoso.example'],
  ['Олена Коваль', 'o.koval@example.ua'],
] as const;

const matters = [
  [
    'Printer on floor 3 does not print',
    'Hello,\r\n\r\nthe printer on floor 3 shows error #. Could someone have a look?',
  ],
  [
    'Disk space on db-02 above 90 %',
    'WARNING: /var/lib/postgresql is at 91 %.\r\nHost: db-02\r\nIncident: #',
  ],
  [
    'Please approve purchase order',
    'Hi,\r\n\r\npurchase order # (4 × notebook, 5.160,00 €) waits for your approval.',
  ],
  [
    'Zugang für neue Kollegin',
    'Guten Tag,\r\n\r\nFrau Weiß fängt am Montag an und braucht Zugänge. Vorgang #.',
  ],
  [
    'Invoice overdue',
    'Dear Sir or Madam,\r\n\r\ninvoice # is overdue by 14 days. Please find the details below.',
  ],
  [
    'VPN drops every hour',
    'Since the update my VPN connection drops every hour. Ticket # was closed, but it is not solved.',
  ],
] as const;

function hashed(n: number, salt: number): number {
  return createHash('sha256').update(`${n} ${salt}`).digest().readUInt32BE();
}

const idOf = (n: number) => `${String(n).padStart(6, '0')}.${hashed(n, 9).toString(16)}@mail.contoso.example`;
const dateOf = (n: number) =>
  new Date(Date.UTC(2026, 10, 1) + n * 61_000).toUTCString().replace('GMT', '+0000');
const encodeWord = (text: string) =>
  /[^ -~]/.test(text) ? `=?utf-8?B?${Buffer.from(text).toString('base64')}?=` : text;
const encodeName = (name: string) => (/^[\w ]+$/.test(name) ? name : encodeWord(name));

function textPart(text: string, charset: 'utf-8' | 'iso-8859-1'): string[] {
  const bytes = Buffer.from(text, charset === 'utf-8' ? 'utf8' : 'latin1');
  return [
    `Content-Type: text/plain; charset=${charset}`,
    'Content-Transfer-Encoding: base64',
    '',
    wrapped(bytes),
  ];
}

function htmlPart(text: string): string[] {
  const html = `<html><body>${text
    .split('\r\n\r\n')
    .map((part) => `<p style="font-family: Calibri">${part.replaceAll('\r\n', '<br>')}</p>`)
    .join('')}</body></html>`;
  return [
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    wrapped(Buffer.from(html)),
  ];
}

function attachment(n: number): string[] {
  const rows = Array.from(
    { length: 20 + (hashed(n, 6) % 600) },
    (_, i) => `${n};${i};${hashed(n, i + 10)}`,
  ).join('\r\n');
  const [type, name, bytes] =
    hashed(n, 7) % 2 === 0
      ? ['text/csv', 'report.csv', Buffer.from(rows)]
      : ['application/octet-stream', 'trace.bin', deflateSync(rows)];
  return [
    `Content-Type: ${type}; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    wrapped(bytes),
  ];
}

function multipart(n: number, kind: 'alternative' | 'mixed', parts: string[][]): string[] {
  const boundary = `=_${kind}_${hashed(n, 8).toString(16)}`;
  return [
    `Content-Type: multipart/${kind}; boundary="${boundary}"`,
    '',
    ...parts.flatMap((part) => [`--${boundary}`, ...part]),
    `--${boundary}--`,
    '',
  ];
}

const wrapped = (bytes: Buffer) => bytes.toString('base64').replace(/.{76}(?=.)/g, '$&\r\n');
const join = (headers: string[], body: string[]) => Buffer.from([...headers, ...body, ''].join('\r\n'));
