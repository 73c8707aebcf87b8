import { z } from 'zod';
import { isAddress } from '../compose/reply.ts';

/** Exchange Online takes 500 recipients at most unless an administrator raised it. */
export const mostRecipients = 500;
const longestText = 500_000;

const address = z.string().trim().refine(isAddress, 'a mail address such as ann@contoso.com');
const recipient = z.union(
  [
    address.transform((text) => ({ name: '', address: text })),
    z.strictObject({ name: z.string().trim().max(200).default(''), address }),
  ],
  { error: 'a mail address such as ann@contoso.com, or { "name", "address" }' },
);
const recipients = z.array(recipient).max(mostRecipients);
const subject = z
  .string()
  .trim()
  .max(900)
  .regex(/^\P{Cc}*$/u, 'one line of text');
const body = {
  text: z.string().min(1).max(longestText),
  html: z.string().min(1).max(longestText).nullable().default(null),
  automatic: z.boolean().default(false),
};

/** What may be said of a mail to be sent. */
export const mailInput = z.strictObject({
  serverId: z.string().min(1).max(100),
  to: recipients.min(1),
  cc: recipients.default([]),
  bcc: recipients.default([]),
  subject,
  ...body,
});

/** What may be said of an answer; the rest follows from the message. */
export const replyInput = z.strictObject({
  serverId: z.string().min(1).max(100).optional(),
  to: recipients.min(1).optional(),
  cc: recipients.default([]),
  bcc: recipients.default([]),
  subject: subject.optional(),
  ...body,
});
