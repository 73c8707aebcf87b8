import type { Instant } from '../model/mail-server.ts';
import type { Notice } from '../model/notice.ts';
import type { Collection } from '../resources/collection.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { RaisedNotice } from '../store/notices.ts';
import type { Store } from '../store/store.ts';

/** What has changed since administrators were last told. */
export interface Changes {
  /** To be told of now. */
  raised: Notice[];
  /** Told of before, and no longer the matter. */
  mended: Notice[];
  /** Gone without a word. */
  passed: Notice[];
}

/** Kinds of notices that are for the console only: what an administrator is just setting up, and what passes. */
const untold = /^(profile\.new|server\.remark) /;
/** Kinds that may pass by themselves. */
const passing = /^server\./;

/** Whether administrators are told of it, wherever they are. */
export function isTold({ key }: Notice): boolean {
  return !untold.test(key);
}

/** Holds what was seen until now against what there is, by key; nobody is told sooner than after `patienceSeconds`. */
export function changesSince(
  seen: RaisedNotice[],
  current: ReadonlyMap<string, Notice>,
  {
    undecided,
    now,
    patienceSeconds,
  }: { undecided: ReadonlySet<string>; now: Instant; patienceSeconds: number },
): Changes {
  const dueSince = (key: string) => Date.parse(now) - (passing.test(key) ? patienceSeconds * 1000 : 0);
  const due = seen.filter(
    ({ notice: { key }, since, toldAt }) => toldAt === null && Date.parse(since) <= dueSince(key),
  );
  const gone = seen.filter(({ notice: { key } }) => !current.has(key) && !undecided.has(key));
  const { passed = [], mended = [] } = Object.groupBy(gone, ({ notice: { key }, toldAt }) =>
    toldAt === null || hasComeNearer(key, current.keys()) ? 'passed' : 'mended',
  );
  return {
    raised: due.flatMap(({ notice: { key } }) => current.get(key) ?? []),
    mended: mended.map(({ notice }) => notice),
    passed: passed.map(({ notice }) => notice),
  };
}

/** Whether it is the same matter, only nearer: a credential that expired in 30 days expires in 14 now. */
function hasComeNearer(key: string, now: Iterable<string>): boolean {
  const matter = withoutDays(key);
  return matter !== key && [...now].some((other) => withoutDays(other) === matter);
}

function withoutDays(key: string): string {
  return key.replace(/\.-?\d+ /, ' ');
}

/**
 * Keys of which nobody can say now whether they are mended: a mailbox that failed and just tries again. It is mended
 * when it watches, or when somebody paused it.
 */
export async function undecidedKeys(
  servers: Pick<Collection<MailServer>, 'list'>,
  store: Store,
): Promise<Set<string>> {
  const paused = new Set((await servers.list()).filter((server) => server.paused).map(({ id }) => id));
  return new Set(
    (await store.mailboxes.states())
      .filter(({ serverId, condition }) => condition !== 'watching' && !paused.has(serverId))
      .map(({ serverId }) => `server.failing ${serverId}`),
  );
}
