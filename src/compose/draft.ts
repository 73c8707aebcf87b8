import { domainToASCII } from 'node:url';
import { newId } from '../model/id.ts';
import type { OutgoingServer } from '../resources/outgoing-server/record.ts';

import type { Draft } from '../store/outbox.ts';
import type { Letter } from './letter.ts';
import { oneLine } from './one-line.ts';
import { composeSource, messageIdFor } from './source.ts';

/** A letter as a mail that is ready for the outbox: from the server's address, with a Message-ID of our own. */
export async function draftOf(server: OutgoingServer, letter: Letter): Promise<Draft> {
  const id = newId('out');
  const date = new Date();
  const messageId = messageIdFor(id, server.address);
  const bytes = await composeSource(server, letter, { messageId, date });
  const addresses = [...letter.to, ...letter.cc, ...letter.bcc].map(({ address }) => inEnvelope(address));
  return {
    mail: {
      id,
      serverId: server.id,
      // Nobody must answer automatic mail, not even with a bounce (RFC 3834 3.3).
      sender: letter.automatic ? '' : server.address,
      recipients: [...new Set(addresses)].map((address) => ({ address, state: 'waiting', problem: null })),
      messageId,
      subject: oneLine(letter.subject),
      inReplyTo: letter.answers?.id ?? null,
      threadId: letter.answers?.threadId ?? id,
      size: bytes.length,
      createdAt: date.toISOString(),
    },
    raw: { bytes },
  };
}

/** An internationalised domain as SMTP knows it (RFC 5890), so that no extension is needed. */
function inEnvelope(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1)) || address.slice(at + 1)}`;
}
