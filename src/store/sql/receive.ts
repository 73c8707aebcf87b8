import type { Kysely, Transaction } from 'kysely';
import { newId } from '../../model/id.ts';
import type { AfterIntake } from '../../model/mail-server.ts';
import type { MessageContent } from '../../model/message.ts';
import type { ProblemJson } from '../../model/problem.ts';
import type { Receipt, Received, ReceivingServer } from '../store.ts';
import { insertAutomaticReplies, prepareAutomaticReplies } from './automatic-replies.ts';
import { newDelivery } from './deliveries.ts';
import { type DeliveryIdOf, deliveryIds } from './delivery-ids.ts';
import { advanceCursor } from './mailboxes.ts';
import { settlePlaces } from './places.ts';
import { announcedColumns, type Recognised, recognise } from './recognise.ts';
import { type Chunk, compressSource, dropSpool } from './sources.ts';
import { forStatements } from './statements.ts';
import type { MessageRow, PositionRow, Tables } from './tables.ts';
import { assignThreads } from './threads.ts';

const dayMs = 24 * 60 * 60_000;

/**
 * Makes receipts durable: messages, positions, deliveries, due actions and the cursor in one
 * transaction, all or nothing. Repeating it changes nothing: the position is the key, and
 * a mail that only changed its position is recognised.
 */
export async function receive(
  db: Kysely<Tables>,
  server: ReceivingServer,
  receipts: Receipt[],
): Promise<Received[]> {
  const last = receipts.at(-1);
  if (!last) return [];
  const compressed = await Promise.all(
    receipts.map((receipt) => ('bytes' in receipt.raw ? compressSource(receipt.raw.bytes) : null)),
  );
  const isAnswered = receipts.some(({ automaticReply }) => automaticReply);
  const replies = isAnswered ? await prepareAutomaticReplies(receipts) : [];
  const idOf = await deliveryIds(db);
  return db.transaction().execute(async (tx) => {
    const recognised = await recognise(tx, server, receipts);
    const threads = await assignThreads(
      tx,
      server.id,
      receipts.filter((_, i) => recognised[i]?.outcome === 'new').map((receipt) => receipt.content),
    );
    const rows = toRows(server, receipts, recognised, compressed, threads, idOf);
    await insertAll(tx, rows);
    await settlePlaces(tx, server.id, receipts, recognised);
    if (isAnswered) await insertAutomaticReplies(tx, server.id, replies, recognised, rows.messages);
    for (const sourceId of rows.adoptedSpools)
      await tx.deleteFrom('spool').where('source_id', '=', sourceId).execute();
    for (const sourceId of rows.needlessSpools) await dropSpool(tx, sourceId);
    await advanceCursor(tx, server.id, last.cursor);
    return recognised.map(({ outcome, messageId }) => ({ outcome, messageId }));
  });
}

interface Rows {
  messages: Omit<MessageRow, 'sequence'>[];
  chunks: Tables['source_chunk'][];
  positions: PositionRow[];
  deliveries: ReturnType<typeof newDelivery>[];
  quarantine: Tables['quarantine'][];
  adoptedSpools: string[];
  needlessSpools: string[];
}

function toRows(
  server: ReceivingServer,
  receipts: Receipt[],
  recognised: Recognised[],
  compressed: (Chunk[] | null)[],
  threads: string[],
  idOf: DeliveryIdOf,
): Rows {
  const now = new Date().toISOString();
  const actionAt = actionInstant(server.afterIntake);
  const rows: Rows = {
    messages: [],
    chunks: [],
    positions: [],
    deliveries: [],
    quarantine: [],
    adoptedSpools: [],
    needlessSpools: [],
  };
  let fresh = 0;
  for (const [i, receipt] of receipts.entries()) {
    const { outcome, messageId, generation } = recognised[i] as Recognised;
    const spool = 'sourceId' in receipt.raw ? receipt.raw.sourceId : null;
    if (outcome !== 'known')
      rows.positions.push({
        server_id: server.id,
        ...receipt.position,
        generation,
        message: messageId,
        fingerprint: receipt.fingerprint,
        ...announcedColumns(receipt),
        refusals: 0,
        acknowledgement: server.afterIntake.action === 'leave' ? 'none' : 'due',
        acknowledge_at: actionAt,
      });
    if (outcome !== 'new') {
      if (spool) rows.needlessSpools.push(spool);
      continue;
    }
    const sourceId = spool ?? newId('src');
    if (spool) rows.adoptedSpools.push(spool);
    for (const chunk of compressed[i] ?? []) rows.chunks.push({ source_id: sourceId, ...chunk });
    const threadId = threads[fresh++] as string;
    rows.messages.push(toMessageRow(server, receipt, messageId, threadId, sourceId, now));
    const first = { ...receipt.position, generation };
    const idTo = (destinationId: string) => idOf(server.id, first, destinationId);
    const made = { threadId, createdAt: now };
    rows.deliveries.push(...toDeliveries(messageId, receipt.destinationIds, made, idTo));
    if (receipt.quarantine)
      rows.quarantine.push(toQuarantineRow(server.id, receipt, receipt.quarantine, messageId, now));
  }
  return rows;
}

