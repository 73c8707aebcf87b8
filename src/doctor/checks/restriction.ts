import { type Entry, problemOf } from '../../model/entry.ts';
import { formatInstant } from '../../model/instant.ts';
import type { Check } from '../check.ts';
import type { Examination } from '../examination.ts';
import { proveRestriction } from '../restriction.ts';

const notRestrictedEntry = {
  code: 'mailbox.not-restricted',
  kind: 'conflict',
  title: 'The same access opens other mailboxes',
  why: 'What reads {mailbox} also opened another mailbox that it was tried on.',
  remedy:
    'Open this server and press Prove it, and see how access is given: it has the commands that restrict the access, with their values.',
} as const satisfies Entry;

export const restrictionEntries: readonly Entry[] = [notRestrictedEntry];

/** Tried again with the mailbox that an administrator named; without one there is nothing to try. */
export const restrictionCheck: Check<Examination> = {
  name: 'restriction',
  title: 'The access is limited to this mailbox',
  needs: ['sign-in'],
  async run({ subject: { server, proof, open }, values }) {
    if (!proof) return { detail: 'Not proven: nobody has named another mailbox to try' };
    const { outcome, detail, checkedAt } = await proveRestriction(server, proof.mailbox, open);
    const evidence = [
      { label: 'Tried', value: proof.mailbox },
      { label: 'At', value: formatInstant(checkedAt) },
    ];
    if (outcome === 'refused') return { detail: `${proof.mailbox} was refused`, evidence };
    if (outcome === 'unclear') return { detail: `It cannot be told: ${detail}`, evidence };
    const remark = problemOf(notRestrictedEntry, { detail: `${proof.mailbox}: ${detail}`, values });
    return { detail: `${proof.mailbox} was opened as well`, evidence, remark };
  },
};
