import { createHash } from 'node:crypto';
import { createMessageParser } from '../mime/parser.ts';
import type { MessageContent } from '../model/message.ts';
import { Problem } from '../model/problem.ts';
import type { SourceEvent } from '../sources/source.ts';
import type { Receipt, SourceWriter } from '../store/store.ts';
import type { Spools } from './spools.ts';

export type IncomingMessage = Extract<SourceEvent, { kind: 'message' }>;

/** A receipt but for what routing decides. */
export type Understood = Omit<Receipt, 'destinationIds'>;

/** A source up to this size is held in memory and stored with its message; a larger one is spooled as it streams. */
const heldBytes = 1024 * 1024;

/** Thrown when our own parser failed: the message is to be taken unparsed. Not a problem of the mailbox. */
export class Unparsable extends Error {
  override readonly name = 'Unparsable';
  constructor(cause: unknown) {
    super('The message could not be parsed', { cause });
  }
}

/**
 * Reads a message's bytes once: parsed, hashed, and held or spooled on the way. Throws {@link Unparsable}
 * when the parser fails, and whatever the connection or the store throws; a spool begun is then dropped.
 */
export async function understand(message: IncomingMessage, spools: Spools): Promise<Understood> {
  const parser = createMessageParser();
  const raw = await keep(message, spools, (chunk) => parsing(() => parser.write(chunk)));
  const { content, size, sha256, fingerprint } = parsing(() => parser.end());
  return { ...receiptOf(message, raw), content, size, sha256, fingerprint, quarantine: null };
}

/** The same for a message that cannot be parsed: kept byte for byte, with nothing understood, for a person to look at (P26). */
export async function takeUnparsed(message: IncomingMessage, spools: Spools): Promise<Understood> {
  const hash = createHash('sha256');
  let size = 0;
  const raw = await keep(message, spools, (chunk) => {
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
  return { position: message.position, cursor: message.cursor, receivedAt: message.receivedAt, raw };
}

async function keep(
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
