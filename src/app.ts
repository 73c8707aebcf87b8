import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import tls from 'node:tls';
import { sources } from './adapters.ts';
import { createAccessAdministration } from './administration/access.ts';
import { createAdminConsentAdministration } from './administration/admin-consent.ts';
import type { Administration } from './administration/administration.ts';
import {
  createAdministratorNotifications,
  notificationSettings,
} from './administration/administrator-notifications.ts';
import { createConsentAdministration } from './administration/consent.ts';
import { createDeliveriesAdministration } from './administration/deliveries.ts';
import { createDestinationsAdministration } from './administration/destinations.ts';
import { createDeviceCodeAdministration } from './administration/device-code.ts';
import { createKeepConsent } from './administration/keep-consent.ts';
import { createDownloadUrls, createMessagesAdministration } from './administration/messages.ts';
import { createNotices } from './administration/notices.ts';
import { createGraphDoor, createNotificationsAdministration } from './administration/notifications.ts';
import { createOutgoingAdministration } from './administration/outgoing.ts';
import { createOutgoingServersAdministration } from './administration/outgoing-servers.ts';
import { createProfilesAdministration } from './administration/profiles.ts';
import { createQuarantineAdministration } from './administration/quarantine.ts';
import { createServersAdministration } from './administration/servers.ts';
import { createSignInAdministration } from './administration/sign-in.ts';
import type { Config } from './config/config.ts';
import { createDeliveryQueue } from './delivery-queue.ts';
import { createRetention } from './intake/retention.ts';
import { createSupervisor } from './intake/supervisor.ts';
import type { MailServer } from './model/mail-server.ts';
import { invalidInput } from './model/problem.ts';
import { Notifier } from './notices/notifier.ts';
import { createTokenSources } from './oauth/token-source.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import type { Store } from './store/store.ts';
import { createEventBus, type EventBus } from './telemetry/events.ts';
import { createLog, type Log } from './telemetry/log.ts';
import { loadKeyRing } from './vault/key-ring.ts';
import { createVault, type Vault } from './vault/vault.ts';

/** Letterbox with everything wired, its data folder taken, and nothing running yet. */
export interface Letterbox {
  administration: Administration;
  store: Store;
  vault: Vault;
  events: EventBus;
  log: Log;
  publicUrl: string;
  /** Begins to read, deliver and expire. */
  start(): Promise<void>;
  /** Ends what runs and gives the data folder free. */
  close(): Promise<void>;
}

/**
 * The composition root: configuration in, Letterbox out; the only place where every part meets.
 * Throws the Problem of a store, key or file that cannot be had.
 */
export async function openLetterbox(
  config: Config,
  log: Log = createLog(config.log.level),
): Promise<Letterbox> {
  trust(config.tls.trust);
  const events = createEventBus();
  const store = await openSqliteStore(resolve(config.dataFolder));
  try {
    const keyRing = loadKeyRing({
      ...config.masterKey,
      defaultFile: resolve(config.dataFolder, 'master.key'),
    });
    const vault = createVault(keyRing);
    return assemble(config, { events, store, vault, log });
  } catch (error) {
    await store.close();
    throw error;
  }
}

function assemble(
  config: Config,
  { events, store, vault, log }: { events: EventBus; store: Store; vault: Vault; log: Log },
): Letterbox {
  const publicUrl = (config.publicUrl ?? `https://localhost:${config.listen.port}`).replace(/\/$/, '');
  const tokens = createTokenSources({ store, vault, events, log });
  const downloads = createDownloadUrls({ publicUrl, vault, hours: config.delivery.urlHours });

  const graphDoor = createGraphDoor({ publicUrl, vault });

  const openSource = (server: MailServer) =>
    sources[server.protocol]({
      server,
      tokens: tokens.for(server.profileId, server.protocol),
      options: config.intake,
      notifications: config.publicUrl === undefined ? null : graphDoor.of(server.id),
      known: (place, uids) => store.messages.known(server.id, place, uids),
      log: log.child({ server: server.name }),
    });

  const supervisor = createSupervisor({ store, open: openSource, events, log });
  const { dispatcher, openSender } = createDeliveryQueue({
    store,
    vault,
    tokens,
    url: downloads.url,
    options: config.delivery,
    events,
    log,
  });
  const retention = createRetention({ store, limits: config.retention, log });
  events.on('profile.state', ({ profileId, state }) => {
    if (state !== 'connected') return;
    supervisor
      .refreshProfile(profileId)
      .catch((error) =>
        log.error({ err: error }, 'mailboxes were not tried again after a profile was connected'),
      );
  });

  const notices = createNotices(store);
  const notifier = new Notifier({
    store,
    notices,
    settings: () => notificationSettings(store),
    patienceSeconds: config.intake.reconcileSeconds,
    dispatcher,
    events,
    log,
  });
  const deliveries = createDeliveriesAdministration({ store, dispatcher });
  const keep = createKeepConsent({ store, vault, events, tokens });
  const { stop: stopDeviceCodes, ...deviceCode } = createDeviceCodeAdministration({ store, vault, keep });
  const administration: Administration = {
    profiles: createProfilesAdministration({ store, vault, events, tokens }),
    consent: createConsentAdministration({ store, vault, keep, publicUrl }),
    deviceCode,
    adminConsent: createAdminConsentAdministration({ store, vault, tokens, publicUrl }),
    servers: createServersAdministration({ store, supervisor, openSource, tokensFor: tokens.for }),
    access: createAccessAdministration({ store, openSource, tokensFor: tokens.for }),
    destinations: createDestinationsAdministration({ store, vault, dispatcher, options: config.delivery }),
    messages: createMessagesAdministration({ store, downloads }),
    deliveries,
    quarantine: createQuarantineAdministration({ store, supervisor, replay: deliveries.replay }),
    notifications: createNotificationsAdministration({ supervisor, graphDoor }),
    signIn: createSignInAdministration({ store }),
    outgoingServers: createOutgoingServersAdministration({ store, dispatcher, openSender }),
    outgoing: createOutgoingAdministration({ store, dispatcher }),
    administratorNotifications: createAdministratorNotifications({ store, changed: notifier.look }),
    notices,
  };

  return {
    administration,
    store,
    vault,
    events,
    log,
    publicUrl,
    async start() {
      await store.deliveries.releaseAll();
      await dispatcher.start();
      await supervisor.start();
      retention.start();
      notifier.start();
    },
    async close() {
      await stopDeviceCodes();
      retention.stop();
      await notifier.stop();
      await supervisor.stop();
      await dispatcher.stop();
      await store.close();
    },
  };
}

/** Trusts private authorities besides the usual ones, for every connection that this process makes. */
function trust(files: string[]): void {
  if (files.length === 0) return;
  const added = files.map((file) => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      throw invalidInput([{ field: 'tls.trust', expected: 'PEM files that can be read', given: file }]);
    }
  });
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...added]);
}
