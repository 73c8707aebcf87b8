import { EventEmitter } from 'node:events';
import type { DeliveredItem, DeliveryState } from '../model/delivery.ts';
import type { MailServerState } from '../model/mail-server.ts';
import type { ProblemJson } from '../model/problem.ts';

/** What happens, as it happens: the console's live view, the metrics and the log all listen here. No mail content. */
export interface Events {
  'message.stored': [
    {
      serverId: string;
      server: string;
      messageId: string;
      outcome: 'new' | 'known' | 'recognised';
      size: number;
      remaining: number;
    },
  ];
  'message.quarantined': [{ serverId: string; server: string; problem: ProblemJson }];
  'server.state': [MailServerState & { server: string }];
  'delivery.settled': [
    {
      deliveryId: string;
      item: DeliveredItem;
      destinationId: string;
      destination: string;
      state: DeliveryState;
      attempt: number;
      seconds: number;
      problem: ProblemJson | null;
    },
  ];
  'destination.circuit': [
    { destinationId: string; destination: string; open: boolean; until: string | null },
  ];
  /** It answered 410 Gone. */
  'destination.disabled': [{ destinationId: string; destination: string; problem: ProblemJson }];
  'profile.state': [{ profileId: string; profile: string; state: string; problem: ProblemJson | null }];
}

export type EventBus = EventEmitter<Events>;

export function createEventBus(): EventBus {
  const bus = new EventEmitter<Events>();
  bus.setMaxListeners(0);
  return bus;
}
