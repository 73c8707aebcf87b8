import { decodeBody } from '../../mime/decode.ts';
import type { Attachment } from '../../model/message.ts';
import type { Notification } from '../../model/notice.ts';
import type { Consignment } from '../destination.ts';

/** Attachments are sent inside up to so many bytes in all, whatever each may have. */
const inlineBytesInAll = 1024 * 1024;

/**
 * The body of a webhook: `{ type, timestamp, data }` as Standard Webhooks recommends, `data` the message. A small
 * attachment has its `content` (base64 of the decoded bytes), a larger one a `url`, and the raw source a `rawUrl`.
 */
export async function payloadOf(consignment: Consignment, inlineBytes: number): Promise<string> {
  const { message } = consignment;
  let left = inlineBytesInAll;
  const attachments: object[] = [];
  for (const attachment of message.attachments) {
    const inline = attachment.size <= inlineBytes && attachment.size <= left;
    if (inline) left -= attachment.size;
    attachments.push({
      ...attachment,
      ...(inline
        ? { content: await decoded(consignment, attachment) }
        : { url: consignment.url(attachment) }),
    });
  }
  return JSON.stringify({
    type: 'message.received',
    timestamp: message.storedAt,
    data: { ...message, attachments, rawUrl: consignment.url(null) },
  });
}

/** The same for what administrators are told: `data` has what was `raised` and what is `mended`. */
export function notificationPayload({ id, raised, mended, createdAt }: Notification): string {
  return JSON.stringify({
    type: 'administrators.notified',
    timestamp: createdAt,
    data: { id, raised, mended },
  });
}

async function decoded(consignment: Consignment, { encoding, offset, length }: Attachment): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of decodeBody(encoding, consignment.raw(offset, length))) chunks.push(chunk);
  return Buffer.concat(chunks).toString('base64');
}
