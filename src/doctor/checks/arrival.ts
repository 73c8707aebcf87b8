import type { Check } from '../check.ts';
import type { Examination } from '../examination.ts';

/** Nothing is lost where it is not told: the mailbox is looked at on a clock of its own. */
export const arrivalCheck: Check<Examination> = {
  name: 'arrival',
  title: 'New mail is noticed',
  needs: ['sign-in'],
  run: async ({ inspection }) => ({
    detail: inspection?.tells
      ? 'The server tells of it at once'
      : 'The server does not tell of it: it is looked for every few minutes',
  }),
};
