import type { Change, ChangeKind, Folder, Item, Mailbox } from './mailbox.ts';

/** What a sync state says; the client sees base64 only. */
interface State {
  folder: string;
  epoch: number;
  /** Everything up to this change is known. */
  from: number;
  /** Where a listing in several parts is: it ends at `until`, and what follows has numbers below `before`. */
  until?: number;
  before?: number;
}

export interface ItemChange {
  kind: ChangeKind;
  itemId: string;
  item: Item | null;
}

/** Exchange's states are long; clients must bear it. */
const padding = 'x'.repeat(600);

export function writeState(state: State): string {
  return Buffer.from(JSON.stringify({ ...state, padding })).toString('base64');
}

/** Null for what is no state of this folder, or of an epoch that is over. */
export function readState(written: string, folder: Folder, epoch: number): State | null {
  try {
    const state: State = JSON.parse(Buffer.from(written, 'base64').toString());
    return state.folder === folder.id && state.epoch === epoch ? state : null;
  } catch {
    return null;
  }
}

/**
 * Changes since a state, the newest first as Exchange gives them since 2010 SP2, at most `most`; with the state to go
 * on from. An item that came and went is not mentioned; one that is new and was changed is new.
 */
export function changesSince(
  mailbox: Mailbox,
  folder: Folder,
  state: State,
  most: number,
): { changes: ItemChange[]; next: State; isLast: boolean } {
  const { from, until = mailbox.lastChange(), before = Number.POSITIVE_INFINITY } = state;
  const within = folder.changes.filter(({ number }) => number > from && number <= until);
  const last = new Map<string, Change>();
  for (const change of within) last.set(change.itemId, change);
  const rest = [...last.values()]
    .filter(({ number }) => number < before)
    .sort((a, b) => b.number - a.number)
    .map((change) => ({ ...describe(change, folder, from), number: change.number }))
    .filter(({ kind }) => kind !== null);
  const part = rest.slice(0, most);
  const isLast = part.length === rest.length;
  const known = { folder: folder.id, epoch: state.epoch };
  return {
    changes: part.map(({ kind, itemId, item }) => ({ kind: kind as ChangeKind, itemId, item })),
    next: isLast ? { ...known, from: until } : { ...known, from, until, before: part.at(-1)?.number ?? 0 },
    isLast,
  };
}

function describe({ itemId, kind }: Change, folder: Folder, from: number) {
  const item = folder.items.get(itemId) ?? null;
  if (item && item.created > from) return { kind: 'Create' as const, itemId, item };
  const wasKnown = folder.changes.some(
    (change) => change.itemId === itemId && change.kind === 'Create' && change.number <= from,
  );
  return { kind: wasKnown ? (item ? kind : ('Delete' as const)) : null, itemId, item };
}
