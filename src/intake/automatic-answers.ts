import { acknowledge } from '../compose/acknowledgement.ts';
import type { MailServer } from '../model/mail-server.ts';
import type { AutomaticAnswer } from '../store/outbox.ts';
import type { Receipt, Store } from '../store/store.ts';

/** The acknowledgements that messages get, in their order, if the server gives any and its outgoing server is on. */
export async function answersTo(
  messages: Pick<Receipt, 'content' | 'receivedAt'>[],
  server: MailServer,
  store: Store,
): Promise<(AutomaticAnswer | null)[]> {
  if (!server.acknowledgement) return [];
  const outgoing = await store.outgoingServers.get(server.acknowledgement.outgoingServerId);
  if (!outgoing?.enabled) return [];
  const own = await ownAddresses(store);
  return Promise.all(messages.map((message) => acknowledge(message, server, outgoing, own)));
}

/** Mailboxes that are read here and addresses that are sent from: an answer to one of them would come back. */
async function ownAddresses(store: Store): Promise<Set<string>> {
  const servers = [...(await store.servers.list()), ...(await store.outgoingServers.list())];
  return new Set(servers.map(({ address }) => address.toLowerCase()));
}
