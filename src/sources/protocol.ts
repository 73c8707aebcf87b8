import type { Protocol } from '../resources/incoming-server.ts';
import type { CreateSource } from './source.ts';

/** A protocol that mailboxes are read by: what an administrator can choose of it, and how it is opened. */
export interface MailProtocol extends Protocol {
  open: CreateSource;
}
