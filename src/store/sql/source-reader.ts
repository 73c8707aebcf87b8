import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import type { Kysely } from 'kysely';
import { Problem } from '../../model/problem.ts';
import { chunkBytes } from './sources.ts';
import type { Tables } from './tables.ts';

const decompress = promisify(zstdDecompress);
/** Sources that were read through and found whole; older frames have no checksum, so each is read through once. */
const mostChecked = 1_000;

/** Is told when what was read is not what was written. */
export interface DamageListener {
  failed(problem: Problem): void;
}

/** Whose source it is, and how it was when it came in; of an outgoing mail there is no hash. */
interface Stored {
  id: string;
  source_id: string | null;
  size: number;
  sha256?: string;
}

/**
 * Bytes of a source, a chunk at a time. Throws `message.source-expired` when it is no longer kept, and
 * `message.source-damaged` when it is not what was stored: of a source that is read whole before its last chunk, so that
 * what was read until then never looks whole; of a part before its first.
 */
export type ReadSource = (
  stored: Stored | undefined,
  offset?: number,
  length?: number,
) => AsyncIterable<Uint8Array>;

export function sourceReader(db: Kysely<Tables>, health: DamageListener): ReadSource {
  const checked = new Set<string>();

  async function chunkOf({ id, source_id, size }: Stored, seq: number): Promise<Chunk> {
    const row = await db
      .selectFrom('source_chunk')
      .select('bytes')
      .where('source_id', '=', source_id ?? '')
      .where('seq', '=', seq)
      .executeTakeFirst();
    // Retention may have removed it while it was read.
    if (!row && !(await isKept(db, source_id ?? ''))) throw sourceExpired();
    const bytes = row && (await decompress(row.bytes).catch(() => undefined));
    if (!row || bytes?.length !== Math.min(chunkBytes, size - seq * chunkBytes)) throw damaged(id);
    return { bytes, isChecked: hasChecksum(row.bytes) };
  }

  async function* whole(stored: Stored): AsyncIterable<Uint8Array> {
    const hash = createHash('sha256');
    const last = Math.max(0, Math.ceil(stored.size / chunkBytes) - 1);
    for (let seq = 0; seq <= last; seq++) {
      const { bytes } = await chunkOf(stored, seq);
      hash.update(bytes);
      if (seq === last && stored.sha256 !== undefined && hash.digest('hex') !== stored.sha256)
        throw damaged(stored.id);
      if (bytes.length > 0) yield bytes;
    }
    remember(checked, stored.id);
  }

  async function* part(stored: Stored, offset: number, length: number): AsyncIterable<Uint8Array> {
    const end = Math.min(offset + length, stored.size);
    for (let at = offset; at < end; ) {
      const seq = Math.floor(at / chunkBytes);
      const { bytes, isChecked } = await chunkOf(stored, seq);
      if (!isChecked && !checked.has(stored.id)) for await (const _ of whole(stored));
      const wanted = bytes.subarray(at - seq * chunkBytes, end - seq * chunkBytes);
      at += wanted.length;
      yield wanted;
    }
  }

  return async function* (stored, offset = 0, length = Number.POSITIVE_INFINITY) {
    if (!stored || stored.source_id === null) throw sourceExpired();
    try {
      const all = offset === 0 && length >= stored.size;
      yield* all ? whole(stored) : part(stored, offset, length);
    } catch (error) {
      if (error instanceof Problem) health.failed(error);
      throw error;
    }
  };
}

interface Chunk {
  bytes: Uint8Array;
  isChecked: boolean;
}

/** Content_Checksum_flag of the frame header's descriptor (RFC 8878 3.1.1.1.1). */
function hasChecksum(frame: Uint8Array): boolean {
  return ((frame[4] ?? 0) & 0b100) !== 0;
}

async function isKept(db: Kysely<Tables>, sourceId: string): Promise<boolean> {
  const query = db.selectFrom('source_chunk').select('seq').where('source_id', '=', sourceId).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

function remember(checked: Set<string>, id: string): void {
  const [oldest = ''] = checked;
  if (checked.size >= mostChecked) checked.delete(oldest);
  checked.add(id);
}

function sourceExpired(): Problem {
  return new Problem({
    code: 'message.source-expired',
    kind: 'gone',
    title: 'The raw source of this message is no longer kept',
    cause: 'The retention rule has removed it.',
    remedy: 'Keep raw sources longer with retention.sourceDays if you need them.',
  });
}

function damaged(id: string): Problem {
  return new Problem({
    code: 'message.source-damaged',
    kind: 'internal',
    title: 'The stored source of a message is damaged',
    detail: id,
    cause:
      'What is read is not what was written: the disk or somebody has altered the database. It is not given out.',
    remedy:
      'See to the disk, then stop Letterbox and restore the data folder from its last backup. The mail may still lie in its mailbox.',
  });
}
