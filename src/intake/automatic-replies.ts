import { automaticReply } from '../compose/automatic-reply.ts';
import type { Acknowledgement } from '../model/mail-server.ts';
import type { Collections } from '../resources/collections.ts';
import type { MailServer } from '../resources/incoming-server/record.ts';
import type { AutomaticReply } from '../store/outbox.ts';
import type { Receipt } from '../store/store.ts';

/** The automatic replies that messages get, in their order, if the outgoing server that gives them is on. */
export async function automaticRepliesTo(
  messages: Pick<Receipt, 'content' | 'receivedAt'>[],
  server: MailServer,
  { outgoingServerId }: Acknowledgement,
  { servers, outgoingServers }: Pick<Collections, 'servers' | 'outgoingServers'>,
): Promise<(AutomaticReply | null)[]> {
  const senders = await outgoingServers.list();
  const outgoing = senders.find(({ id }) => id === outgoingServerId);
  if (!outgoing?.enabled) return [];
  const own = ownAddresses([...(await servers.list()), ...senders]);
  return Promise.all(messages.map((message) => automaticReply(message, server, outgoing, own)));
}

/** Mailboxes that are read here and addresses that are sent from: a reply to one of them would come back. */
function ownAddresses(servers: { address: string }[]): Set<string> {
  return new Set(servers.map(({ address }) => address.toLowerCase()));
}
