import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../../src/config/near-miss.ts';

const names = ['listen.port', 'listen.host', 'publicUrl', 'log.level'];

test('a slip of the keyboard is recognised, another spelling too', () => {
  for (const [word, meant] of [
    ['listen.prot', 'listen.port'],
    ['listen.por', 'listen.port'],
    ['listen.hosts', 'listen.host'],
    ['public_url', 'publicUrl'],
    ['PUBLIC-URL', 'publicUrl'],
    ['publicURI', 'publicUrl'],
    ['log.levle', 'log.level'],
  ] as const)
    assert.equal(nearest(word, names), meant, word);
});

test('a word unlike any is not explained away', () => {
  for (const word of ['', 'x', 'certificate', 'a'.repeat(10_000)])
    assert.equal(nearest(word, names), null, word);
  assert.equal(nearest('list', []), null);
});
