import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parseMessage } from '../../src/mime/parser.ts';
import { readCorpus } from '../mime/corpus.ts';

/** What breaks texts, and JSON with them. */
const fragments = [
  'charset=utf-16le',
  'charset=utf-16be',
  'charset=utf-7',
  'charset=cesu-8',
  'charset=utf-32',
  'charset=ucs-2',
  'charset=gb18030',
  'charset="iso-2022-jp"',
  '=?utf-7?Q?a+2D0-b?=',
  '=?utf-16?B?2D0=?=',
  '=?cesu-8?Q?=ED=A0=BD?=',
  "filename*=utf-16''%d8%3d",
  '\xd8\x3d',
  '\x3d\xd8',
  '\xed\xa0\xbd',
  '+2D0-',
  '&#xd83d;',
  '&#55357;',
  '\x1b$B\x21',
  '\x1b(B',
  '\0',
  '\x00\xd8',
  'Content-Type: text/html; charset=utf-16\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  '\r\n\r\n',
  '=',
  '"',
  '\\ud800',
].map((fragment) => Buffer.from(fragment, 'latin1'));

/** The same numbers at every run (Numerical Recipes' linear congruence). */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const mails = readCorpus().filter(({ bytes }) => bytes.length < 8_000);

/** A mail of the corpus with fragments put in, and bytes taken out or changed. */
function mutate(random: (below: number) => number): Buffer {
  let source = mails[random(mails.length)]?.bytes ?? Buffer.alloc(0);
  for (let edits = 1 + random(4); edits > 0; edits--) {
    // Half of them in the header, where there are more ways to say a charset.
    const at = random(random(2) === 0 ? Math.min(600, source.length + 1) : source.length + 1);
    const fragment = fragments[random(fragments.length)] as Buffer;
    source = Buffer.concat([source.subarray(0, at), fragment, source.subarray(at + random(12))]);
  }
  return source;
}

/** An escape of a surrogate, which JSON.stringify writes for no other character (ECMA-262 25.5.2.3). */
const loneSurrogate = /(?<!\\)(?:\\\\)*\\ud[89a-f]/i;

test('100,000 mutations of the corpus are JSON that strict readers take', { timeout: 300_000 }, () => {
  assert.match(JSON.stringify('a\ud83db'), loneSurrogate, 'the check is not blind');
  assert.doesNotMatch(
    JSON.stringify('\\ud83d \u{1f600}'),
    loneSurrogate,
    'nor does it see what is not there',
  );
  const random = createRandom(20_240_305);
  const sample: string[] = [];
  for (let index = 0; index < 100_000; index++) {
    const source = mutate(random);
    const json = JSON.stringify(parseMessage(source).content);
    if (json.includes('\\ud') && loneSurrogate.test(json))
      assert.fail(`mutation ${index} has half of a surrogate pair: ${source.toString('base64')}`);
    if (index % 200 === 0) sample.push(json);
  }
  const input = sample.join('\n');
  const jq = spawnSync('jq', ['-c', '.subject'], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  assert.deepEqual([jq.status, jq.stderr], [0, ''], 'jq');
  assert.equal(jq.stdout.trimEnd().split('\n').length, sample.length);
  const script = 'while (<STDIN>) { JSON::PP->new->utf8->decode($_); $n++ } print $n';
  const perl = spawnSync('perl', ['-MJSON::PP', '-e', script], { input, encoding: 'utf8' });
  assert.deepEqual([perl.status, perl.stdout], [0, String(sample.length)], perl.stderr);
});
