import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { migrate } from '../sql/migrations/index.ts';
import { sweepSpool } from '../sql/sources.ts';
import { createSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import type { Store } from '../store.ts';
import { nodeSqliteDialect } from './dialect.ts';
import { SqliteHealth } from './health.ts';
import { createIntegrityCheck } from './integrity.ts';
import { type Holder, lockFolder } from './lock.ts';
import { keepPrivate } from './private-files.ts';
import { atStart } from './problems.ts';

/**
 * The embedded store: one file in `dataFolder` (made if missing), for one process.
 * Throws `store.locked`, `store.locked-by-command`, `store.busy`, `store.unwritable`, `store.full`, `store.corrupt` or `store.newer`.
 */
export async function openSqliteStore(dataFolder: string, holder: Holder = 'server'): Promise<Store> {
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    keepPrivate(dataFolder);
    return await openLocked(dataFolder, lockFolder(dataFolder, holder));
  } catch (error) {
    throw atStart(error);
  }
}

async function openLocked(folder: string, lock: ReturnType<typeof lockFolder>): Promise<Store> {
  const file = join(folder, 'letterbox.sqlite');
  const integrity = createIntegrityCheck(file, lock.unclean);
  const health = new SqliteHealth(folder, integrity.begin);
  const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(file, health) });
  const close = async () => {
    health.close();
    await integrity.close();
    await db.destroy();
    lock.release(integrity.isChecked());
  };
  try {
    await migrate(db as Kysely<unknown>, {
      bytes: 'blob',
      sequence: 'integer',
      asSequence: (column) => column.primaryKey().autoIncrement(),
    });
    // Whatever is still spooled was never finished: the process that wrote it is gone.
    await sweepSpool(db);
    return createSqlStore(db, health, close);
  } catch (error) {
    await close();
    throw error;
  }
}
