import { createWebhook } from './destinations/webhook/index.ts';
import type { DestinationKind } from './model/delivery.ts';
import type { Protocol } from './model/mail-server.ts';
import { createImapSource } from './sources/imap/index.ts';

/** Every protocol that mail comes in by: one line each. */
export const sources = {
  imap: createImapSource,
} satisfies Record<Protocol, unknown>;

/** Every kind of place that messages go to: one line each. */
export const destinations = {
  webhook: createWebhook,
} satisfies Record<DestinationKind, unknown>;
