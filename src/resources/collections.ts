import type { Collection } from './collection.ts';
import type { CredentialProfile } from './credential-profile/record.ts';
import type { DestinationConfig } from './destination.ts';
import type { MailServer } from './incoming-server/record.ts';
import type { NotificationSettings } from './notification-settings.ts';
import type { OutgoingServer } from './outgoing-server/record.ts';

/** All that an administrator sets up. */
export interface Collections {
  profiles: Collection<CredentialProfile>;
  servers: Collection<MailServer>;
  destinations: Collection<DestinationConfig>;
  outgoingServers: Collection<OutgoingServer>;
  notifications: Collection<NotificationSettings>;
}
