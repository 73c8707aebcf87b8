import type { ValuesOf } from '../field.ts';
import type { ResourceRecord } from '../resource.ts';
import type { outgoingServerFields } from './fields.ts';

/** An outgoing email server: how mail is sent, and as whom. */
export type OutgoingServer = ResourceRecord & ValuesOf<typeof outgoingServerFields> & { kind: string };
