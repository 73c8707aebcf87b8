import { createWebhook } from './destinations/webhook/index.ts';
import type { DestinationKind } from './model/delivery.ts';
import type { Protocol } from './model/mail-server.ts';
import { createEwsSource } from './sources/ews/index.ts';
import { createGraphSource } from './sources/graph/index.ts';
import { createImapSource } from './sources/imap/index.ts';
import type { CreateSource } from './sources/source.ts';

const notBuilt: CreateSource = ({ server }) => {
  throw new Error(`${server.protocol} is not built yet`);
};

/** Every protocol that mail comes in by: one line each. */
export const sources: Record<Protocol, CreateSource> = {
  imap: createImapSource,
  pop3: notBuilt,
  graph: createGraphSource,
  ews: createEwsSource,
};

/** Every kind of place that messages go to: one line each. */
export const destinations = {
  webhook: createWebhook,
} satisfies Record<DestinationKind, unknown>;
