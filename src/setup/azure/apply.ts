import type { Problem } from '../../model/problem.ts';
import { type Change, keyOf, type Work } from './change.ts';
import { changeKind } from './changes/index.ts';
import type { Letterbox } from './letterbox.ts';
import type { Look, Looking, Seen } from './look.ts';
import { isThere, NotYet, type Patience, patiently, type Waiting, whyPassing } from './patience.ts';
import { explainDirectory } from './problems.ts';
import { endpointsOf } from './registration.ts';
import type { AzureSetup, Made } from './setup.ts';

/** How a change stands, told as it comes to that. */
export interface Told {
  title: string;
  detail: string;
  state: 'making' | 'waiting' | 'made' | 'taking' | 'taken';
  /** Why it is waited. */
  waitingFor: string | null;
}

export function told({ title, detail }: Pick<Change, 'title' | 'detail'>, state: Told['state']): Told {
  return { title, detail, state, waitingFor: null };
}

/** What something is done to a set-up with. */
export interface Doing extends Looking {
  patience: Patience;
  signal: AbortSignal;
}

const looking = { title: 'What there is', detail: 'Looking at Microsoft' };

/**
 * Makes one change after the other, each told as it is made: written down, done, seen. It can be stopped, or killed,
 * between any two lines and begun anew. Throws the Problem that ends it.
 */
export async function* apply(doing: Doing, look: Look): AsyncGenerator<Told> {
  const made = new Set<string>();
  let underWay: Change | null = null;
  const lookAgain = async () => {
    const seen = await look();
    // A read may show what was before our own request
    if (seen.planned.some((change) => made.has(keyOf(change)))) throw new NotYet();
    return seen;
  };
  try {
    for (;;) {
      const seen: Seen = yield* waiting(underWay ?? looking, doing, lookAgain);
      if (underWay) {
        const isNews = await settle(underWay, seen, doing.letterbox);
        yield told(underWay, 'made');
        underWay = null;
        if (isNews) continue;
      }
      const [next]: Change[] = seen.planned;
      underWay = next ?? null;
      if (!next) break;
      yield told(next, 'making');
      await doing.letterbox.note({ made: withEntry(await doing.read(), next) });
      const work: Work = { ...seen, ...doing };
      yield* waiting(next, doing, () => make(next, work, seen));
      made.add(keyOf(next));
    }
    await doing.letterbox.note({ finishedAt: new Date().toISOString() });
  } catch (error) {
    throw explained(error, underWay, await doing.read());
  }
}

/** What was there already, as the answer to a former request was lost, is as good as made now. */
async function make(change: Change, work: Work, { present }: Seen): Promise<void> {
  try {
    await changeKind(change.kind)?.make(change, work, present);
  } catch (error) {
    if (!isThere(error)) throw error;
  }
}

/** Written down before it is done: an undo looks for it, whatever became of the request. */
function withEntry({ made }: AzureSetup, change: Change): Made[] {
  if (!changeKind(change.kind)?.undo) return made;
  const known = made.find((one) => keyOf(one) === keyOf(change));
  const entry: Made = { ...change, what: joined(known?.what, change.what), done: false };
  return [...made.filter((one) => one !== known), entry];
}

/** What a change adds to an object joins what an earlier one of the same added to it. */
function joined(before: Made['what'] = {}, now: Made['what']): Made['what'] {
  const { added: earlier } = before;
  const { added } = now;
  if (!Array.isArray(earlier) || !Array.isArray(added)) return now;
  const all = new Map([...earlier, ...added].map((one) => [JSON.stringify(one), one]));
  return { ...now, ...('existed' in before && { existed: before.existed }), added: [...all.values()] };
}

/**
 * A change is seen: it was done. Another permission or credential must be seen in a token, too; tells whether that is news
 * for what was planned.
 */
async function settle(change: Change, { setup, present }: Seen, letterbox: Letterbox): Promise<boolean> {
  const ofApp = changeKind(change.kind)?.ofApp === true;
  await letterbox.note({
    made: setup.made.map((one) => (keyOf(one) === keyOf(change) ? { ...one, done: true } : one)),
    appId: present.application?.appId ?? null,
    objectId: present.principal?.id ?? setup.objectId,
    ...(ofApp && { isKnown: false }),
  });
  return ofApp && setup.isKnown;
}

/** Does what may have to wait, telling of it under a change. */
export async function* waiting<T>(
  change: Pick<Change, 'title' | 'detail'>,
  { patience, signal }: Pick<Doing, 'patience' | 'signal'>,
  attempt: () => Promise<T>,
): AsyncGenerator<Told, T> {
  const attempts: AsyncGenerator<Waiting, T> = patiently(attempt, whyPassing, { patience, signal });
  for (;;) {
    const { done, value } = await attempts.next();
    if (done) return value;
    yield { ...told(change, 'waiting'), waitingFor: value.waitingFor };
  }
}

/** What ended it, as the Problem that a person reads. */
export function explained(error: unknown, change: Change | null, setup: AzureSetup): Problem {
  return explainDirectory(error, {
    graph: endpointsOf(setup).graph,
    doing: change?.title ?? looking.title,
    role: (change && changeKind(change.kind)?.role?.(change)) ?? null,
  });
}
