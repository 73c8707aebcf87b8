import { type Entry, problemOf } from '../../model/entry.ts';
import type { Check } from '../check.ts';
import type { Examination } from '../examination.ts';

const noDestinationEntry = {
  code: 'destination.none',
  kind: 'conflict',
  title: 'No destination takes the mail of this mailbox',
  why: 'Mail is read and stored here, and goes no further.',
  remedy: 'Add a destination, or let one that there is take the mail of this server as well.',
} as const satisfies Entry;

export const destinationEntries: readonly Entry[] = [noDestinationEntry];

/** What was tried and failed last counts as well: a destination may answer, and take nothing. */
export const destinationsCheck: Check<Examination> = {
  name: 'destinations',
  title: 'Its mail can be handed over',
  needs: [],
  async run({ subject: { server, destinations } }, signal) {
    if (destinations.length === 0)
      return { detail: 'Nothing takes it', remark: problemOf(noDestinationEntry, { detail: server.name }) };
    const found = await Promise.all(
      destinations.map(async ({ name, trouble, reach }) => ({
        label: name,
        value: await reach(signal),
        trouble,
      })),
    );
    const troubled = found.find(({ trouble }) => trouble)?.trouble;
    if (troubled) throw troubled;
    return { detail: destinations.map(({ name }) => name).join(', '), evidence: found };
  },
};
