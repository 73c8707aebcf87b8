import { z } from 'zod';
import { type DestinationConfig, destinationKinds } from '../model/delivery.ts';
import type { FieldProblem } from '../model/problem.ts';
import { changesOf } from './changes.ts';
import { mailAddress } from './server-input.ts';

/** What an administrator may say of a destination; which of the fields a kind has is checked afterwards. */
export const destinationInput = z.strictObject({
  name: z.string().trim().min(1).max(100),
  kind: z.enum(destinationKinds).default('webhook'),
  url: z
    .url({ protocol: /^https?$/, error: 'a URL beginning with https:// (or http://)' })
    .max(2000)
    .optional(),
  recipient: mailAddress.optional(),
  outgoingServerId: z.string().min(1).max(100).optional(),
  servers: z.array(z.string().min(1)).max(1000).nullable().default(null),
  enabled: z.boolean().default(true),
});

export const destinationChanges = changesOf(destinationInput);

type Fields = z.infer<typeof destinationInput>;
type Own = 'url' | 'recipient' | 'outgoingServerId';

/** The fields of each kind, and what each should be. */
const fieldsOf: Record<DestinationConfig['kind'], Partial<Record<Own, string>>> = {
  webhook: { url: 'the URL that messages are posted to' },
  forward: {
    recipient: 'the address that messages are forwarded to',
    outgoingServerId: 'the id of the outgoing email server that forwards them',
  },
};

/** Fields that the kind needs and that are missing, and fields that it does not have. */
export function kindProblems(fields: Pick<Fields, 'kind' | Own>): FieldProblem[] {
  const wanted = fieldsOf[fields.kind];
  return (['url', 'recipient', 'outgoingServerId'] as const).flatMap((field) => {
    const [expected, given] = [wanted[field], fields[field]];
    if (expected !== undefined) return given === undefined ? [{ field, expected }] : [];
    return given === undefined ? [] : [{ field, expected: `nothing, as a ${fields.kind} has none`, given }];
  });
}
