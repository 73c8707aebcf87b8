import { userOf } from '../../model/mail-server.ts';
import type { TokenSource } from '../../model/token.ts';
import { withFreshToken } from '../../network/fresh-token.ts';
import { type Json, type Refusal, readJson, readRefusal, version } from '../../network/graph.ts';
import {
  createHttpsClient,
  type HttpsClient,
  type HttpsRequest,
  type HttpsResponse,
  rootOf,
} from '../../network/https.ts';
import { throttled } from '../../network/problems.ts';
import { userAgent } from '../../network/user-agent.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import * as problems from './problems.ts';

/**
 * Microsoft Graph for one mailbox. Its errors are those of the network, {@link Refusal}s, and the Problems of tokens
 * and throttling.
 */
export interface GraphClient {
  readonly server: MailServer;
  /** `https://graph.microsoft.com`: whose links may be followed. */
  readonly origin: string;
  /** By which the mailbox's user is known. */
  readonly user: string;
  /** Path of the mailbox, without a slash at its end. */
  readonly mailbox: string;
  /** `target` is a path with query, or a link that Graph gave. `pageSize` is a wish. */
  get(target: string, options: { signal: AbortSignal; pageSize?: number }): Promise<Json>;
  /** The answer's JSON; empty where there is none. */
  send(
    method: 'POST' | 'PATCH' | 'DELETE',
    target: string,
    body: Json | null,
    signal: AbortSignal,
  ): Promise<Json>;
  /** An answer as it comes: to be read to its end, or destroyed. */
  open(target: string, signal: AbortSignal): Promise<HttpsResponse>;
  /** Ends every connection. */
  close(): void;
}

/** Outlook serves so many requests of an app in a mailbox at once (Microsoft: throttling limits). */
const connections = 4;
/** Gateways give up on a slow back end well before. */
const silenceMs = 120_000;

/** Opens no connection yet. */
export function createGraphClient(server: MailServer, tokens: TokenSource): GraphClient {
  // Not `me`: that is whoever consented, which need not be the mailbox that is wanted
  const user = userOf(server);
  let https: HttpsClient | undefined;

  async function request(
    asked: Omit<HttpsRequest, 'headers'>,
    more: Record<string, string>,
  ): Promise<HttpsResponse> {
    https ??= createHttpsClient(server, { connections, silenceMs });
    const client = https;
    return withFreshToken(
      tokens,
      async ({ token, isPassword }) => {
        if (isPassword) throw problems.passwordUnwanted(server);
        const headers = { authorization: `Bearer ${token}`, 'user-agent': userAgent, ...more };
        const response = await client.request({ ...asked, headers });
        if (response.status >= 200 && response.status < 300) return response;
        const refusal = await readRefusal(response);
        if (refusal.status === 401) throw problems.signInRefused(server, refusal.message, refusal);
        throw throttling(refusal) ?? refusal;
      },
      asked.signal,
    );
  }

  function throttling(refusal: Refusal) {
    const wait = refusal.retryAfter ? refusal.retryAfter.getTime() - Date.now() : 0;
    return refusal.isThrottling ? throttled(server, refusal.message, wait, refusal) : null;
  }

  return {
    server,
    origin: rootOf(server).origin,
    user,
    mailbox: `${version}/users/${encodeURIComponent(user)}`,
    async get(target, { signal, pageSize }) {
      const response = await request({ method: 'GET', target, signal }, preferring(pageSize));
      return readJson(response);
    },
    async send(method, target, body, signal) {
      const content = body === null ? {} : { body: JSON.stringify(body) };
      const type = body === null ? {} : { 'content-type': 'application/json' };
      return readJson(await request({ method, target, signal, ...content }, { ...preferring(), ...type }));
    },
    open: (target, signal) => request({ method: 'GET', target, signal }, { ...preferring(), accept: '*/*' }),
    close: () => https?.close(),
  };
}

/** Immutable ids are to be asked for with every request (Microsoft: Obtain immutable identifiers). */
function preferring(pageSize?: number): Record<string, string> {
  const ids = 'IdType="ImmutableId"';
  return {
    accept: 'application/json',
    prefer: pageSize === undefined ? ids : `${ids}, odata.maxpagesize=${pageSize}`,
  };
}
