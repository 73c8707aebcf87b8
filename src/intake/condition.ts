import type { MailServer, MailServerCondition, MailServerState } from '../model/mail-server.ts';
import type { Problem } from '../model/problem.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';

/** What a mailbox's loop is doing, for the overview: kept in the store and told at each change (P1). */
export interface Condition {
  set(condition: MailServerCondition, problem?: Problem | null, retryAt?: Date | null): Promise<void>;
  /** Something is wrong beside the reading (an action on the server); null when it is mended. */
  remark(problem: Problem | null): Promise<void>;
  messageStored(): void;
}

export function createCondition({
  server,
  store,
  events,
}: {
  server: MailServer;
  store: Store;
  events: EventBus;
}): Condition {
  const now = () => new Date().toISOString();
  let state: MailServerState = {
    serverId: server.id,
    condition: 'starting',
    problem: null,
    since: now(),
    lastContactAt: null,
    lastMessageAt: null,
    retryAt: null,
  };
  let remembered: Promise<void> | null = null;

  /** The instants of the run before, so that a restart does not forget when mail last came. */
  async function remember(): Promise<void> {
    const before = (await store.servers.states()).find((known) => known.serverId === server.id);
    if (before)
      state = { ...state, lastContactAt: before.lastContactAt, lastMessageAt: before.lastMessageAt };
  }

  async function change(to: Partial<MailServerState>): Promise<void> {
    remembered ??= remember();
    await remembered;
    if (to.condition !== undefined && to.condition !== state.condition) to = { ...to, since: now() };
    state = { ...state, ...to };
    events.emit('server.state', { ...state, server: server.name });
    // A full disk must not keep the loop from saying so: the listeners above already know.
    await store.servers.setState(state).catch(() => undefined);
  }

  return {
    set: (condition, problem = null, retryAt = null) =>
      change({
        condition,
        problem: problem?.toJSON() ?? null,
        retryAt: retryAt?.toISOString() ?? null,
        ...(condition === 'watching' && { lastContactAt: now() }),
      }),
    remark: (problem) => change({ problem: problem?.toJSON() ?? null }),
    messageStored() {
      state = { ...state, lastMessageAt: now(), lastContactAt: now() };
    },
  };
}
