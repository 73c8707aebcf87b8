import { inPortions } from '../../concurrency/batches.ts';
import { createWakeUp } from '../../concurrency/wake-up.ts';
import { isBeforeStart } from '../../model/mail-server.ts';
import type { Problem } from '../../model/problem.ts';
import type { Log } from '../../telemetry/log.ts';
import { plainMessageId } from '../announced-id.ts';
import { isPattern } from '../folder-pattern.ts';
import type { Entry, Fetched, Portion, Reading } from '../protocol.ts';
import type { Cursor, Hint, SourceParts } from '../source.ts';
import type { GraphClient } from './client.ts';
import { everyPage, isOwn } from './collection.ts';
import { type FolderPlace, openCursor, type Progress } from './cursor.ts';
import { beginRound, completeRound, type Round } from './delta.ts';
import { fetchMessages } from './fetch.ts';
import { type Folder, FolderFinder, textOf } from './folders.ts';
import { Endless } from './refusal.ts';
import { Subscriptions } from './subscriptions.ts';

export interface ReadingParts {
  client: GraphClient;
  /** Rounds begun and not finished, by the folder's name: they outlive the reading that began them. */
  rounds: Map<string, Round>;
  known: NonNullable<SourceParts['known']>;
  options: SourceParts['options'];
  notifications: SourceParts['notifications'];
  log: Log;
}

/** The store is asked about so many at once. */
const portionSize = 200;
/** Of the list of messages, when it is compared with what is stored. */
const [smallPage, largePage] = [50, 500];

/**
 * Reads a mailbox by delta queries. With `watch` a subscription for each folder tells of new mail, where these can be
 * had.
 */
export class GraphReading implements Reading<Folder> {
  readonly #parts: ReadingParts;
  readonly #signal: AbortSignal;
  readonly #progress: Progress;
  readonly #wakeUp = createWakeUp();
  readonly #subscriptions: Subscriptions | null;
  #isSubscribing = false;
  #found: { folders: Folder[]; missing: Problem | null } | null = null;

  constructor(
    parts: ReadingParts,
    cursor: Cursor | null,
    { watch, signal }: { watch: boolean; signal: AbortSignal },
  ) {
    const { client, notifications, options, log } = parts;
    this.#parts = parts;
    this.#signal = signal;
    this.#progress = openCursor(cursor);
    const { reconcileSeconds } = options;
    const [progress, onMade] = [this.#progress, this.#wakeUp.wake];
    this.#subscriptions =
      watch && notifications
        ? new Subscriptions({ client, progress, notifications, reconcileSeconds, log, onMade })
        : null;
  }

  async folders(): Promise<{ folders: Folder[]; missing: Problem | null }> {
    const { client } = this.#parts;
    const names = client.server.folders;
    // There may be new ones
    if (this.#found === null || names.some(isPattern))
      this.#found = await new FolderFinder(client, this.#signal).resolve(names);
    return this.#found;
  }

  async *list(folder: Folder): AsyncGenerator<Portion> {
    const { client, rounds, known, log } = this.#parts;
    const place = this.#progress.placeIn(folder.name, folder.id);
    const round = this.#currentRound(folder, place);
    const facts = { folder: folder.name };
    const onLost = () =>
      log.info(facts, 'Graph has forgotten what was read of a folder: it is looked at anew');
    await completeRound(client, folder, round, { signal: this.#signal, onLost });
    const uids = oldestFirst(round);
    let behind = uids.length;
    for (const portion of inPortions(uids, portionSize)) {
      behind -= portion.length;
      // Also told of are messages that were read, flagged or moved here and back: those are here already
      const here = await known({ folder: folder.name, validity: '' }, portion);
      const entries = portion
        .filter((uid) => !here.has(uid))
        .map((uid) => ({
          position: { folder: folder.name, validity: '', uid },
          size: null,
          receivedAt: instantOf(round.messages.get(uid)),
        }));
      yield { entries, behind };
    }
    rounds.delete(folder.name);
    if (round.isEndless) throw new Endless();
    // What is repeated of a round that was broken off is known by then
    place.deltaLink = round.deltaLink;
  }

  async *present({ name, id }: Folder, which: 'newest' | 'all' | 'any'): AsyncGenerator<Entry[]> {
    const { client } = this.#parts;
    const all = which === 'all';
    const options = { signal: this.#signal, pageSize: all ? largePage : smallPage };
    const path = `${client.mailbox}/mailFolders/${encodeURIComponent(id)}/messages`;
    const asked = '$select=receivedDateTime,internetMessageId&$orderby=receivedDateTime desc';
    let count = 0;
    for await (const items of everyPage(client, `${path}?${encodeURI(asked)}`, options)) {
      const entries = items.map((item) => ({
        position: { folder: name, validity: '', uid: textOf(item, 'id') },
        size: null,
        receivedAt: instantOf(Date.parse(String(item.receivedDateTime))),
        messageId: plainMessageId(item.internetMessageId),
      }));
      const young = entries.filter(
        ({ receivedAt }) => receivedAt === null || !isBeforeStart(client.server, receivedAt),
      );
      yield young;
      count += young.length;
      // The newest come first
      if (young.length < entries.length || (!all && count >= smallPage)) return;
    }
  }

  fetch(entries: readonly Entry[]): AsyncGenerator<Fetched> {
    const { client, options } = this.#parts;
    return fetchMessages(client, entries, options.maxMessageBytes, this.#signal);
  }

  cursor(): Cursor {
    return this.#progress.toCursor();
  }

  async wait(milliseconds: number): Promise<null> {
    if (!this.#isSubscribing) void this.#subscriptions?.run(() => this.#found?.folders ?? [], this.#signal);
    this.#isSubscribing = true;
    await this.#wakeUp.sleep(milliseconds, this.#signal);
    return null;
  }

  hint(hint: Hint): void {
    if (hint === 'reauthorization-required' || hint === 'subscription-removed')
      this.#subscriptions?.recheck();
    this.#wakeUp.wake();
  }

  /** The round that is under way, if it is still about the same. */
  #currentRound(folder: Folder, { deltaLink }: FolderPlace): Round {
    const { client, rounds } = this.#parts;
    // A link of another host is from before the server's settings were changed
    const from = deltaLink !== null && isOwn(client, deltaLink) ? deltaLink : null;
    const begun = rounds.get(folder.name);
    if (begun?.folderId === folder.id && begun.from === from) return begun;
    const fresh = beginRound(client, folder, from);
    rounds.set(folder.name, fresh);
    return fresh;
  }
}

/** Those of which it is not told when they were received come first. */
function oldestFirst({ messages }: Round): string[] {
  return [...messages]
    .sort(([, a], [, b]) => (Number.isNaN(a) ? -1 : a) - (Number.isNaN(b) ? -1 : b))
    .map(([uid]) => uid);
}

function instantOf(milliseconds = Number.NaN): string | null {
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
}