function toQuarantineRow(
  serverId: string,
  { position, receivedAt }: Receipt,
  problem: ProblemJson,
  messageId: string,
  now: string,
): Tables['quarantine'] {
  return {
    id: newId('qrn'),
    server_id: serverId,
    ...position,
    received_at: receivedAt,
    message: messageId,
    problem: JSON.stringify(problem),
    quarantined_at: now,
    state: 'quarantined',
    looks: 0,
    next_look_at: null,
  };
}

function toDeliveries(
  messageId: string,
  destinationIds: string[],
  made: { threadId: string; createdAt: string },
  idTo: (destinationId: string) => string,
) {
  const item = { kind: 'message', id: messageId } as const;
  return destinationIds.map((id) => newDelivery(item, { kind: 'destination', id }, made, idTo(id)));
}

/** From when on the action on the server may be done; what may be done at once is due whatever becomes of the clock. */
function actionInstant(afterIntake: AfterIntake): string {
  const days = afterIntake.action === 'delete' ? (afterIntake.afterDays ?? 0) : 0;
  return new Date(days === 0 ? 0 : Date.now() + days * dayMs).toISOString();
}

function toMessageRow(
  server: ReceivingServer,
  receipt: Receipt,
  id: string,
  threadId: string,
  sourceId: string,
  now: string,
): Omit<MessageRow, 'sequence'> {
  const { content } = receipt;
  return {
    id,
    server_id: server.id,
    mailbox: server.address,
    folder: receipt.position.folder,
    thread_id: threadId,
    sha256: receipt.sha256,
    size: receipt.size,
    received_at: receipt.receivedAt,
    stored_at: now,
    source_id: sourceId,
    ...contentColumns(content),
  };
}

/** What was understood, whole as JSON and in the columns that lists show and search. */
export function contentColumns(content: MessageContent) {
  const [from] = content.from;
  return {
    message_id: content.messageId,
    subject: content.subject,
    sender: from ? `${from.name} <${from.address}>`.trim() : '',
    attachments: content.attachments.length,
    defects: content.defects.length,
    content: JSON.stringify(content),
  };
}

async function insertAll(tx: Transaction<Tables>, rows: Rows): Promise<void> {
  for (const part of forStatements(rows.messages)) await tx.insertInto('message').values(part).execute();
  for (const part of forStatements(rows.chunks)) await tx.insertInto('source_chunk').values(part).execute();
  for (const part of forStatements(rows.positions)) await tx.insertInto('position').values(part).execute();
  for (const part of forStatements(rows.deliveries)) await tx.insertInto('delivery').values(part).execute();
  for (const part of forStatements(rows.quarantine))
    await tx
      .insertInto('quarantine')
      .values(part)
      // What lay here could not be had before: now it is stored, and the entry says what is still wrong with it.
      .onConflict((conflict) =>
        conflict.columns(['server_id', 'folder', 'validity', 'uid']).doUpdateSet((e) => ({
          received_at: e.ref('excluded.received_at'),
          message: e.ref('excluded.message'),
          problem: e.ref('excluded.problem'),
          state: e.ref('excluded.state'),
          next_look_at: e.ref('excluded.next_look_at'),
        })),
      )
      .execute();
}
