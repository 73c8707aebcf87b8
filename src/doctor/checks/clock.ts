import { type Entry, problemOf } from '../../model/entry.ts';
import type { Check } from '../check.ts';
import type { Examination } from '../examination.ts';

/** What is signed here is good for five minutes, and others allow clocks to differ by about as much. */
const worstMs = 4 * 60_000;
const noticeableMs = 30_000;

const clockEntry = {
  code: 'machine.clock',
  kind: 'machine',
  title: 'The clock of this machine is off',
  why: 'Tokens and certificates hold for a time, and are refused by whoever thinks that it is another.',
  remedy:
    'Set the clock of this machine and let it be kept by NTP: timedatectl set-ntp true, then timedatectl status.',
} as const satisfies Entry;

export const clockEntries: readonly Entry[] = [clockEntry];

export const clockCheck: Check<Examination> = {
  name: 'clock',
  title: 'The clock of this machine is right',
  needs: ['authority'],
  concerns: ({ subject }) => subject.tokenUrl !== null,
  async run({ clockAheadMs }) {
    if (clockAheadMs === null) return { detail: 'The authority does not tell its time' };
    const off = Math.abs(clockAheadMs);
    const by = `${Math.round(off / 1000)} s ${clockAheadMs > 0 ? 'ahead of' : 'behind'} the authority’s`;
    if (off < noticeableMs) return { detail: 'It agrees with the authority’s' };
    const problem = problemOf(clockEntry, { detail: `It is ${by}` });
    if (off >= worstMs) throw problem;
    return { detail: `It is ${by}`, remark: problem };
  },
};
