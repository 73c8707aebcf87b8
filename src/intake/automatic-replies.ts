import { acknowledge } from '../compose/acknowledgement.ts';
import type { MailServer } from '../model/mail-server.ts';
import type { AutomaticAnswer } from '../store/outbox.ts';
import type { Receipt, Store } from '../store/store.ts';

/** The automatic replies to the senders of messages, in their order, if the server gives any and its outgoing server is on. */
export async function automaticReplies(
  messages: Pick<Receipt, 'content' | 'receivedAt'>[],
  server: MailServer,
  store: Store,
): Promise<(AutomaticAnswer | null)[]> {
  if (!server.acknowledgement) return [];
  const { outgoingServerId } = server.acknowledgement;
  const senders = await store.outgoingServers.list();
  const outgoing = senders.find(({ id }) => id === outgoingServerId);
  if (!outgoing?.enabled) return [];
  const own = ownAddresses([...(await store.servers.list()), ...senders]);
  return Promise.all(messages.map((message) => acknowledge(message, server, outgoing, own)));
}

/** Mailboxes that are read here and addresses that are sent from: a reply to one of them would come back. */
function ownAddresses(servers: { address: string }[]): Set<string> {
  return new Set(servers.map(({ address }) => address.toLowerCase()));
}
