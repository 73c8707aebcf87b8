import { destinations, senders } from './adapters.ts';
import { signingSecrets } from './administration/destinations.ts';
import { sendingTokens } from './administration/outgoing-servers.ts';
import type { Config } from './config/config.ts';
import type { Destination, DestinationParts } from './delivery/destination.ts';
import { Dispatcher } from './delivery/dispatcher.ts';
import type { DeliveryHandler, Target } from './delivery/handler.ts';
import { mailHandler } from './delivery/mail-handler.ts';
import { messageHandler } from './delivery/message-handler.ts';
import type { Sender } from './delivery/sender.ts';
import type { DestinationConfig, DestinationKind } from './model/delivery.ts';
import type { OutgoingServer } from './model/outgoing.ts';
import type { TokenSources } from './oauth/token-source.ts';
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
  const { store, tokens, options, events, log } = parts;
  const openSender = (server: OutgoingServer) =>
    senders[server.kind]({ server, tokens: sendingTokens(server, tokens.for), options });
  const dispatcher = new Dispatcher<ConfiguredTarget>({
    store,
    targets: () => configuredTargets(store),
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
async function configuredTargets(store: Store): Promise<ConfiguredTarget[]> {
  const servers = await store.outgoingServers.list();
  const named = await store.destinations.list();
  return [
    ...servers.map((outgoing) => ({
      ...identityOf(outgoing),
      kind: 'outgoing-server' as const,
      outgoing,
    })),
    ...named.map((destination) => ({
      ...identityOf(destination),
      kind: 'destination' as const,
      destination,
      outgoing:
        destination.kind === 'forward'
          ? (servers.find(({ id }) => id === destination.outgoingServerId) ?? null)
          : null,
    })),
  ];
}

function identityOf({ id, name, enabled }: { id: string; name: string; enabled: boolean }) {
  return { id, name, enabled };
}

async function openHandler(
  target: ConfiguredTarget,
  openSender: (server: OutgoingServer) => Sender,
  { store, vault, url, options, log }: Parts,
): Promise<DeliveryHandler> {
  if (target.kind === 'outgoing-server')
    return mailHandler({ sender: openSender(target.outgoing), store, log });
  const { destination, outgoing } = target;
  const sender = outgoing?.enabled ? openSender(outgoing) : null;
  const secrets = await signingSecrets(store, vault, destination.id);
  return messageHandler({
    destination: openDestination({ destination, secrets, sender, options }),
    store,
    url,
  });
}

/** The adapter of the destination's kind, which the compiler cannot see to fit. */
function openDestination<Kind extends DestinationKind>(parts: DestinationParts<Kind>): Destination {
  return destinations[parts.destination.kind as Kind](parts);
}
