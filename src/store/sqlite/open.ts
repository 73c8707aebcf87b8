import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { migrate } from '../sql/migrations/index.ts';
import { sweepSpool } from '../sql/sources.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import type { Store } from '../store.ts';
import { nodeSqliteDialect } from './dialect.ts';
import { lockFolder } from './lock.ts';
import { keepPrivate } from './private-files.ts';
import { explainSqlite } from './problems.ts';

/**
 * The embedded store: one file in `dataFolder` (made if missing), for one process.
 * Throws `store.locked`, `store.unwritable`, `store.full`, `store.corrupt` or `store.newer`.
 */
export async function openSqliteStore(dataFolder: string): Promise<Store> {
  let lock: ReturnType<typeof lockFolder>;
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    keepPrivate(dataFolder);
    lock = lockFolder(dataFolder);
  } catch (error) {
    throw explainSqlite(error);
  }
  const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(join(dataFolder, 'letterbox.sqlite')) });
  const close = async () => {
    await db.destroy();
    lock.release();
  };
  try {
    await migrate(db as Kysely<unknown>, {
      bytes: 'blob',
      sequence: 'integer',
      asSequence: (column) => column.primaryKey().autoIncrement(),
    });
    // Whatever is still spooled was never finished: the process that wrote it is gone.
    await sweepSpool(db);
    return createSqlStore(db, close);
  } catch (error) {
    await close();
    throw error;
  }
}
