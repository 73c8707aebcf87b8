import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync } from 'node:zlib';
import type { Kysely, Transaction } from 'kysely';
import { newId } from '../../model/id.ts';
import type { SourceWriter } from '../store.ts';
import type { Tables } from './tables.ts';

/** Every chunk but a source's last holds so many bytes of it, so that an offset tells its chunk. */
export const chunkBytes = 256 * 1024;

const compressElsewhere = promisify(zstdCompress);
/** With a checksum of the content in each frame (RFC 8878 3.1.1), so that a chunk is checked wherever it is read. */
const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } };
/** Handing a smaller source to another thread costs more than compressing it here. */
const smallBytes = 32 * 1024;

function compress(bytes: Uint8Array): Uint8Array | Promise<Uint8Array> {
  return bytes.length <= smallBytes ? zstdCompressSync(bytes, fast) : compressElsewhere(bytes, fast);
}

export interface Chunk {
  seq: number;
  bytes: Uint8Array;
}

/** Cuts and compresses a source held in memory. */
export async function compressSource(bytes: Uint8Array): Promise<Chunk[]> {
  const count = Math.max(1, Math.ceil(bytes.length / chunkBytes));
  return Promise.all(
    Array.from({ length: count }, async (_, seq) => ({
      seq,
      bytes: await compress(bytes.subarray(seq * chunkBytes, (seq + 1) * chunkBytes)),
    })),
  );
}

/** Writes a source as it streams in; each chunk is durable by itself, the whole counts once a message names it. */
export async function openSpool(db: Kysely<Tables>): Promise<SourceWriter> {
  const sourceId = newId('src');
  await db.insertInto('spool').values({ source_id: sourceId }).execute();
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let seq = 0;

  async function write(bytes: Uint8Array): Promise<void> {
    const compressed = await compress(bytes);
    await db.insertInto('source_chunk').values({ source_id: sourceId, seq, bytes: compressed }).execute();
    seq++;
  }

  return {
    sourceId,
    async append(bytes) {
      held.push(bytes);
      heldBytes += bytes.length;
      if (heldBytes < chunkBytes) return;
      const joined = Buffer.concat(held);
      let from = 0;
      for (; joined.length - from >= chunkBytes; from += chunkBytes)
        await write(joined.subarray(from, from + chunkBytes));
      held = [joined.subarray(from)];
      heldBytes = joined.length - from;
    },
    async finish() {
      if (heldBytes > 0 || seq === 0) await write(Buffer.concat(held));
      held = [];
      heldBytes = 0;
    },
    discard: () => db.transaction().execute((tx) => dropSpool(tx, sourceId)),
  };
}

/** A spooled source that no message will name; one that a message names by now is left alone. */
export async function dropSpool(tx: Transaction<Tables>, sourceId: string): Promise<void> {
  const spool = await tx.deleteFrom('spool').where('source_id', '=', sourceId).executeTakeFirstOrThrow();
  if (spool.numDeletedRows > 0n)
    await tx.deleteFrom('source_chunk').where('source_id', '=', sourceId).execute();
}

/** Drops every unfinished spool; only for the process that alone writes this store. */
export async function sweepSpool(db: Kysely<Tables>): Promise<void> {
  const spools = await db.selectFrom('spool').select('source_id').execute();
  for (const { source_id } of spools) await db.transaction().execute((tx) => dropSpool(tx, source_id));
}
