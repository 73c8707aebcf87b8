import type { MailServer } from '../../model/mail-server.ts';
import type { AccessToken, TokenSource } from '../../model/token.ts';
import { withFreshToken } from '../../network/fresh-token.ts';
import { createHttpsClient, type HttpsClient, type HttpsResponse, readText } from '../../network/https.ts';
import { throttled } from '../../network/problems.ts';
import { retryAfter } from '../../network/retry-after.ts';
import { stopped } from '../message-problems.ts';
import { find, localName, readElement, type XmlElement } from './element.ts';
import { envelope, type Operation } from './operations.ts';
import * as problems from './problems.ts';
import { faultOf, refusalOf } from './refusal.ts';
import { awaitToken, readXml, XmlError, type XmlTokens } from './xml.ts';

/** What Exchange answered, still on its way. To be read to its end, or destroyed. */
export interface Answer {
  tokens: XmlTokens;
  headers: HttpsResponse['headers'];
  destroy(): void;
}

/** One response message, and what came around it. */
export interface OneAnswer {
  message: XmlElement;
  /** Version of the Exchange that answered, such as `15.20`. */
  version: string;
  headers: HttpsResponse['headers'];
}

/** Exchange Web Services of one mailbox, over HTTPS. Its errors are those of the network, Problems and Refusals. */
export interface EwsClient {
  readonly server: MailServer;
  /** The response messages of an operation, one for each thing asked for; each may be a refusal of its own. */
  ask(operation: Operation, signal: AbortSignal): Promise<XmlElement[]>;
  /** The one response message of an operation. Throws its {@link Refusal}. */
  askOne(operation: Operation, signal: AbortSignal, headers?: Record<string, string>): Promise<OneAnswer>;
  /** The answer as it arrives. Throws the {@link Refusal} of a fault. */
  open(operation: Operation, signal: AbortSignal, headers?: Record<string, string>): Promise<Answer>;
  /** Ends every connection. */
  close(): void;
}

const path = '/EWS/Exchange.asmx';
/** Reading, watching, acting, and one message taken out of turn. */
const connections = 4;
const longestWait = 60 * 60_000;
const longestRefusal = 64 * 1024;

/** Opens no connection yet. `silenceMs`: after so long without a byte a connection is dead. */
export function createEwsClient(
  server: MailServer,
  tokens: TokenSource,
  { silenceMs }: { silenceMs: number },
): EwsClient {
  let https: HttpsClient | undefined;
  let isClosed = false;

  async function post(operation: Operation, signal: AbortSignal, more: Record<string, string>) {
    if (isClosed) throw stopped(server);
    https ??= createHttpsClient(server, { connections, silenceMs });
    const client = https;
    return withFreshToken(
      tokens,
      async (token) => {
        if (token.isPassword) throw problems.passwordUnwanted(server);
        const response = await client.request({
          method: 'POST',
          target: path,
          headers: { ...headersFor(token), ...more },
          body: Buffer.from(bodyFor(operation, token)),
          signal,
        });
        if (response.status !== 401) return response;
        await readText(response.body, longestRefusal).catch(() => '');
        throw explainUnauthorized(response);
      },
      signal,
    );
  }

  function bodyFor(operation: Operation, token: AccessToken): string {
    return token.appOnly
      ? envelope(operation(null), server.address)
      : envelope(operation(server.address), null);
  }

  /** `X-AnchorMailbox` leads to the mailbox's own server, without a detour (Impersonation and EWS in Exchange). */
  function headersFor(token: AccessToken): Record<string, string> {
    return {
      authorization: `Bearer ${token.token}`,
      'content-type': 'text/xml; charset=utf-8',
      accept: 'text/xml',
      'user-agent': 'Letterbox',
      'x-anchormailbox': server.address,
    };
  }

  async function open(operation: Operation, signal: AbortSignal, more = {}): Promise<Answer> {
    const response = await post(operation, signal, more);
    const { status, body, headers } = response;
    if (status === 200) return { tokens: readXml(body), headers, destroy: () => body.destroy() };
    if (status === 500) {
      const said = await readWhole(readXml(body)).catch(() => null);
      body.destroy();
      if (said?.content?.name === 'Fault') throw faultOf(said.content);
      throw problems.overloaded(server, 'HTTP 500');
    }
    const said = (await readText(body, longestRefusal).catch(() => '')).replace(/<[^>]*>/g, ' ');
    throw explainStatus(response, said);
  }

  function explainStatus({ status, headers }: HttpsResponse, said: string) {
    if (status === 403) return problems.disabled(server, said);
    if (status === 429 || status === 503) {
      const at = retryAfter(String(headers['retry-after'] ?? ''), longestWait);
      return throttled(server, `HTTP ${status}`, at ? at.getTime() - Date.now() : 0);
    }
    if (status > 500) return problems.overloaded(server, `HTTP ${status}`);
    return problems.notExchange(server, `HTTP ${status} ${headers.location ?? ''}`);
  }

  function explainUnauthorized({ headers }: HttpsResponse) {
    const offered = String(headers['www-authenticate'] ?? '');
    if (offered !== '' && !/\bBearer\b/i.test(offered)) return problems.noOauth(server, offered);
    // Why the token is taken for bad has a header of its own: `2000003;reason="The token has expired.";…`
    const diagnosis = /reason="([^"]*)"/.exec(String(headers['x-ms-diagnostics'] ?? ''));
    return problems.signInRefused(server, diagnosis?.[1] ?? '');
  }

  async function askAll(operation: Operation, signal: AbortSignal, more = {}) {
    const answer = await open(operation, signal, more);
    try {
      const { content, version } = await readWhole(answer.tokens);
      if (content?.name === 'Fault') throw faultOf(content);
      const messages = find(content, 'ResponseMessages')?.children ?? [];
      if (messages.length === 0) throw new XmlError('an answer without response messages');
      return { messages, version, headers: answer.headers };
    } finally {
      answer.destroy();
    }
  }

  return {
    server,
    async ask(operation, signal) {
      return (await askAll(operation, signal)).messages;
    },
    async askOne(operation, signal, more) {
      const { messages, version, headers } = await askAll(operation, signal, more);
      const message = messages[0] as XmlElement;
      const refusal = refusalOf(message);
      if (refusal) throw refusal;
      return { message, version, headers };
    },
    open,
    close() {
      isClosed = true;
      https?.close();
    },
  };
}

/** An answer of one envelope, read to its end: only that frees its connection for the next request. */
async function readWhole(tokens: XmlTokens) {
  const envelope = await readEnvelope(tokens);
  while (tokens.take() ?? (await awaitToken(tokens)));
  return envelope;
}

/** The next envelope of an answer: what is in its body (nothing at the answer's end), and the server's version. */
export async function readEnvelope(
  tokens: XmlTokens,
): Promise<{ content: XmlElement | undefined; version: string }> {
  for (;;) {
    const token = tokens.take() ?? (await awaitToken(tokens));
    if (!token) return { content: undefined, version: '' };
    if (token.kind !== 'open') continue;
    if (localName(token.name) !== 'Envelope') throw new XmlError('no SOAP envelope');
    const whole = await readElement(tokens, token);
    const { MajorVersion = '', MinorVersion = '' } =
      find(whole, 'Header', 'ServerVersionInfo')?.attributes ?? {};
    return { content: find(whole, 'Body')?.children[0], version: `${MajorVersion}.${MinorVersion}` };
  }
}
