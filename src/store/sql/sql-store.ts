import type { Kysely } from 'kysely';
import type { Store } from '../store.ts';
import { consentStore } from './consents.ts';
import { deliveryStore } from './deliveries.ts';
import { destinationStore } from './destinations.ts';
import { messageStore } from './messages.ts';
import { noticeStore } from './notices.ts';
import { outboxStore } from './outbox.ts';
import { outgoingServerStore } from './outgoing-servers.ts';
import { profileStore } from './profiles.ts';
import { quarantineStore } from './quarantine.ts';
import { secretStore } from './secrets.ts';
import { serverStore } from './servers.ts';
import { sessionStore } from './sessions.ts';
import { settingStore } from './settings.ts';
import type { Tables } from './tables.ts';

/** The store in SQL that every engine understands; the engine is in the dialect of `db`. */
export function createSqlStore(db: Kysely<Tables>, close: () => Promise<void>): Store {
  return {
    profiles: profileStore(db),
    servers: serverStore(db),
    destinations: destinationStore(db),
    messages: messageStore(db),
    deliveries: deliveryStore(db),
    outgoingServers: outgoingServerStore(db),
    outbox: outboxStore(db),
    notices: noticeStore(db),
    quarantine: quarantineStore(db),
    secrets: secretStore(db),
    consents: consentStore(db),
    sessions: sessionStore(db),
    settings: settingStore(db),
    close,
  };
}
