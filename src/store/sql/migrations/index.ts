import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { Problem } from '../../../model/problem.ts';
import * as first from './0001-first.ts';
import * as outgoing from './0002-outgoing.ts';
import * as deliveryKinds from './0003-delivery-kinds.ts';
import * as resources from './0004-resources.ts';
import * as positions from './0005-positions.ts';
import * as endpoints from './0007-endpoints.ts';
import type { EngineTypes } from './engine-types.ts';

/** In order; a released one is never changed. */
const migrations = {
  '0001-first': first,
  '0002-outgoing': outgoing,
  '0003-delivery-kinds': deliveryKinds,
  '0004-resources': resources,
  '0005-positions': positions,
  '0007-endpoints': endpoints,
};

/** Brings the schema up to date; throws `store.newer` for a database that a later release has written. */
export async function migrate(db: Kysely<unknown>, types: EngineTypes): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () =>
        Object.fromEntries(
          Object.entries(migrations).map(([name, { up }]) => [
            name,
            { up: (on: Kysely<unknown>) => up(on, types) },
          ]),
        ),
    },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (!error) return;
  if (error instanceof Problem) throw error;
  if (/^corrupted migrations: previously executed/.test((error as Error).message))
    throw new Problem(
      {
        code: 'store.newer',
        kind: 'internal',
        title: 'The database was written by a later release of Letterbox',
        remedy: 'Run that release or a later one on this data folder, or give another data folder.',
      },
      error,
    );
  const failed = results?.find((result) => result.status === 'Error')?.migrationName;
  throw new Problem(
    {
      code: 'store.migration-failed',
      kind: 'internal',
      title: 'The database could not be brought up to date',
      detail: `${failed ?? 'before the first change'}: ${(error as Error).message}`,
      remedy: 'Nothing was changed. Start again; if it stays, report it with this text.',
      retry: 'later',
    },
    error,
  );
}
