import type { Problem } from '../../model/problem.ts';
import type { Check } from '../check.ts';
import type { Examination } from '../examination.ts';

/** One message is begun to be read: permissions may let the mailbox be listed and nothing be opened. */
export const readingCheck: Check<Examination> = {
  name: 'reading',
  title: 'A message can be read',
  needs: ['folders'],
  async run({ subject: { source } }, signal) {
    let unread: Problem | null = null;
    for await (const event of source.messages(null, { watch: false, signal })) {
      if (event.kind === 'caught-up') break;
      if (event.kind === 'message') {
        // Its first bytes will do
        for await (const _ of event.raw) break;
        return { detail: `One came, of ${event.size} bytes` };
      }
      unread ??= event.problem;
    }
    if (unread) throw unread;
    return { detail: 'There is none yet' };
  },
};
