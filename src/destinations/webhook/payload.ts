import { z } from 'zod';
import type { DeliveryIds, MessageDelivery } from '../../delivery/destination.ts';
import { decodeAttachment } from '../../mime/decode.ts';
import { type Attachment, attachmentSchema, messageSchema } from '../../model/message.ts';
import type { Notification } from '../../model/notice.ts';

/** Attachments are sent inside up to so many bytes in all; up to the limit for one, where that is higher. */
const inlineBytesInAll = 1024 * 1024;

const deliveredAttachment = attachmentSchema
  .extend({
    content: z
      .base64()
      .optional()
      .describe('The decoded bytes, in base64, where they are few; else there is `url`'),
    url: z
      .url()
      .optional()
      .describe('Where the decoded bytes are fetched, without signing in; good for a time'),
  })
  .meta({ id: 'DeliveredAttachment' });

const deliveredMessage = messageSchema
  .extend({
    attachments: z.array(deliveredAttachment),
    rawUrl: z.url().describe('Where the raw source is fetched, without signing in; good for a time'),
  })
  .meta({ id: 'DeliveredMessage' });

/**
 * The body of a webhook: `{ type, timestamp, data }` as Standard Webhooks recommends, `data` the message. Its JSON
 * Schema is published at `/schemas/webhook.json` and in `docs/webhook.schema.json`.
 */
export const webhookPayloadSchema = z
  .object({
    type: z.literal('message.received'),
    'letterbox-replay-of': z
      .string()
      .optional()
      .describe(
        'The first `webhook-id` of this delivery, where a person asked for it again; automatic retries keep theirs',
      ),
    timestamp: z.iso.datetime().describe('When the message became durable at Letterbox'),
    data: deliveredMessage,
  })
  .meta({
    id: 'WebhookPayload',
    title: 'Letterbox webhook',
    description: 'What a destination receives for each message, signed per Standard Webhooks',
  });

export type WebhookPayload = z.infer<typeof webhookPayloadSchema>;

/** The body for one message: attachments of up to `inlineBytes` inside, larger ones by URL. */
export async function payloadOf(delivery: MessageDelivery, inlineBytes: number): Promise<string> {
  const { message } = delivery;
  let left = Math.max(inlineBytesInAll, inlineBytes);
  const attachments: WebhookPayload['data']['attachments'] = [];
  for (const attachment of message.attachments) {
    const inline = attachment.size <= inlineBytes && attachment.size <= left;
    if (inline) left -= attachment.size;
    attachments.push({
      ...attachment,
      ...(inline ? { content: await decoded(delivery, attachment) } : { url: delivery.url(attachment) }),
    });
  }
  return JSON.stringify({
    type: 'message.received',
    ...replayOf(delivery),
    timestamp: message.storedAt,
    data: { ...message, attachments, rawUrl: delivery.url(null) },
  } satisfies WebhookPayload);
}

/** The same for what administrators are told: `data` has what was `raised` and what is `mended`. */
export function notificationPayload(ids: DeliveryIds, notification: Notification): string {
  const { id, raised, mended, createdAt } = notification;
  return JSON.stringify({
    type: 'administrators.notified',
    ...replayOf(ids),
    timestamp: createdAt,
    data: { id, raised, mended },
  });
}

function replayOf({ replayOf }: DeliveryIds): { 'letterbox-replay-of'?: string } {
  return replayOf === null ? {} : { 'letterbox-replay-of': replayOf };
}

async function decoded(delivery: MessageDelivery, attachment: Attachment): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of decodeAttachment(attachment, delivery.raw)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('base64');
}
