import type { TestContext } from 'node:test';

/** Like `t.after`, but what was begun last ends first, and all of it ends whatever fails on the way. */
export function endings(t: TestContext): (end: () => unknown) => void {
  const begun: (() => unknown)[] = [];
  t.after(async () => {
    const failures: unknown[] = [];
    for (const end of begun.toReversed())
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    if (failures.length > 0) throw new AggregateError(failures, 'what was begun did not end well');
  });
  return (end) => void begun.push(end);
}
