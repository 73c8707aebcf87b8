import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ExchangeOrganisation } from '../exchange/organisation.ts';
import { isSwitchedOff, type Reach, reachOf } from './access.ts';
import { envelopeParts, Fault, failure, fault, responseParts } from './answers.ts';
import type { createFaults, Trouble } from './faults.ts';
import { findFolder, getFolder, syncFolderHierarchy, syncFolderItems } from './folder-operations.ts';
import { deleteItem, findItem, getItem, type Message, moveItem, updateItem } from './item-operations.ts';
import type { Mailbox } from './mailbox.ts';
import { at, local, MalformedRequest, type RequestElement, readRequest } from './request.ts';
import { violation } from './schema.ts';
import type { Subscriptions } from './subscriptions.ts';
import { TokenRefused, verifyToken } from './tokens.ts';

/** One request, as far as tests look at it. */
export interface EwsRequest {
  operation: string;
  anchorMailbox: string;
  /** As whom it was made: the impersonated mailbox, or the person. */
  self: string;
}

/** All that the stand-in is made of. */
export interface Exchange {
  tokens: { keysFolder: string; issuer: string; audiences: string[] };
  mailboxes: ReadonlyMap<string, Mailbox>;
  organisation: ExchangeOrganisation;
  faults: ReturnType<typeof createFaults>;
  subscriptions: Subscriptions;
  requests: EwsRequest[];
  state: { epoch: number };
}

/** Of Exchange, as a request may ask for (RequestServerVersion). */
const versions = /^(Exchange20(07|07_SP1|09|10|10_SP[12]|12|13|13_SP1|15|16)|V20\d\d_\d\d_\d\d)$/;

const overrideCookie = 'X-BackEndOverrideCookie=lab-mailbox-server~1942052531';

/** Answers one request. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
): Promise<void> {
  if (request.method !== 'POST' || request.url?.toLowerCase() !== '/ews/exchange.asmx')
    return send(response, 404, '');
  try {
    const caller = await verifyToken(request.headers.authorization, exchange.tokens);
    if (exchange.faults.disabled) return send(response, 403, '');
    const whole = await readRequest(request);
    const operation = operationOf(whole);
    const reach = reachOf(caller, at(whole, 'Header'), exchange.mailboxes, exchange.organisation);
    if (isSwitchedOff(caller, reach.self, exchange.organisation)) return send(response, 403, '');
    const name = local(operation);
    exchange.requests.push({
      operation: name,
      anchorMailbox: String(request.headers['x-anchormailbox'] ?? ''),
      self: reach.self,
    });
    const trouble = exchange.faults.take(name);
    if (trouble && trouble.kind !== 'break') return makeTrouble(trouble, operation, response);
    if (name === 'GetStreamingEvents') {
      const isRouted = !exchange.faults.affinity || request.headers.cookie?.includes(overrideCookie) === true;
      return await exchange.subscriptions.stream(operation, response, isRouted);
    }
    const prefers = request.headers['x-preferserveraffinity'] === 'true';
    if (name === 'Subscribe' && prefers)
      response.setHeader('set-cookie', `${overrideCookie}; path=/; secure`);
    await sendMessages(response, name, perform(operation, reach, exchange), trouble?.afterBytes ?? null);
  } catch (error) {
    refuse(error, response);
  }
}

/** The one operation in a request. Throws for what is none, or not as the schema has it. */
function operationOf(envelope: RequestElement): RequestElement {
  const body = at(envelope, 'Body');
  if (envelope.name !== 'soap:Envelope' || body?.name !== 'soap:Body' || !body.children[0])
    throw new MalformedRequest('no SOAP envelope');
  const version = at(envelope, 'Header', 'RequestServerVersion')?.attributes.Version;
  if (version !== undefined && !versions.test(version)) throw new Fault('ErrorInvalidServerVersion');
  const wrong = violation(body);
  if (wrong) throw new Fault('ErrorSchemaValidation', `The request failed schema validation: ${wrong}`);
  return body.children[0];
}

