import type { CreateDestination } from './delivery/destination.ts';
import type { CreateSender } from './delivery/sender.ts';
import { createForward } from './destinations/forward/index.ts';
import { createWebhook } from './destinations/webhook/index.ts';
import type { DestinationKind } from './model/delivery.ts';
import type { Protocol } from './model/mail-server.ts';
import type { OutgoingKind } from './model/outgoing.ts';
import { createGraphSender } from './outgoing/graph/index.ts';
import { createSmtpSender } from './outgoing/smtp/index.ts';
import { createEwsSource } from './sources/ews/index.ts';
import { createGraphSource } from './sources/graph/index.ts';
import { createImapSource } from './sources/imap/index.ts';
import { createPop3Source } from './sources/pop3/index.ts';
import type { CreateSource } from './sources/source.ts';

/** Every protocol that mail comes in by: one line each. */
export const sources: Record<Protocol, CreateSource> = {
  imap: createImapSource,
  pop3: createPop3Source,
  graph: createGraphSource,
  ews: createEwsSource,
};

/** Every way that mail goes out by: one line each. */
export const senders: Record<OutgoingKind, CreateSender> = {
  smtp: createSmtpSender,
  lmtp: createSmtpSender,
  graph: createGraphSender,
};

/** Every kind of place that messages go to: one line each. */
export const destinations: { [Kind in DestinationKind]: CreateDestination<Kind> } = {
  webhook: createWebhook,
  forward: createForward,
};
