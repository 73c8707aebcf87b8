import { createSignIn } from '../access/sign-in.ts';
import type { Config } from '../config/config.ts';
import type { Destination } from '../delivery/destination.ts';
import type { Dispatcher } from '../delivery/dispatcher.ts';
import type { DownloadUrls } from '../delivery/download-urls.ts';
import type { Sender } from '../delivery/sender.ts';
import type { Discover } from '../discovery/discover.ts';
import type { Knowledge } from '../doctor/diagnosis.ts';
import type { Supervisor } from '../intake/supervisor.ts';
import type { CredentialParts } from '../oauth/client-auth/credential.ts';
import type { TokenSources } from '../oauth/token-source.ts';
import type { Collection } from '../resources/collection.ts';
import type { Collections } from '../resources/collections.ts';
import type { CredentialProfile } from '../resources/credential-profile/record.ts';
import type { DestinationConfig } from '../resources/destination.ts';
import type { Guide } from '../resources/guide.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { OutgoingServer } from '../resources/outgoing-server/record.ts';
import type { ResourceRecord } from '../resources/resource.ts';
import type { AzureSetup } from '../setup/azure/setup.ts';
import type { MailSource } from '../sources/source.ts';
import type { Store } from '../store/store.ts';
import type { EventBus } from '../telemetry/events.ts';
import type { Vault } from '../vault/vault.ts';
import { createAdminConsentAdministration } from './admin-consent.ts';
import type { Administration } from './administration.ts';
import { AzureSetups } from './azure-setup.ts';
import { AuthorizationCodeConsent } from './consent.ts';
import { createDeliveriesAdministration } from './deliveries.ts';
import { createDestinationsAdministration } from './destinations.ts';
import { DeviceCodeConsent } from './device-code.ts';
import { createDiscovery } from './discovery.ts';
import { createDoctor } from './doctor.ts';
import { createGraphNotifications, type NotificationUrls } from './graph-notifications.ts';
import { createGuideAdministration } from './guide/index.ts';
import { createMailboxAccess } from './mailbox-access.ts';
import { type Managed, managed } from './managed.ts';
import { createMessagesAdministration } from './messages.ts';
import { createOutgoingAdministration } from './outgoing.ts';
import { createOutgoingServersAdministration } from './outgoing-servers.ts';
import { createProfilesAdministration } from './profiles.ts';
import { createQuarantineAdministration } from './quarantine.ts';
import { createServersAdministration } from './servers.ts';
import type { ConsentParts } from './store-consent.ts';

interface Parts {
  store: Store;
  vault: Vault;
  events: EventBus;
  address: Administration['address'];
  guides: Collection<Guide>;
  federation: Config['federation'];
  resources: Collections;
  azureSetups: Collection<AzureSetup>;
  tokens: TokenSources;
  notificationUrls: NotificationUrls;
  openSource: (server: MailServer) => MailSource;
  openSender: (server: OutgoingServer) => Sender;
  openDestination: (destination: DestinationConfig) => Promise<Destination>;
  knowledge: Knowledge;
  downloads: DownloadUrls;
  supervisor: Supervisor;
  dispatcher: Pick<Dispatcher, 'wake' | 'refresh' | 'renew'>;
  notices: Administration['notices'];
  discovery: { protocols: readonly string[]; discover: Discover | null };
}

/** What an administrator can do, joined to what does it. `stop` ends what an administrator began. */
export function createAdministration(parts: Parts): {
  administration: Administration;
  stop(): Promise<void>;
} {
  const { store, vault, events, address, resources, tokens, notificationUrls, supervisor, dispatcher } =
    parts;
  const { profiles, servers, outgoingServers } = resources;
  const consents = {
    profiles,
    servers,
    store,
    vault,
    events,
    tokens,
    publicUrl: address.publicUrl,
    federation: parts.federation,
  };
  const deviceCode = new DeviceCodeConsent(consents);
  const deliveries = createDeliveriesAdministration({ resources, store, dispatcher });
  const own = createManaged(parts);
  const setUp = createSetUp(parts, consents, own.profiles.authorize);
  const administration: Administration = {
    ...own,
    address,
    resources: Object.values(own) as unknown as Managed<ResourceRecord>[],
    ...setUp,
    deviceCode,
    messages: createMessagesAdministration({ store, downloads: parts.downloads }),
    deliveries,
    quarantine: createQuarantineAdministration({ store, supervisor, replay: deliveries.replay }),
    graphNotifications: createGraphNotifications({ supervisor, notificationUrls }),
    signIn: createSignIn({ store, vault }),
    outgoing: createOutgoingAdministration({ outgoingServers, store, dispatcher }),
    notices: parts.notices,
    discovery: createDiscovery({ profiles, ...parts.discovery }),
  };
  return {
    administration,
    async stop() {
      await deviceCode.stop();
      await setUp.azureSetups.close();
    },
  };
}

/** What brings a mailbox here, and finds out what keeps it from coming. */
function createSetUp(
  parts: Parts,
  consents: ConsentParts & CredentialParts & { publicUrl: string; servers: Collection<MailServer> },
  authorize: (id: string) => Promise<CredentialProfile>,
) {
  const { resources, store, tokens, openSource, address } = parts;
  const consent = new AuthorizationCodeConsent(consents);
  const adminConsent = createAdminConsentAdministration(consents);
  const doctor = createDoctor(parts);
  const mailboxAccess = createMailboxAccess({ resources, store, openSource, tokensFor: tokens.for });
  const { redirectUri } = consent;
  const { publicUrl } = address;
  const own = { ...address, redirectUri, adminRedirectUri: adminConsent.redirectUri };
  return {
    consent,
    adminConsent,
    doctor,
    mailboxAccess,
    azureSetups: new AzureSetups({ ...consents, setups: parts.azureSetups, resources, authorize }),
    guide: createGuideAdministration({ ...parts, publicUrl, doctor, mailboxAccess, consent, own }),
  };
}

/** What is done with the records of each resource. */
function createManaged({ resources, store, events, tokens, supervisor, dispatcher, ...parts }: Parts) {
  const { profiles, servers, outgoingServers } = resources;
  return {
    profiles: createProfilesAdministration({ profiles, events, tokens }),
    servers: createServersAdministration({ servers, store, supervisor }),
    destinations: createDestinationsAdministration({
      destinations: resources.destinations,
      endpoints: store.endpoints,
      renew: (id) => dispatcher.renew((target) => target.id === id),
      changed: () => dispatcher.refresh(),
    }),
    outgoingServers: createOutgoingServersAdministration({ outgoingServers, openSender: parts.openSender }),
    notifications: managed(resources.notifications, {}),
  };
}
