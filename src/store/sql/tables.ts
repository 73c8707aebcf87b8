import type { Generated } from 'kysely';
import type { DeliveredItem, DeliveryState, DeliveryTarget } from '../../model/delivery.ts';

/** The tables as every engine has them. Instants are ISO text, records are JSON text. */
export interface Tables {
  /** Records of all resources. Few, small, always read whole: kept as JSON. */
  resource: { id: string; type: string; name: string; version: number; record: string };
  /** Former versions of records, for a while. */
  resource_history: { id: string; version: number; record: string };
  /** What only the reading of a mailbox knows. */
  mailbox: {
    server_id: string;
    cursor: string | null;
    state: string | null;
    restriction: string | null;
    audit: string | null;
  };
  secret: { owner: string; name: string; sealed: Uint8Array };
  message: MessageRow;
  position: PositionRow;
  thread_reference: { server_id: string; reference: string; thread_id: string };
  source_chunk: { source_id: string; seq: number; bytes: Uint8Array };
  spool: { source_id: string };
  delivery: DeliveryRow;
  delivery_attempt: DeliveryAttemptRow;
  endpoint: EndpointRow;
  outgoing_mail: OutgoingMailRow;
  /** When a sender was last answered automatically by a server. */
  answered_sender: { server_id: string; sender: string; answered_at: string };
  /** What needs a person, while it does; `told_at` is null until the administrators were told. */
  notice: { key: string; notice: string; since: string; told_at: string | null };
  notification: { id: string; record: string; created_at: string };
  quarantine: QuarantineRow;
  consent: ConsentRow;
  session: { id_hash: string; created_at: string; expires_at: string };
  setting: { key: string; value: string };
}

export interface MessageRow {
  sequence: Generated<number>;
  id: string;
  server_id: string;
  mailbox: string;
  folder: string;
  thread_id: string;
  /** The Message-ID header, which others refer to. */
  message_id: string | null;
  sha256: string;
  size: number;
  subject: string;
  sender: string;
  attachments: number;
  defects: number;
  received_at: string;
  stored_at: string;
  content: string;
  /** Null once retention has removed the raw source. */
  source_id: string | null;
}

export interface PositionRow {
  server_id: string;
  folder: string;
  validity: string;
  uid: string;
  /** Counts the messages that lay in this place: a server may give a number anew, though it must not. */
  generation: number;
  /** `message.id` of what lay there; empty where nothing of it was ever stored, and nothing is to be. */
  message: string;
  /** By which the same mail is recognised under another position, also when retention has removed the message. */
  fingerprint: string;
  /** What the server told of it, by which another message in its place is noticed; null where that is not known. */
  message_id: string | null;
  received_at: string | null;
  size: number | null;
  /** Whether the action on the server (mark read, move, delete) is still owed. `removed`: it was deleted there. */
  acknowledgement: 'none' | 'due' | 'done' | 'removed';
  /** Not before this instant. */
  acknowledge_at: string;
  /** How often the server refused the action on this one message. */
  refusals: number;
}

export interface DeliveryRow {
  sequence: Generated<number>;
  id: string;
  item_kind: DeliveredItem['kind'];
  /** `message.id`, `outgoing_mail.id` or `notification.id`, by the kind. */
  message: string;
  target_kind: DeliveryTarget['kind'];
  /** `resource.id` of a destination or an outgoing server, by the kind. */
  destination_id: string;
  thread_id: string;
  state: DeliveryState;
  attempts: number;
  next_attempt_at: string;
  claimed_until: string | null;
  last_attempt_at: string | null;
  delivered_at: string | null;
  problem: string | null;
  created_at: string;
  replay_id: string | null;
  clock_from: number | null;
}

export interface DeliveryAttemptRow {
  sequence: Generated<number>;
  delivery_id: string;
  at: string;
  /** Milliseconds. */
  took: number;
  /** Null, as are the two after it, where no answer came. */
  status: number | null;
  headers: string | null;
  body: string | null;
  problem: string | null;
}

export interface EndpointRow {
  target_id: string;
  /** Of the record that `disabled` and `rests_until` are about; they count for no other. */
  version: Generated<number>;
  disabled: string | null;
  disabled_at: string | null;
  rests_until: string | null;
  /** For how long deliveries to it were tried, in milliseconds. */
  clock: Generated<number>;
}

export interface OutgoingMailRow {
  sequence: Generated<number>;
  id: string;
  server_id: string;
  thread_id: string;
  message_id: string;
  /** `message.id` of what it answers. */
  in_reply_to: string | null;
  subject: string;
  sender: string;
  recipients: string;
  size: number;
  created_at: string;
  /** Null once retention has removed the source. */
  source_id: string | null;
}

export interface QuarantineRow {
  id: string;
  server_id: string;
  folder: string;
  validity: string;
  uid: string;
  received_at: string | null;
  message: string | null;
  problem: string;
  quarantined_at: string;
  state: 'waiting' | 'quarantined';
  looks: number;
  next_look_at: string | null;
}

export interface ConsentRow {
  state_hash: string;
  profile_id: string;
  session_hash: string;
  sealed: Uint8Array;
  created_at: string;
  expires_at: string;
  taken: number;
  outcome: string | null;
}
