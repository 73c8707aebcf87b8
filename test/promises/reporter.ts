import type { TestEvent } from 'node:test/reporters';
import type { Result } from './kept.ts';

/** A reporter of node:test for machines: what became of each test and suite, as a line of JSON. */
export default async function* results(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const result: Result = { name: data.name, outcome: outcomeOf(type, data) };
    yield `${JSON.stringify(result)}\n`;
  }
}

function outcomeOf(type: string, { skip, todo }: { skip?: unknown; todo?: unknown }): Result['outcome'] {
  if (skip !== undefined) return 'skipped';
  if (todo !== undefined) return 'todo';
  return type === 'test:pass' ? 'passed' : 'failed';
}
