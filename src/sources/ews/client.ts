import type { AccessToken, TokenSource } from '../../model/token.ts';
import { withFreshToken } from '../../network/fresh-token.ts';
import { createHttpsClient, type HttpsClient, type HttpsResponse, readText } from '../../network/https.ts';
import { thrownWithoutSecrets } from '../../network/redaction.ts';
import { userAgent } from '../../network/user-agent.ts';
import { awaitToken, readXml, XmlError, type XmlTokens } from '../../network/xml.ts';
import { find, localName, readElement, type XmlElement } from '../../network/xml-element.ts';
import type { MailServer } from '../../resources/incoming-server/record.ts';
import { stopped } from '../message-problems.ts';
import { explainStatus, explainUnauthorized } from './explain.ts';
import { envelope, type Operation } from './operations.ts';
import { passwordUnwanted } from './problems.ts';
import { faultOf, refusalOf } from './refusal.ts';

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

const path = '/EWS/Exchange.asmx';
/** Reading, watching, acting, and one message taken out of turn. */
const connections = 4;
const longestRefusal = 64 * 1024;

/**
 * Exchange Web Services of one mailbox, over HTTPS. Opens no connection yet. Its errors are those of the network,
 * Problems and Refusals.
 */
export class EwsClient {
  readonly server: MailServer;
  readonly #tokens: TokenSource;
  readonly #silenceMs: number;
  #https: HttpsClient | undefined;
  #isClosed = false;
  /** The token that was shown last. */
  #shown = '';

  /** `silenceMs`: after so long without a byte a connection is dead. */
  constructor(server: MailServer, tokens: TokenSource, { silenceMs }: { silenceMs: number }) {
    this.server = server;
    this.#tokens = tokens;
    this.#silenceMs = silenceMs;
  }

  /** The response messages of an operation, one for each thing asked for; each may be a refusal of its own. */
  async ask(operation: Operation, signal: AbortSignal): Promise<XmlElement[]> {
    return (await this.#askAll(operation, signal)).messages;
  }

  /** The one response message of an operation. Throws its {@link Refusal}. */
  async askOne(
    operation: Operation,
    signal: AbortSignal,
    headers: Record<string, string> = {},
  ): Promise<OneAnswer> {
    const { messages, ...around } = await this.#askAll(operation, signal, headers);
    const message = messages[0] as XmlElement;
    const refusal = refusalOf(message);
    if (refusal) throw this.cleaned(refusal);
    return { message, ...around };
  }

  /** The answer as it arrives. Throws the {@link Refusal} of a fault. */
  async open(operation: Operation, signal: AbortSignal, more: Record<string, string> = {}): Promise<Answer> {
    const response = await this.#post(operation, signal, more);
    const { status, body, headers } = response;
    if (status === 200) return { tokens: readXml(body), headers, destroy: () => body.destroy() };
    if (status === 500) {
      const said = await readWhole(readXml(body)).catch(() => null);
      body.destroy();
      if (said?.content?.name === 'Fault') throw this.cleaned(faultOf(said.content));
    }
    const said = (await readText(body, longestRefusal).catch(() => '')).replace(/<[^>]*>/g, ' ');
    throw this.cleaned(explainStatus(this.server, response, said));
  }

  /** Ends every connection. */
  close(): void {
    this.#isClosed = true;
    this.#https?.close();
  }

  async #askAll(operation: Operation, signal: AbortSignal, more: Record<string, string> = {}) {
    const answer = await this.open(operation, signal, more);
    try {
      const { content, version } = await readWhole(answer.tokens);
      if (content?.name === 'Fault') throw this.cleaned(faultOf(content));
      const messages = find(content, 'ResponseMessages')?.children ?? [];
      if (messages.length === 0) throw new XmlError('an answer without response messages');
      return { messages, version, headers: answer.headers };
    } finally {
      answer.destroy();
    }
  }

  /** The other side may say back what it was shown. */
  cleaned<E>(refusal: E): E {
    return thrownWithoutSecrets(refusal, [this.#shown]);
  }

  async #post(operation: Operation, signal: AbortSignal, more: Record<string, string>) {
    const { server } = this;
    if (this.#isClosed) throw stopped(server);
    this.#https ??= createHttpsClient(server, { connections, silenceMs: this.#silenceMs });
    const https = this.#https;
    const post = async (token: AccessToken) => {
      if (token.isPassword) throw passwordUnwanted(server);
      this.#shown = token.token;
      const headers = { ...headersFor(server, token), ...more };
      const body = Buffer.from(bodyFor(server, operation, token));
      const response = await https.request({ method: 'POST', target: path, headers, body, signal });
      if (response.status !== 401) return response;
      await readText(response.body, longestRefusal).catch(() => '');
      throw explainUnauthorized(server, response);
    };
    return withFreshToken(this.#tokens, post, signal);
  }
}

function bodyFor(server: MailServer, operation: Operation, { appOnly }: AccessToken): string {
  return appOnly ? envelope(operation(null), server.address) : envelope(operation(server.address), null);
}

/** `X-AnchorMailbox` leads to the mailbox's own server, without a detour (Impersonation and EWS in Exchange). */
function headersFor(server: MailServer, { token }: AccessToken): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    'content-type': 'text/xml; charset=utf-8',
    accept: 'text/xml',
    'user-agent': userAgent,
    'x-anchormailbox': server.address,
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
