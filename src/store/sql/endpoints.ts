import type { Kysely, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Endpoint } from '../../model/delivery.ts';
import type { EndpointStore } from '../deliveries.ts';
import type { EndpointRow, Tables } from './tables.ts';

const well: Endpoint = { disabled: null, disabledAt: null, restsUntil: null };

export function endpointStore(db: Kysely<Tables>): EndpointStore {
  const read = (id: string) =>
    db.selectFrom('endpoint').selectAll().where('target_id', '=', id).executeTakeFirst();

  return {
    async get({ id, version }) {
      const row = await read(id);
      return row?.version === version ? toEndpoint(row) : well;
    },
    async set({ id, version }, { disabled, disabledAt, restsUntil }) {
      const values = {
        version,
        disabled: disabled && JSON.stringify(disabled),
        disabled_at: disabledAt,
        rests_until: restsUntil,
      };
      await db
        .insertInto('endpoint')
        .values({ target_id: id, ...values })
        .onConflict((conflict) =>
          // What an attempt for a former record comes to late tells nothing of the present one
          conflict.column('target_id').doUpdateSet(values).where('endpoint.version', '<=', version),
        )
        .execute();
    },
    async disabled() {
      const rows = await db.selectFrom('endpoint').selectAll().where('disabled', 'is not', null).execute();
      return rows.map((row) => ({ id: row.target_id, version: row.version, endpoint: toEndpoint(row) }));
    },
    clock: async (id) => (await read(id))?.clock ?? 0,
    async setClock(id, clock) {
      await db.transaction().execute(async (tx) => {
        await tx
          .insertInto('endpoint')
          .values({ target_id: id, clock })
          .onConflict((conflict) => conflict.column('target_id').doUpdateSet({ clock }))
          .execute();
        await tx
          .updateTable('delivery')
          .set({ clock_from: clock })
          .where('destination_id', '=', id)
          .where('state', '=', sql.lit('pending'))
          .where('clock_from', 'is', null)
          .execute();
      });
    },
  };
}

function toEndpoint({ disabled, disabled_at, rests_until }: Selectable<EndpointRow>): Endpoint {
  return {
    disabled: disabled === null ? null : JSON.parse(disabled),
    disabledAt: disabled_at,
    restsUntil: rests_until,
  };
}