function perform(operation: RequestElement, reach: Reach, exchange: Exchange): Message[] {
  switch (local(operation)) {
    case 'SyncFolderItems':
      return syncFolderItems(operation, reach, exchange.state.epoch, exchange.faults.hiddenFromSync);
    case 'SyncFolderHierarchy':
      return syncFolderHierarchy(operation, reach);
    case 'FindItem':
      return findItem(operation, reach);
    case 'GetFolder':
      return getFolder(operation, reach);
    case 'FindFolder':
      return findFolder(operation, reach);
    case 'GetItem':
      return getItem(operation, reach);
    case 'UpdateItem':
      return updateItem(operation, reach);
    case 'MoveItem':
      return moveItem(operation, reach);
    case 'DeleteItem':
      return deleteItem(operation, reach);
    case 'Subscribe':
      return exchange.subscriptions.subscribe(operation, reach);
    case 'Unsubscribe':
      return exchange.subscriptions.unsubscribe(operation);
    default:
      throw new Fault('ErrorInvalidRequest');
  }
}

function makeTrouble(
  trouble: Exclude<Trouble, { kind: 'break' }>,
  operation: RequestElement,
  response: ServerResponse,
): void | Promise<void> {
  const count = Math.max(at(operation, 'ItemIds')?.children.length ?? 0, 1);
  const name = local(operation);
  const backOff = trouble.kind === 'busy' ? trouble.backOff : 0;
  const code = trouble.kind === 'fault' || trouble.kind === 'message' ? trouble.code : 'ErrorServerBusy';
  if (trouble.kind === 'silence') return;
  if (trouble.kind === 'status') return send(response, trouble.status, trouble.body ?? '', trouble.headers);
  if (trouble.kind === 'busy' && trouble.as === 'http')
    return send(response, 503, '', { 'retry-after': String(Math.ceil(backOff / 1000)) });
  if (trouble.kind === 'message' || (trouble.kind === 'busy' && trouble.as === 'message'))
    return sendMessages(response, name, Array<string>(count).fill(failure(name, code, { backOff })), null);
  send(response, 500, fault(code, { backOff }));
}

function refuse(error: unknown, response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else if (error instanceof TokenRefused) {
    const { number, message, category } = error;
    send(response, 401, '', {
      'www-authenticate': `Bearer client_id="00000002-0000-0ff1-ce00-000000000000", error="invalid_token"`,
      'x-ms-diagnostics': `${number};reason="${message}";error_category="${category}"`,
    });
  } else if (error instanceof Fault) send(response, 500, fault(error.code, { text: error.message }));
  else if (error instanceof MalformedRequest) send(response, 400, '');
  else {
    // A mistake of the lab itself: told, so that a test does not go looking for it in the client
    console.error(error);
    send(response, 500, fault('ErrorInternalServerError'));
  }
}

function send(response: ServerResponse, status: number, body: string, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8', ...headers }).end(body);
}

/** Streams the response messages; after `breakAfter` bytes the connection dies. */
async function sendMessages(
  response: ServerResponse,
  operation: string,
  messages: Message[],
  breakAfter: number | null,
): Promise<void> {
  const [before, after] = responseParts(operation);
  async function* pieces(): AsyncGenerator<string> {
    yield envelopeParts[0] + before;
    for (const message of messages) {
      if (typeof message === 'string') yield message;
      else yield* message();
    }
    yield after + envelopeParts[1];
  }
  async function* broken(): AsyncGenerator<string> {
    let sent = 0;
    for await (const piece of pieces()) {
      yield breakAfter === null ? piece : piece.slice(0, breakAfter - sent);
      sent += piece.length;
      if (breakAfter !== null && sent >= breakAfter) throw new Error('the connection dies');
    }
  }
  response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' });
  await pipeline(Readable.from(broken(), { objectMode: false }), response).catch(() => response.destroy());
}
