import { named, type OpeningKinds } from './adapters.ts';
import type { Config } from './config/config.ts';
import type { Destination } from './delivery/destination.ts';
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
  openDestination: (destination: DestinationConfig) => Promise<Destination>;
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
  return {
    dispatcher,
    openSender,
    openDestination: async (destination) =>
      openDestination(
        destination,
        throughIn(kinds, await resources.outgoingServers.list())(destination),
        openSender,
        parts,
      ),
  };
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
  const throughOf = throughIn(kinds, servers);
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
      outgoing: throughOf(destination),
    })),
  ];
}

/** The outgoing server that a destination sends through; null where it uses none, or it is gone. */
function throughIn(kinds: OpeningKinds, servers: OutgoingServer[]) {
  return (destination: DestinationConfig): OutgoingServer | null => {
    const { outgoingServerOf } = named(kinds.destinations, destination.kind);
    const through = outgoingServerOf?.(destination as DestinationConfig & Json);
    return servers.find(({ id }) => id === through) ?? null;
  };
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
  parts: Parts,
): Promise<DeliveryHandler> {
  const { store, url, log } = parts;
  if (target.kind === 'outgoing-server')
    return mailHandler({ sender: openSender(target.outgoing), store, log });
  const destination = await openDestination(target.destination, target.outgoing, openSender, parts);
  return messageHandler({ destination, store, url });
}

async function openDestination(
  destination: DestinationConfig,
  outgoing: OutgoingServer | null,
  openSender: (server: OutgoingServer) => Sender,
  { kinds, store, vault, options }: Parts,
): Promise<Destination> {
  return named(kinds.destinations, destination.kind).open({
    destination,
    sender: outgoing?.enabled ? openSender(outgoing) : null,
    options,
    async secret(name) {
      const sealed = await store.secrets.read(destination.id, name);
      return sealed && vault.open(destination.id, name, sealed);
    },
  });
}
