import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayAfter } from '../../src/intake/delay.ts';
import { Problem } from '../../src/model/problem.ts';

const problem = (retry: 'no' | 'later' | Date) =>
  new Problem({ code: 'graph.throttled', title: 'Slow down', retry });

test('who says when to come again is left alone until then, however often it failed', () => {
  for (const failures of [1, 20]) {
    const milliseconds = delayAfter(problem(new Date(Date.now() + 3_600_000)), failures);
    assert.ok(milliseconds > 3_590_000 && milliseconds <= 3_600_000, `${milliseconds} ms`);
  }
  assert.equal(delayAfter(problem(new Date(0)), 1), 0);
});

test('others are tried again soon and then ever later; what a person must mend, every five minutes', () => {
  assert.ok(delayAfter(problem('later'), 1) <= 1_000);
  assert.ok(delayAfter(problem('later'), 20) >= 150_000);
  assert.ok(delayAfter(problem('later'), 1_000) <= 300_000);
  assert.equal(delayAfter(problem('no'), 1), 300_000);
});
