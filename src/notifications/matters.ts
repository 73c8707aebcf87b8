import type { Notice } from '../model/notice.ts';
import type { Collection } from '../resources/collection.ts';
import type { MailServer } from '../resources/incoming-server.ts';
import type { Store } from '../store/store.ts';

/** Kinds of notices that are for the console only: what an administrator is just setting up, and what passes. */
const untold = /^(profile\.new|server\.remark) /;

/** Whether administrators are told of it, wherever they are. */
export function isTold({ key }: Notice): boolean {
  return !untold.test(key);
}

/** Whether a matter has only come nearer: a credential that expired in 30 days expires in 14 now. */
export function hasComeNearer(key: string, now: Iterable<string>): boolean {
  const matter = matterOf(key);
  return matter !== key && [...now].some((other) => matterOf(other) === matter);
}

function matterOf(key: string): string {
  return key.replace(/\.-?\d+ /, ' ');
}

/**
 * Matters of which nobody can say now whether they are mended: a mailbox that failed and just tries again. It is
 * mended when it watches, or when somebody paused it.
 */
export async function undecided(
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
