import type { ValuesOf } from '../field.ts';
import type { ResourceRecord } from '../resource.ts';
import type { incomingServerFields } from './fields.ts';

/** An incoming email server: one mailbox and how it is read. */
export type MailServer = ResourceRecord & ValuesOf<typeof incomingServerFields> & { protocol: string };
