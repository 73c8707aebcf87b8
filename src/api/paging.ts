import { z } from 'zod';

/** How a page of a list is asked for: `before` is the `next` of the page before. */
export const paging = {
  before: z
    .string()
    .regex(/^\d{1,15}$/, 'the "next" of the page before')
    .exactOptional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
};

/** An identifier as it comes in a query; whether there is such a thing is the store's to say. */
export const identifier = z.string().min(1).max(100).exactOptional();
