import { sleep } from '../concurrency/sleep.ts';
import type { Instant } from '../model/mail-server.ts';
import type { Problem } from '../model/problem.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import { type Compared, compareFolder, idsReused } from './audit.ts';
import type { FolderReader, MessageOrUnreadable } from './folder-reader.ts';
import { FolderUnlisted } from './folder-unlisted.ts';
import type { Explain, NamedFolder, Reading } from './protocol.ts';
import type { Found, Known, SourceEvent } from './source.ts';

export interface MailboxReaderParts<Folder extends NamedFolder> {
  server: MailServer;
  reading: Reading<Folder>;
  reader: FolderReader<Folder>;
  /** Left out where nothing can be compared. */
  known: Known | undefined;
  explain: Explain;
  signal: AbortSignal;
}

const auditMs = 24 * 60 * 60_000;
/** Where a server tells of news and there are none, the next look comes so much later each time. */
const idleLook = { first: 500, cap: 30_000 };

/**
 * Reads all folders, then (where `reconcileMs` says how often) what arrives: a folder in which something arrived is
 * looked at alone, all are looked at every so many milliseconds, whatever the server told. `caught-up` comes
 * after each look. When all are looked at, some of the newest in each are compared with what is stored, once a day all.
 */
export async function* readMailbox<Folder extends NamedFolder>(
  parts: MailboxReaderParts<Folder>,
  { reconcileMs, auditedAt }: { reconcileMs: number | null; auditedAt: Instant | null | undefined },
): AsyncGenerator<SourceEvent> {
  const { reading, signal } = parts;
  let auditAt = performance.now() + untilAudit(auditedAt);
  let reconcileAt = 0;
  let wasTold = false;
  let idleLooks = 0;
  for (let arrivedIn: Folder | null = null; ; ) {
    const isAudit = !arrivedIn && performance.now() >= auditAt;
    const { isIdle, ...found } = yield* look(parts, arrivedIn, isAudit);
    if (isAudit) auditAt = performance.now() + auditMs;
    yield { kind: 'caught-up', cursor: reading.cursor(), found };
    if (reconcileMs === null) return;
    if (!arrivedIn) reconcileAt = performance.now() + reconcileMs;
    idleLooks = isIdle && wasTold ? idleLooks + 1 : 0;
    arrivedIn = await reading.wait(Math.max(0, reconcileAt - performance.now()));
    wasTold = performance.now() < reconcileAt;
    if (wasTold && idleLooks > 1) await sleep(pauseAfter(idleLooks), signal);
    signal.throwIfAborted();
    if (performance.now() >= reconcileAt) arrivedIn = null;
  }
}

/** Milliseconds; a clock that was set back puts nothing off for longer. */
function untilAudit(auditedAt: Instant | null | undefined): number {
  if (auditedAt === undefined) return Number.POSITIVE_INFINITY;
  if (auditedAt === null) return 0;
  const age = Date.now() - Date.parse(auditedAt);
  return age < 0 ? 0 : Math.max(0, auditMs - age);
}

function pauseAfter(looks: number): number {
  return Math.min(idleLook.cap, idleLook.first * 2 ** Math.min(looks, 10));
}

/** What came of a look. */
interface Look extends Found {
  /** No message, and none that cannot be read. */
  isIdle: boolean;
}

/** One look at a folder, or at every one. A folder that cannot be listed stops the look only after the others. */
async function* look<Folder extends NamedFolder>(
  parts: MailboxReaderParts<Folder>,
  only: Folder | null,
  isAudit: boolean,
): AsyncGenerator<SourceEvent, Look> {
  const { reading } = parts;
  const { folders, missing } = only ? { folders: [only], missing: null } : await reading.folders();
  const looked = new Map<string, FolderLook>();
  let unlisted = missing;
  let isIdle = true;
  try {
    for (const folder of folders)
      try {
        const before = looked.get(folder.name);
        const comparison = only || before ? 'none' : isAudit ? 'all' : 'newest';
        const found = yield* lookAt(parts, folder, comparison);
        isIdle &&= found.isIdle;
        looked.set(folder.name, before ?? found);
      } catch (error) {
        if (!(error instanceof FolderUnlisted)) throw error;
        unlisted ??= error.problem;
      }
  } finally {
    reading.endLook?.();
  }
  if (unlisted) throw unlisted;
  return { isIdle, ...foundIn([...looked.values()], isAudit) };
}

function foundIn(looks: FolderLook[], isAudit: boolean): Found {
  const breach = looks.find((look) => look.breach)?.breach;
  const sum = (of: (look: FolderLook) => number) => looks.reduce((total, look) => total + of(look), 0);
  return {
    ...(breach ? { breach } : isAudit && { breach: null }),
    ...(isAudit && {
      audit: { inMailbox: sum((look) => look.inMailbox), missing: sum((look) => look.missing) },
    }),
  };
}

interface FolderLook extends Compared {
  isIdle: boolean;
  breach: Problem | null;
}

/** What is new in a folder, and what is missing here of what it lists. */
async function* lookAt<Folder extends NamedFolder>(
  parts: MailboxReaderParts<Folder>,
  folder: Folder,
  comparison: 'none' | 'newest' | 'all',
): AsyncGenerator<MessageOrUnreadable, FolderLook> {
  const { server, reading, reader, known } = parts;
  const look: FolderLook = { isIdle: true, breach: null, inMailbox: 0, missing: 0, reused: 0 };
  for await (const event of reader.read(folder)) {
    look.isIdle = false;
    yield event;
  }
  look.breach = reading.breach?.(folder) ?? null;
  if (!known || (!look.breach && comparison === 'none')) return look;
  const all = look.breach !== null || comparison === 'all';
  Object.assign(look, yield* compareFolder(folder, { ...parts, known, all }));
  look.isIdle &&= look.missing === 0;
  if (look.reused > 0) look.breach ??= idsReused(server, folder.name, look.reused);
  return look;
}
