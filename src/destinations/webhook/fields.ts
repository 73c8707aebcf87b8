import { z } from 'zod';
import type { DestinationConfig } from '../../resources/destination.ts';
import type { ValuesOf } from '../../resources/field.ts';
import { url } from '../../resources/fields/address.ts';

/** What an administrator says of a webhook beside what all destinations have. */
export const webhookFields = {
  url: url({
    label: 'URL',
    help: 'Where messages are posted. Private addresses need delivery.allowPrivateAddresses in the configuration.',
    schema: z
      .url({ protocol: /^https?$/, error: 'a URL beginning with https:// (or http://)' })
      .trim()
      .max(2000),
    column: 'TO',
  }),
};

export type WebhookConfig = DestinationConfig & ValuesOf<typeof webhookFields>;
