import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openMailbox, type Permission } from './access.ts';
import { GraphError, invalidRequest, malformedId, notFound } from './errors.ts';
import { strikes } from './faults.ts';
import { folderNamed, folderOf } from './folders.ts';
import { isId, type Mailbox, type Message } from './mailbox.ts';
import { changeKeyOf, messageJson, messageProperties } from './message-json.ts';
import { filterOf, onlyOptions, orderOf, page, selected } from './odata.ts';
import { type Answer, type Ask, type Route, readJson } from './request.ts';

const type = 'microsoft.graph.message';

/** A message can be asked for by itself or within its folder; there it must be. */
function onMessage(
  method: string,
  rest: string,
  permission: Permission,
  answer: (ask: Ask, message: Message, mailbox: Mailbox) => Answer | Promise<Answer>,
): Route[] {
  const paths = ['users/:user/messages/:message', 'users/:user/mailFolders/:folder/messages/:message'];
  return paths.map((path) => ({
    method,
    path: path + rest,
    answer(ask) {
      const mailbox = openMailbox(ask.caller, ask.params.user ?? '', permission, ask.world);
      const id = ask.params.message ?? '';
      const message = mailbox.message(id);
      if (!message) throw isId(id) ? notFound() : malformedId();
      if (ask.params.folder !== undefined && folderOf(mailbox, ask) !== message.folder) throw notFound();
      return answer(ask, message, mailbox);
    },
  }));
}

/** Microsoft: List messages, Get message, Update message, message: move, Delete message. */
export const messageRoutes: Route[] = [
  {
    method: 'GET',
    path: 'users/:user/messages',
    answer: (ask) => list(ask, (mailbox) => mailbox.messages()),
  },
  {
    method: 'GET',
    path: 'users/:user/mailFolders/:folder/messages',
    answer: (ask) => list(ask, (mailbox) => [...folderOf(mailbox, ask).messages.values()]),
  },
  ...onMessage('GET', '', 'Mail.Read', (ask, message) => {
    onlyOptions(ask, ['$select']);
    const select = selected(ask, messageProperties, type);
    return { status: 200, json: messageJson(message, { ...ask, select }) };
  }),
  ...onMessage(
    'GET',
    '/$value',
    'Mail.Read',
    (ask, message) => (response) => sendMime(ask, message, response),
  ),
  ...onMessage('PATCH', '', 'Mail.ReadWrite', async (ask, message, mailbox) => {
    checkVersion(ask, message);
    const { isRead, ...others } = await readJson(ask.request);
    if (typeof isRead !== 'boolean' || Object.keys(others).length > 0)
      throw invalidRequest('Only isRead can be changed here.');
    mailbox.setRead(message, isRead);
    return { status: 200, json: messageJson(message, { ...ask, select: null }) };
  }),
  ...onMessage('POST', '/move', 'Mail.ReadWrite', async (ask, message, mailbox) => {
    const { destinationId } = await readJson(ask.request);
    mailbox.move(message, folderNamed(mailbox, String(destinationId ?? '')));
    return { status: 201, json: messageJson(message, { ...ask, select: null }) };
  }),
  ...onMessage('DELETE', '', 'Mail.ReadWrite', (ask, message, mailbox) => {
    checkVersion(ask, message);
    mailbox.delete(message);
    return { status: 204 };
  }),
];

/** Whoever names the version that is to be changed changes no other (RFC 9110 13.1.1). */
function checkVersion({ request }: Ask, message: Message): void {
  const wanted = request.headers['if-match'];
  if (wanted === undefined || wanted === '*' || wanted === `W/"${changeKeyOf(message)}"`) return;
  throw new GraphError(
    412,
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  );
}

/** Newest first, unless asked otherwise. */
function list(ask: Ask, messagesIn: (mailbox: Mailbox) => Message[]): Answer {
  onlyOptions(ask, ['$select', '$top', '$skip', '$filter', '$orderby', '$count']);
  const mailbox = openMailbox(ask.caller, ask.params.user ?? '', 'Mail.Read', ask.world);
  const select = selected(ask, messageProperties, type);
  const sign = orderOf(ask);
  const messages = messagesIn(mailbox)
    .filter(filterOf(ask.query.get('$filter')))
    .sort((a, b) => sign * (a.receivedAt.getTime() - b.receivedAt.getTime()));
  return { status: 200, json: page(ask, messages, (message) => messageJson(message, { ...ask, select })) };
}

/** The MIME source (Microsoft: Get MIME content of a message); as a rule its size is not told beforehand. */
async function sendMime({ world, query }: Ask, message: Message, response: ServerResponse): Promise<void> {
  if ([...query.keys()].length > 0) throw invalidRequest('$value takes no query options.');
  const { immutableId, source } = message;
  if (strikes(world.faults.gatewayTimeouts, immutableId))
    throw new GraphError(504, 'UnknownError', 'The request timed out at the gateway.');
  const { status, code } = world.faults.refusal;
  if (strikes(world.faults.refusedSources, immutableId))
    throw new GraphError(status, code, 'The specified object was not found in the store.');
  const breaks = strikes(world.faults.brokenBodies, immutableId);
  const length = world.faults.sizeAnnounced ? { 'content-length': message.size } : {};
  response.writeHead(200, { 'content-type': 'text/plain', ...length });
  // A response without any bytes would be no break in the middle
  const most = breaks ? Math.max(1, world.faults.breakAfterBytes) : Number.POSITIVE_INFINITY;
  await pipeline(firstBytes(readSource(source), most), response, { end: !breaks });
  // What was written is on its way first
  if (breaks) response.write('', () => response.destroy());
}

async function* firstBytes(chunks: AsyncIterable<Buffer>, most: number): AsyncGenerator<Buffer> {
  let left = most;
  for await (const chunk of chunks) {
    yield chunk.subarray(0, Math.min(chunk.length, left));
    left -= chunk.length;
    if (left <= 0) return;
  }
}

function readSource(source: Message['source']): AsyncIterable<Buffer> {
  return Buffer.isBuffer(source) ? Readable.from(slices(source)) : createReadStream(source.file);
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536);
}
