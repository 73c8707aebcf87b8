import type { MailServerCondition, MailServerState } from '../model/mail-server.ts';
import type { Problem, ProblemJson } from '../model/problem.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';

/**
 * What a mailbox's loop is doing, for the overview: kept in the store and told at each change. Never throws:
 * a store in trouble must not keep the loop from saying so, and whoever listens knows already.
 */
export interface Condition {
  current(): MailServerCondition;
  set(condition: MailServerCondition, problem?: Problem | null, retryAt?: Date | null): Promise<void>;
  /**
   * Something is wrong beside the reading: with actions on the server, or with how it numbers messages; null when it is
   * mended. Tells whether that was news.
   */
  remark(about: 'actions' | 'breach', problem: Problem | null): Promise<boolean>;
  messageStored(): void;
}

export function createCondition(parts: {
  /** As it is now. */
  server: MailServer;
  store: Store;
  events: EventBus;
}): Condition {
  const { server, store, events } = parts;
  let state = startingState(server.id);
  /** What is wrong with the reading, and beside it: mending the one does not mend the other. */
  let reading: ProblemJson | null = null;
  const beside: { actions: ProblemJson | null; breach: ProblemJson | null } = { actions: null, breach: null };
  let remembered = false;

  /** The instants of the run before, so that a restart does not forget when mail last came. */
  async function remember(): Promise<void> {
    const before = await store.mailboxes.state(server.id);
    remembered = true;
    state.lastContactAt ??= before?.lastContactAt ?? null;
    state.lastMessageAt ??= before?.lastMessageAt ?? null;
  }

  async function change(to: Partial<MailServerState>): Promise<void> {
    const since = to.condition === undefined || to.condition === state.condition ? state.since : now();
    state = { ...state, ...to, since, problem: reading ?? beside.actions ?? beside.breach };
    try {
      if (!remembered) await remember();
    } catch {
      // Another time.
    }
    events.emit('server.state', { ...state, server: parts.server.name });
    if (remembered) await store.mailboxes.setState(state).catch(() => undefined);
  }

  return {
    current: () => state.condition,
    set(condition, problem = null, retryAt = null) {
      reading = problem?.toJSON() ?? null;
      return change({
        condition,
        retryAt: retryAt?.toISOString() ?? null,
        ...(condition === 'watching' && { lastContactAt: now() }),
      });
    },
    async remark(about, problem) {
      const before = beside[about];
      if (problem?.code === before?.code && problem?.title === before?.title) return false;
      beside[about] = problem?.toJSON() ?? null;
      await change({});
      return true;
    },
    messageStored() {
      state = { ...state, lastMessageAt: now(), lastContactAt: now() };
    },
  };
}

function startingState(serverId: string): MailServerState {
  return {
    serverId,
    condition: 'starting',
    problem: null,
    since: now(),
    lastContactAt: null,
    lastMessageAt: null,
    retryAt: null,
  };
}

function now(): string {
  return new Date().toISOString();
}
