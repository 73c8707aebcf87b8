import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExchangeOrganisation } from '../exchange/organisation.ts';
import type { Caller } from './access.ts';
import type { DeltaTokens } from './delta.ts';
import { GraphError } from './errors.ts';
import type { Faults } from './faults.ts';
import type { Mailbox } from './mailbox.ts';
import type { Subscriptions } from './subscriptions.ts';

/** What the stand-in holds, for those who answer requests. */
export interface World {
  origin: string;
  mailboxes: Map<string, Mailbox>;
  organisation: ExchangeOrganisation;
  faults: Faults;
  deltaTokens: DeltaTokens;
  subscriptions: Subscriptions;
  /** What was sent by `sendMail`. */
  sent: SentMail[];
}

export interface SentMail {
  from: string;
  recipients: string[];
  mime: Buffer;
}

/** One request, its token verified. */
export interface Ask {
  world: World;
  caller: Caller;
  /** What stood where the route says `:name`. */
  params: Record<string, string>;
  /** Path as asked, without `/v1.0/`. */
  path: string;
  query: URLSearchParams;
  /** `Prefer: IdType="ImmutableId"` (Microsoft: Obtain immutable identifiers for Outlook resources). */
  immutableIds: boolean;
  /** `Prefer: odata.maxpagesize=N`. */
  maxPageSize: number | null;
  request: IncomingMessage;
}

export type Answer =
  | { status: number; json?: object; headers?: Record<string, string> }
  /** Writes the whole response by itself. */
  | ((response: ServerResponse) => Promise<void>);

export interface Route {
  method: string;
  /** `users/:user/messages/:message`; compared without regard to case. `me` stands for `users/me`. */
  path: string;
  answer(ask: Ask): Promise<Answer> | Answer;
}

/** Graph takes no larger body, but for upload sessions. */
export const maxBodyBytes = 4 * 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    // Read to its end all the same: who sends hears of it only then
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  if (size > maxBodyBytes)
    throw new GraphError(413, 'ErrorMessageSizeExceeded', 'Maximum request length exceeded.');
  return Buffer.concat(chunks);
}

export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = (await readBody(request)).toString();
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new GraphError(
      400,
      'RequestBodyRead',
      'A missing or empty content type header was found when trying to read a message. The content type header is required.',
    );
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below
  }
  throw new GraphError(400, 'BadRequest', 'Unable to read JSON request payload.');
}

/**
 * `me/mailFolders('inbox')/messages` as segments; keys in parentheses are segments of their own (OData 4.01 URL
 * conventions 4.3).
 */
export function segmentsOf(path: string): string[] {
  return path
    .replace(/\('([^']*)'\)/g, '/$1')
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent)
    .flatMap((segment, i) => (i === 0 && segment.toLowerCase() === 'me' ? ['users', 'me'] : [segment]));
}

/** What stands for the names of a route's path; null where the route is another one. */
export function match(route: string, segments: string[]): Record<string, string> | null {
  const wanted = route.split('/');
  if (wanted.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [i, name] of wanted.entries()) {
    const segment = segments[i] as string;
    if (name.startsWith(':')) params[name.slice(1)] = segment;
    else if (name.toLowerCase() !== segment.toLowerCase()) return null;
  }
  return params;
}
