import { createHash } from 'node:crypto';
import { createMessageParser } from '../mime/parser.ts';
import type { MessageContent } from '../model/message.ts';
import { Problem } from '../model/problem.ts';
import type { MailSource, SourceEvent } from '../sources/source.ts';
import type { Receipt, SourceWriter } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Spools } from './spools.ts';

export type IncomingMessage = Extract<SourceEvent, { kind: 'message' }>;

/** A receipt but for what routing decides. */
export type Understood = Omit<Receipt, 'destinationIds'>;

/** A source up to this size is held in memory and stored with its message; a larger one is spooled as it streams. */
const heldBytes = 1024 * 1024;

/** One thing that came from the source, its bytes read: ready for the store. */
export type Arrival =
  | { kind: 'message'; message: Understood; remaining: number }
  | Exclude<SourceEvent, { kind: 'message' }>;

interface Parts {
  source: MailSource;
  spools: Spools;
  log: Log;
}

/** Each event of the source, messages understood. */
export async function* arrivals(events: AsyncIterable<SourceEvent>, parts: Parts): AsyncIterable<Arrival> {
  for await (const event of events)
    if (event.kind === 'message')
      yield { kind: 'message', message: await take(event, parts), remaining: event.remaining };
    else yield event;
}

/** One message, parsed; or unparsed, where our parser fails: that must not stop a mailbox. */
export async function take(message: IncomingMessage, { source, spools, log }: Parts): Promise<Understood> {
  try {
    return await understand(message, spools);
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    log.error(
      { err: error.cause, position: message.position },
      'a message could not be parsed; it is kept unparsed',
    );
    // Its bytes are half read; they are asked for once more.
    const again = await source.fetch(message.position);
    if (!again) throw error;
    return takeUnparsed({ ...again, cursor: message.cursor }, spools);
  }
}

/** Thrown when our own parser failed: the message is to be taken unparsed. Not a problem of the mailbox. */
class Unparsable extends Error {
  override readonly name = 'Unparsable';
  constructor(cause: unknown) {
    super('The message could not be parsed', { cause });
  }
}

/**
 * Reads a message's bytes once: parsed, hashed, and held or spooled on the way. Throws {@link Unparsable}
 * when the parser fails, and whatever the connection or the store throws; a spool begun is then dropped.
 */
async function understand(message: IncomingMessage, spools: Spools): Promise<Understood> {
  const parser = createMessageParser();
  const raw = await holdOrSpool(message, spools, (chunk) => parsing(() => parser.write(chunk)));
  const { content, size, sha256, fingerprint } = parsing(() => parser.end());
  return { ...receiptOf(message, raw), content, size, sha256, fingerprint, quarantine: null };
}

/** The same for a message that cannot be parsed: taken byte for byte, with nothing understood, for a person to look at. */
async function takeUnparsed(message: IncomingMessage, spools: Spools): Promise<Understood> {
  const hash = createHash('sha256');
  let size = 0;
  const raw = await holdOrSpool(message, spools, (chunk) => {
    hash.update(chunk);
    size += chunk.length;
  });
  const sha256 = hash.digest('hex');
  const problem = new Problem({
    code: 'message.unparsable',
    kind: 'message',
    title: 'The message could not be parsed',
    cause: 'Its form is broken in a way that this release does not understand.',
    remedy: 'It was delivered with its raw source only. After an upgrade choose Process again.',
  });
  return {
    ...receiptOf(message, raw),
    content: nothingUnderstood,
    size,
    sha256,
    fingerprint: sha256,
    quarantine: problem.toJSON(),
  };
}

const nothingUnderstood: MessageContent = {
  headers: [],
  messageId: null,
  inReplyTo: [],
  references: [],
  date: null,
  subject: '',
  from: [],
  sender: [],
  replyTo: [],
  to: [],
  cc: [],
  bcc: [],
  text: null,
  html: null,
  attachments: [],
  defects: ['unparsable: only the raw source is given'],
};

function receiptOf(message: IncomingMessage, raw: Receipt['raw']) {
  const { position, cursor, receivedAt, announced } = message;
  return { position, cursor, receivedAt, announced, raw };
}

/** The bytes of a message, each chunk shown to `observe`: held, or spooled when they are many. */
async function holdOrSpool(
  message: IncomingMessage,
  spools: Spools,
  observe: (chunk: Uint8Array) => void,
): Promise<Receipt['raw']> {
  let held: Uint8Array[] = [];
  let size = 0;
  let spool: SourceWriter | null = null;
  try {
    for await (const chunk of message.raw) {
      observe(chunk);
      size += chunk.length;
      if (spool) await spool.append(chunk);
      else held.push(chunk);
      if (!spool && size > heldBytes) {
        spool = await spools.begin();
        for (const earlier of held) await spool.append(earlier);
        held = [];
      }
    }
    await spool?.finish();
  } catch (error) {
    // What cannot be dropped now is swept at the next start.
    await spool?.discard().catch(() => undefined);
    throw error;
  }
  if (spool) return { sourceId: spool.sourceId };
  return { bytes: held.length === 1 ? (held[0] as Uint8Array) : Buffer.concat(held) };
}

function parsing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Unparsable(error);
  }
}
