import type { Kysely } from 'kysely';
import type { StoreHealth } from '../health.ts';
import type { Store } from '../store.ts';
import { consentStore } from './consents.ts';
import { deliveryStore } from './deliveries.ts';
import { endpointStore } from './endpoints.ts';
import { mailboxStore } from './mailboxes.ts';
import { messageStore } from './messages.ts';
import { noticeStore } from './notices.ts';
import { outboxStore } from './outbox.ts';
import { quarantineStore } from './quarantine.ts';
import { recordStore } from './records.ts';
import { secretStore } from './secrets.ts';
import { sessionStore } from './sessions.ts';
import { settingStore } from './settings.ts';
import { type DamageListener, sourceReader } from './source-reader.ts';
import type { Tables } from './tables.ts';

/** The store in SQL that every engine understands; the engine is in the dialect of `db`. */
export function createSqlStore(
  db: Kysely<Tables>,
  health: StoreHealth & DamageListener,
  close: () => Promise<void>,
): Store {
  const read = sourceReader(db, health);
  return {
    health,
    records: recordStore(db),
    mailboxes: mailboxStore(db),
    messages: messageStore(db, read),
    deliveries: deliveryStore(db),
    outbox: outboxStore(db, read),
    endpoints: endpointStore(db),
    notices: noticeStore(db),
    quarantine: quarantineStore(db),
    secrets: secretStore(db),
    consents: consentStore(db),
    sessions: sessionStore(db),
    settings: settingStore(db),
    close,
  };
}
