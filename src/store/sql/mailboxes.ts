import type { Kysely } from 'kysely';
import type { MailboxFigures, MailServerState } from '../../model/mail-server.ts';
import { Problem } from '../../model/problem.ts';
import type { MailboxStore } from '../store.ts';
import { serverActions } from './server-actions.ts';
import type { Tables } from './tables.ts';

type Columns = Partial<Omit<Tables['mailbox'], 'server_id'>>;

export function mailboxStore(db: Kysely<Tables>): MailboxStore {
  async function read<Column extends keyof Columns>(id: string, column: Column): Promise<string | null> {
    const row = await db.selectFrom('mailbox').selectAll().where('server_id', '=', id).executeTakeFirst();
    return row?.[column] ?? null;
  }
  return {
    async restriction(id) {
      const restriction = await read(id, 'restriction');
      return restriction === null ? null : JSON.parse(restriction);
    },
    async setRestriction(id, proof) {
      await setMailbox(db, id, { restriction: JSON.stringify(proof) });
    },
    async states() {
      const rows = await db.selectFrom('mailbox').select('state').where('state', 'is not', null).execute();
      return rows.map((row) => JSON.parse(row.state as string) as MailServerState);
    },
    async state(id) {
      const state = await read(id, 'state');
      return state === null ? null : JSON.parse(state);
    },
    async setState(state) {
      await setMailbox(db, state.serverId, { state: JSON.stringify(state) });
    },
    figures: (id) => figuresOf(db, id),
    async audit(id) {
      const audit = await read(id, 'audit');
      return audit === null ? null : JSON.parse(audit);
    },
    async audits() {
      const rows = await db
        .selectFrom('mailbox')
        .select(['server_id', 'audit'])
        .where('audit', 'is not', null)
        .execute();
      return new Map(rows.map((row) => [row.server_id, JSON.parse(row.audit as string)]));
    },
    async setAudit(id, audit) {
      await setMailbox(db, id, { audit: JSON.stringify(audit) });
    },
    cursor: (id) => read(id, 'cursor'),
    async setCursor(id, cursor) {
      await advanceCursor(db, id, cursor);
    },
    ...serverActions(db),
  };
}

async function figuresOf(db: Kysely<Tables>, serverId: string): Promise<MailboxFigures> {
  const stored = await db
    .selectFrom('message')
    .select((e) => e.fn.countAll().as('count'))
    .where('server_id', '=', serverId)
    .executeTakeFirstOrThrow();
  const entries = await db
    .selectFrom('quarantine')
    .select((e) => ['state', e.fn.countAll().as('count')])
    .where('server_id', '=', serverId)
    .groupBy('state')
    .execute();
  const deliveries = await db
    .selectFrom('delivery')
    .innerJoin('message', 'message.id', 'delivery.message')
    .select((e) => ['delivery.state', e.fn.countAll().as('count')])
    .where('message.server_id', '=', serverId)
    .groupBy('delivery.state')
    .execute();
  const found = new Map<string, number>(
    [...entries, ...deliveries].map(({ state, count }) => [state, Number(count)]),
  );
  const countOf = (state: string) => found.get(state) ?? 0;
  return {
    stored: Number(stored.count),
    waiting: countOf('waiting'),
    quarantined: countOf('quarantined'),
    delivered: countOf('delivered'),
    pending: countOf('pending'),
    dead: countOf('dead'),
  };
}

/** Throws `mailbox.removed` where there is no such server any more: nothing is to be stored for it then. */
export async function advanceCursor(
  db: Kysely<Tables>,
  serverId: string,
  cursor: string | null,
): Promise<void> {
  const isThere =
    cursor === null
      ? (await db.selectFrom('resource').select('id').where('id', '=', serverId).executeTakeFirst()) !==
        undefined
      : await setMailbox(db, serverId, { cursor });
  if (!isThere) throw removed(serverId);
}

/** Writes what is known of a mailbox, unless its server is gone; tells whether it is there. */
async function setMailbox(db: Kysely<Tables>, serverId: string, columns: Columns): Promise<boolean> {
  const [[name, value] = []] = Object.entries(columns) as [keyof Columns, string][];
  if (name === undefined || value === undefined) return true;
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('mailbox')
    .columns(['server_id', name])
    .expression((e) =>
      e
        .selectFrom('resource')
        .select((s) => ['id', s.val(value).as('value')])
        .where('id', '=', serverId),
    )
    .onConflict((conflict) => conflict.column('server_id').doUpdateSet({ [name]: value }))
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

function removed(serverId: string): Problem {
  return new Problem({
    code: 'mailbox.removed',
    kind: 'gone',
    title: 'The incoming email server was removed',
    detail: serverId,
    remedy: 'None is needed: its mailbox is as it was.',
  });
}
