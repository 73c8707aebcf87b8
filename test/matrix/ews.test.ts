import { test } from 'node:test';
import { supported } from './grants.ts';
import { liveThrough } from './story.ts';
import { startMatrixWorld } from './world.ts';

for (const grant of supported.ews)
  test(`ews with ${grant}: every message exactly once, whatever befalls the mailbox`, async (t) =>
    liveThrough(t, await startMatrixWorld(t), 'ews', grant));
