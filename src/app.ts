import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import tls from 'node:tls';
import { builtIn, type Kinds, loadKinds, named, type OpeningKinds } from './adapters.ts';
import type { Administration } from './administration/administration.ts';
import { createAdministration } from './administration/create.ts';
import { createNotificationUrls, type NotificationUrls } from './administration/graph-notifications.ts';
import { createNotices } from './administration/notices.ts';
import type { Config } from './config/config.ts';
import type { Dispatcher } from './delivery/dispatcher.ts';
import { createDownloadUrls } from './delivery/download-urls.ts';
import { createDeliveryQueue } from './delivery-queue.ts';
import { createDiscover, type Internet, theInternet } from './discovery/discover.ts';
import { createRetention } from './intake/retention.ts';
import { Supervisor } from './intake/supervisor.ts';
import { entryOf } from './knowledge.ts';
import { type Lifetime, lifetime } from './lifetime.ts';
import { invalidInput } from './model/problem.ts';
import { allowHosts } from './network/allowed-hosts.ts';
import { useProxy } from './network/proxy.ts';
import { warnOfProxyVariables } from './network/proxy-variables.ts';
import { Notifier } from './notices/notifier.ts';
import { createTokenSources, type TokenSources } from './oauth/token-source.ts';
import { openRecords } from './records.ts';
import type { Collections } from './resources/collections.ts';
import type { MailServer } from './resources/incoming-server/record.ts';
import type { MailSource } from './sources/source.ts';
import type { Holder } from './store/sqlite/lock.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import type { Store } from './store/store.ts';
import { createEventBus, type EventBus } from './telemetry/events.ts';
import { createLog, type Log } from './telemetry/log.ts';
import { loadKeyRing } from './vault/key-ring.ts';
import { createVault, type Vault } from './vault/vault.ts';

/** What everything is made with. */
interface Base {
  events: EventBus;
  store: Store;
  vault: Vault;
  log: Log;
}

/** Letterbox with everything wired, its data folder taken, and nothing running yet. */
export interface Letterbox extends Lifetime {
  administration: Administration;
  store: Store;
  vault: Vault;
  events: EventBus;
  log: Log;
  publicUrl: string;
}

/**
 * The composition root: configuration in, Letterbox out; the only place where every part meets.
 * Throws the Problem of a store, key or file that cannot be had.
 */
export async function openLetterbox(
  config: Config,
  log: Log = createLog(config.log.level),
  kinds: Kinds = builtIn,
  holder: Holder = 'server',
  internet: Internet = theInternet,
): Promise<Letterbox> {
  trust(config.tls.trust);
  allowHosts(config.network.allowedHosts);
  useProxy(config.network.proxy);
  const events = createEventBus();
  const folder = resolve(config.dataFolder);
  const store = await openSqliteStore(folder, holder);
  try {
    warnOfOpenFolder(folder, log);
    if (holder === 'server' && config.network.proxy.url === undefined) warnOfProxyVariables(process.env, log);
    store.health.onChange((problem) =>
      problem
        ? log.error({ problem: problem.message, remedy: problem.remedy }, 'the database is in trouble')
        : log.info('the database can be written again'),
    );
    const defaultFile = join(folder, 'master.key');
    const keyRing = loadKeyRing({ ...config.masterKey, defaultFile, sealed: await store.secrets.any() });
    const vault = createVault(keyRing);
    return assemble(config, await loadKinds(kinds), { events, store, vault, log }, internet);
  } catch (error) {
    await store.close();
    throw error;
  }
}

function assemble(config: Config, kinds: OpeningKinds, base: Base, internet: Internet): Letterbox {
  const { events, store, log } = base;
  const publicUrl = (config.publicUrl ?? `https://localhost:${config.listen.port}`).replace(/\/$/, '');
  const records = openRecords(config, kinds, base, (id, work) => tokens.change(id, work));
  const { resources } = records;
  const tokens = createTokenSources({ ...base, profiles: resources.profiles, federation: config.federation });
  const notificationUrls = createNotificationUrls({ publicUrl, vault: base.vault });
  const openSource = sourceOpener({ config, kinds, base, tokens, notificationUrls });
  const downloads = createDownloadUrls({ publicUrl, vault: base.vault, hours: config.delivery.urlHours });

  const supervisor = new Supervisor({ store, resources, open: openSource, events, log });
  const { dispatcher, openSender, openDestination } = createDeliveryQueue({
    ...base,
    kinds,
    resources,
    tokens,
    url: downloads.url,
    options: config.delivery,
  });
  const retention = createRetention({ store, limits: config.retention, log });
  const notices = createNotices(resources, store);
  const { reconcileSeconds: patienceSeconds } = config.intake;
  const notifier = new Notifier({ store, resources, notices, patienceSeconds, dispatcher, events, log });
  follow({ resources, supervisor, dispatcher, notifier, events, log });

  const { administration, stop } = createAdministration({
    ...base,
    address: { publicUrl, isSet: config.publicUrl !== undefined },
    federation: config.federation,
    ...records,
    tokens,
    notificationUrls,
    openSource,
    openSender,
    openDestination,
    knowledge: entryOf,
    downloads,
    supervisor,
    dispatcher,
    notices,
    discovery: {
      protocols: kinds.protocols.map(({ name }) => name),
      discover: config.discovery.enabled ? createDiscover({ kinds, internet, ...config.discovery }) : null,
    },
  });
  return {
    ...base,
    administration,
    publicUrl,
    ...lifetime({ config, store, dispatcher, supervisor, retention, notifier, stop }),
  };
}

/** How mailboxes are opened: by the adapter of their protocol. */
function sourceOpener({
  config,
  kinds,
  base: { store, log },
  tokens,
  notificationUrls,
}: {
  config: Config;
  kinds: OpeningKinds;
  base: Base;
  tokens: TokenSources;
  notificationUrls: NotificationUrls;
}): (server: MailServer) => MailSource {
  return (server) =>
    named(kinds.protocols, server.protocol).open({
      server,
      tokens: tokens.for(server.profileId, server.protocol),
      options: config.intake,
      notifications: config.publicUrl === undefined ? null : notificationUrls.of(server.id),
      known: (place, uids) => store.messages.known(server.id, place, uids),
      log: log.child({ server: server.name }),
    });
}

/** What runs follows what changes. */
function follow({
  resources,
  supervisor,
  dispatcher,
  notifier,
  events,
  log,
}: {
  resources: Collections;
  supervisor: Supervisor;
  dispatcher: Pick<Dispatcher, 'wake' | 'refresh'>;
  notifier: Notifier;
  events: EventBus;
  log: Log;
}): void {
  resources.servers.onChange((before, after) => supervisor.changed(before, after));
  resources.destinations.onChange(() => dispatcher.refresh());
  resources.outgoingServers.onChange(() => dispatcher.refresh());
  resources.notifications.onChange(notifier.look);
  events.on('profile.state', ({ profileId, state }) => {
    if (state !== 'connected') return;
    supervisor
      .refreshProfile(profileId)
      .catch((error) =>
        log.error({ err: error }, 'mailboxes were not tried again after a profile was connected'),
      );
  });
}

/** What is in it is its owner's alone; who may write there can still replace it. */
function warnOfOpenFolder(folder: string, log: Log): void {
  const { mode } = statSync(folder);
  if ((mode & 0o077) !== 0)
    log.warn(
      { folder, mode: (mode & 0o777).toString(8), remedy: `chmod 700 ${folder}` },
      'other users of this machine may look into the data folder',
    );
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
