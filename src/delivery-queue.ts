import { named, type OpeningKinds } from './adapters.ts';
import type { Config } from './config/config.ts';
import { Dispatcher } from './delivery/dispatcher.ts';
import type { DeliveryHandler, Target } from './delivery/handler.ts';
import { mailHandler } from './delivery/mail-handler.ts';
import { messageHandler } from './delivery/message-handler.ts';
import type { Sender } from './delivery/sender.ts';
import type { TokenSources } from './oauth/token-source.ts';
import type { Collections } from './resources/collections.ts';
import type { DestinationConfig } from './resources/destination.ts';
import type { OutgoingServer } from './resources/outgoing-server/record.ts';
import type { Json } from './resources/resource.ts';
import type { Store } from './store/store.ts';
import type { EventBus } from './telemetry/events.ts';
import type { Log } from './telemetry/log.ts';
import type { Vault } from './vault/vault.ts';

/** A target with everything that its worker is made of. */
type ConfiguredTarget = Target &
  (
    | {
        kind: 'destination';
        destination: DestinationConfig;
        /** Of a forward; null where it is gone. */
        outgoing: OutgoingServer | null;
      }
    | { kind: 'outgoing-server'; outgoing: OutgoingServer }
  );

interface Parts {
  kinds: OpeningKinds;
  resources: Collections;
  store: Store;
  vault: Vault;
  tokens: TokenSources;
  /** Where a destination fetches an attachment or the raw source of a message. */
  url: (messageId: string, attachmentIndex: number | null) => string;
  options: Config['delivery'];
  events: EventBus;
  log: Log;
}

/** The queue of deliveries joined with its adapters, and what opens a sender; nothing runs yet. */
export function createDeliveryQueue(parts: Parts): {
  dispatcher: Dispatcher<ConfiguredTarget>;
  openSender: (server: OutgoingServer) => Sender;
} {
  const { kinds, resources, store, tokens, options, events, log } = parts;
  const openSender = (server: OutgoingServer) => {
    const kind = named(kinds.outgoing, server.kind);
    const signIn = server.profileId === null ? null : tokens.for(server.profileId, kind.use.name);
    return kind.open({ server, tokens: signIn, options });
  };
  const dispatcher = new Dispatcher<ConfiguredTarget>({
    store,
    targets: () => configuredTargets(kinds, resources),
    open: (target) => openHandler(target, openSender, parts),
    options,
    events,
    log,
  });
  events.on('message.stored', ({ outcome }) => {
    if (outcome === 'new') dispatcher.wake();
  });
  events.on('profile.state', ({ profileId, state }) => {
    if (state !== 'connected') return;
    dispatcher
      .renew(({ outgoing }) => outgoing?.profileId === profileId)
      .catch((error) =>
        log.error({ err: error }, 'outgoing servers were not tried again after a profile was connected'),
      );
  });
  return { dispatcher, openSender };
}

/**
 * Everything that deliveries go to: destinations, with the outgoing server that a forward goes through, and outgoing
 * servers for mail of our own. A change of any of it makes a new worker.
 */
async function configuredTargets(
  kinds: OpeningKinds,
  { destinations, outgoingServers }: Collections,
): Promise<ConfiguredTarget[]> {
  const servers = await outgoingServers.list();
  const throughOf = (destination: DestinationConfig) =>
    named(kinds.destinations, destination.kind).outgoingServerOf?.(destination as DestinationConfig & Json);
  return [
    ...servers.map((outgoing) => ({
      ...identityOf(outgoing),
      kind: 'outgoing-server' as const,
      outgoing,
    })),
    ...(await destinations.list()).map((destination) => ({
      ...identityOf(destination),
      kind: 'destination' as const,
      destination,
      outgoing: servers.find(({ id }) => id === throughOf(destination)) ?? null,
    })),
  ];
}

function identityOf({
  id,
  name,
  enabled,
  version,
}: Pick<DestinationConfig, 'id' | 'name' | 'enabled' | 'version'>) {
  return { id, name, enabled, version };
}

async function openHandler(
  target: ConfiguredTarget,
  openSender: (server: OutgoingServer) => Sender,
  { kinds, store, vault, url, options, log }: Parts,
): Promise<DeliveryHandler> {
  if (target.kind === 'outgoing-server')
    return mailHandler({ sender: openSender(target.outgoing), store, log });
  const { destination, outgoing } = target;
  const opened = await named(kinds.destinations, destination.kind).open({
    destination,
    sender: outgoing?.enabled ? openSender(outgoing) : null,
    options,
    async secret(name) {
      const sealed = await store.secrets.read(destination.id, name);
      return sealed && vault.open(destination.id, name, sealed);
    },
  });
  return messageHandler({ destination: opened, store, url });
}
