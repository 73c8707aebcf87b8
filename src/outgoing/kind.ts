import type { OutgoingKind } from '../resources/outgoing-server.ts';
import type { CreateSender } from './sender.ts';

/** A way to send mail: what an administrator can choose of it, and how it is opened. */
export interface SendingKind extends OutgoingKind {
  open: CreateSender;
}
