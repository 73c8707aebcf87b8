import type { Context } from 'hono';

/** What the server says of a request besides the request; the local socket and the own process say nothing. */
export interface ServerEnv {
  clientAddress: string;
  /** Ends the connection in the middle of an answer, so that it never looks whole; for the log why. */
  cut(error: unknown): void;
}

export function serverEnv(c: Context): Partial<ServerEnv> {
  return c.env ?? {};
}
