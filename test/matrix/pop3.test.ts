import { test } from 'node:test';
import { supported } from './grants.ts';
import { liveThrough } from './story.ts';
import { startMatrixWorld } from './world.ts';

for (const grant of supported.pop3)
  test(`pop3 with ${grant}: every message exactly once, whatever befalls the mailbox`, async (t) =>
    liveThrough(t, await startMatrixWorld(t), 'pop3', grant));
