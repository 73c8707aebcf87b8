import type { html } from 'hono/html';

/** Markup whose interpolations were escaped, as `html` makes it. */
export type Html = ReturnType<typeof html>;
