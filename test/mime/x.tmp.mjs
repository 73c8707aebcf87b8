import { readCorpus } from './corpus.ts';
import { readByLetterbox, readByMailparser, readByPostalMime } from './readings.ts';

let seed = +process.argv[2] || 1;
const rnd = (k) => {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return seed % k;
};
const c = readCorpus().filter(
  (m) => m.bytes.length < 8000 && !/malformed|testmsgs|ezweb|fakeout|spam/.test(m.name),
);
const frag = [
  '\r\n',
  '\n',
  '--',
  '"',
  '(',
  ')',
  '<',
  '>',
  '=?',
  '?=',
  '=',
  '; ',
  '=20',
  '\t',
  ' ',
  '=\r\n',
  '\r\n\r\n',
  ':',
  '%',
  "'",
  '\xe4',
];
let n = 0,
  bad = 0;
const t = Date.now();
while (Date.now() - t < 20000) {
  const m = c[rnd(c.length)];
  const at = rnd(m.bytes.length);
  const kind = rnd(3);
  const b =
    kind === 0
      ? Buffer.concat([
          m.bytes.subarray(0, at),
          Buffer.from(frag[rnd(frag.length)], 'latin1'),
          m.bytes.subarray(at),
        ])
      : kind === 1
        ? Buffer.concat([m.bytes.subarray(0, at), m.bytes.subarray(at + 1 + rnd(20))])
        : Buffer.concat([
            m.bytes.subarray(0, at),
            m.bytes.subarray(at, at + 1 + rnd(60)),
            m.bytes.subarray(at),
          ]);
  n++;
  let us, mp, pm;
  try {
    us = await readByLetterbox(b);
    mp = await readByMailparser(b);
    pm = await readByPostalMime(b);
  } catch (e) {
    continue;
  }
  const base = await readByLetterbox(m.bytes);
  for (const k of Object.keys(us))
    if (us[k] !== mp[k] && mp[k] === pm[k]) {
      bad++;
      let i = 0;
      while (us[k][i] === mp[k][i]) i++;
      let j = 0;
      while (m.bytes[j] === b[j]) j++;
      console.log(
        `## ${m.name} ${k}\n  src ${JSON.stringify(b.subarray(Math.max(0, j - 60), j + 60).toString('latin1'))}\n  us   ${JSON.stringify(us[k].slice(Math.max(0, i - 30), i + 90))}\n  them ${JSON.stringify(mp[k].slice(Math.max(0, i - 30), i + 90))}`,
      );
      break;
    }
}
console.log(n, bad);
