import { randomBytes } from 'node:crypto';
import { openMailbox } from './access.ts';
import { GraphError, invalidRequest } from './errors.ts';
import { folderOf } from './folders.ts';
import type { Change, Folder, Mailbox } from './mailbox.ts';
import { messageJson, messageProperties } from './message-json.ts';
import { filterOf, onlyOptions, pageSize, selected } from './odata.ts';
import type { Answer, Ask, Route } from './request.ts';

/** A change to be told, by both forms of the message's id. */
interface Entry {
  change: Change;
  immutableId: string;
  id: string;
}

/** What a state token stands for; it is all in the token, as the client only ever sees the URL. */
interface State {
  mailbox: Mailbox;
  folder: Folder;
  query: URLSearchParams;
  /** Count of changes that the round is about. */
  until: number;
  /** Not told yet in this round; null when the next round begins. */
  pending: Entry[] | null;
}

export interface DeltaTokens {
  keep(state: State): string;
  find(token: string): State | undefined;
  /** As when the service forgets them: `SyncStateNotFound`. */
  expire(): void;
}

const tokenBytes = 48;
const tokenForm = /^[\w-]{64}$/;

export function createDeltaTokens(): DeltaTokens {
  const states = new Map<string, State>();
  return {
    keep(state) {
      const token = randomBytes(tokenBytes).toString('base64url');
      states.set(token, state);
      return token;
    },
    find: (token) => states.get(token),
    expire: () => states.clear(),
  };
}

/** A filter lets so many through at most (Microsoft: Get incremental changes to messages in a folder). */
const mostFiltered = 5000;
const path = 'users/:user/mailFolders/:folder/messages/delta';

/**
 * Microsoft: message: delta. The order is not guaranteed, so here the newest come first. Not covered: `$expand`,
 * `$orderby`.
 */
export const deltaRoute: Route = { method: 'GET', path, answer };

function answer(ask: Ask): Answer {
  const { world, caller, params, query } = ask;
  const mailbox = openMailbox(caller, params.user ?? '', 'Mail.Read', world);
  const folder = folderOf(mailbox, ask);
  const token = query.get('$deltatoken') ?? query.get('$skiptoken');
  // An empty one is where a synchronization reset leads to
  if (!token) {
    onlyOptions(ask, ['$deltatoken', '$select', '$filter', '$top', 'changeType']);
    return tell(ask, begin(ask, mailbox, folder));
  }
  onlyOptions(ask, ['$deltatoken', '$skiptoken']);
  if (!tokenForm.test(token)) throw new GraphError(400, 'BadRequest', 'Badly formed token.');
  const state = world.deltaTokens.find(token);
  if (state?.folder !== folder) throw syncStateNotFound(ask);
  return tell(ask, state.pending === null ? next(state) : state);
}

function begin({ query }: Ask, mailbox: Mailbox, folder: Folder): State {
  if (!/^(created|updated|deleted)?$/.test(query.get('changeType') ?? ''))
    throw invalidRequest('The changeType is not one of created, updated, deleted.');
  const filter = query.get('$filter');
  if (filter !== null && !/^receivedDateTime (ge|gt) \S+$/i.test(filter))
    throw new GraphError(
      400,
      'ErrorInvalidUrlQuery',
      "The '$filter' parameter value is not supported for 'Messages' resource; only a value of 'receivedDateTime ge value' is supported.",
    );
  const holds = filterOf(filter);
  const all = [...folder.messages.values()].filter(holds).toReversed();
  const messages = filter === null ? all : all.slice(0, mostFiltered);
  const pending = messages.map(({ immutableId, id }): Entry => ({ change: 'created', immutableId, id }));
  return { mailbox, folder, query, until: mailbox.changes(), pending };
}

/** What changed in the folder since the round before. */
function next({ mailbox, folder, query, until }: State): State {
  const holds = filterOf(query.get('$filter'));
  const wanted = query.get('changeType');
  const pending: Entry[] = [];
  for (const message of folder.messages.values()) {
    const { arrivedAt, changedAt, immutableId, id } = message;
    if (changedAt > until && holds(message))
      pending.push({ change: arrivedAt > until ? 'created' : 'updated', immutableId, id });
  }
  for (const { changedAt, immutableId, id } of folder.removed)
    if (changedAt > until && !folder.messages.has(immutableId))
      pending.push({ change: 'deleted', immutableId, id });
  return {
    mailbox,
    folder,
    query,
    until: mailbox.changes(),
    pending: pending.filter(({ change }) => wanted === null || change === wanted).toReversed(),
  };
}

function tell(ask: Ask, state: State): Answer {
  const { world, params, immutableIds } = ask;
  const { folder, query } = state;
  const pending = state.pending ?? [];
  const size = pageSize({ ...ask, query });
  const select = selected({ ...ask, query }, messageProperties, 'microsoft.graph.message');
  const render = ({ change, immutableId, id }: Entry): object[] => {
    const type = { '@odata.type': '#microsoft.graph.message' };
    if (change === 'deleted')
      return [{ ...type, id: immutableIds ? immutableId : id, '@removed': { reason: 'deleted' } }];
    if (world.faults.hiddenFromDelta.has(immutableId)) return [];
    const message = folder.messages.get(immutableId);
    // Gone since: the next round tells
    if (!message) return [];
    const sparse = change === 'updated' && world.faults.sparseUpdates;
    return [{ ...type, ...messageJson(message, { select: sparse ? ['isRead'] : select, immutableIds }) }];
  };
  const rest = pending.slice(size);
  const value = pending.slice(0, size).flatMap(render);
  const user = params.user === 'me' ? 'me' : `users('${params.user}')`;
  const link = (option: string, pendingThen: Entry[] | null) =>
    `${world.origin}/v1.0/${user}/mailFolders('${folder.id}')/messages/delta?${option}=` +
    world.deltaTokens.keep({ ...state, pending: pendingThen });
  return {
    status: 200,
    json: {
      '@odata.context': `${world.origin}/v1.0/$metadata#Collection(message)`,
      value: world.faults.replays ? value.flatMap((entry) => [entry, entry]) : value,
      ...(rest.length > 0
        ? { '@odata.nextLink': link('$skiptoken', rest) }
        : { '@odata.deltaLink': link('$deltatoken', null) }),
    },
  };
}

/** Synchronization reset (Microsoft: Use delta query): `Location` has the initial request. */
function syncStateNotFound({ world, path }: Ask): GraphError {
  return new GraphError(410, 'SyncStateNotFound', 'The sync state generation is not found.', {
    location: `${world.origin}/v1.0/${path}?$deltatoken=`,
  });
}
