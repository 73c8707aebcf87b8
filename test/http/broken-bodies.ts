import { form } from './fixtures.ts';

interface BrokenBody {
  what: string;
  headers: Record<string, string>;
  body: string;
}

const multipart = { 'content-type': 'multipart/form-data; boundary=b' };
const json = { 'content-type': 'application/json' };
const chunked = { 'transfer-encoding': 'chunked' };

/** What no browser and no careful client sends. None of it is a form, and none JSON. */
export const brokenBodies: BrokenBody[] = [
  { what: 'multipart that is none', headers: multipart, body: 'none' },
  { what: 'multipart without parts', headers: multipart, body: '--b--\r\n' },
  { what: 'multipart cut in a part', headers: multipart, body: '--b\r\nContent-Disposition: form-data; na' },
  {
    what: 'multipart without a boundary',
    headers: { 'content-type': 'multipart/form-data' },
    body: '--\r\n',
  },
  { what: 'no media type', headers: {}, body: 'password=x' },
  { what: 'a media type that is none', headers: { 'content-type': ';;==\t"' }, body: 'password=x' },
  { what: 'text', headers: { 'content-type': 'text/plain' }, body: 'password=x' },
  { what: 'a percent sign alone', headers: form, body: 'password=100%' },
  { what: 'half an octet', headers: form, body: 'password=%4' },
  { what: 'no hexadecimal digits', headers: form, body: 'password=%zz&csrf=%' },
  { what: 'no UTF-8, encoded', headers: form, body: 'password=%ff%fe' },
  { what: 'many fields', headers: form, body: 'a=1&'.repeat(1_001) },
  { what: 'too much of it', headers: form, body: 'a'.repeat(1024 * 1024 + 1) },
  {
    what: 'too much of it, of no declared length',
    headers: { ...form, ...chunked },
    body: 'a'.repeat(1024 * 1024 + 1),
  },
  { what: 'JSON that is none', headers: json, body: '{"name":' },
  { what: 'JSON of many brackets', headers: json, body: '['.repeat(100_000) },
  { what: 'too much JSON', headers: json, body: `"${'a'.repeat(1024 * 1024)}"` },
  {
    what: 'too much JSON, of no declared length',
    headers: { ...json, ...chunked },
    body: `"${'a'.repeat(1024 * 1024)}"`,
  },
];

/** A request whose client hangs up in the middle of its body. */
export function cutRequest(path: string, headers: Record<string, string>): string {
  const all = { Host: 'localhost', 'Content-Length': '1000', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n{"name=half`;
}
