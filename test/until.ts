import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a condition holds; fails loudly after a generous time. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seconds = 60,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await sleep(20);
  }
}
