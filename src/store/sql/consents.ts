import type { Kysely, Transaction } from 'kysely';
import type { ConsentOutcome, ConsentStore, PendingConsent } from '../store.ts';
import type { Tables } from './tables.ts';

export function consentStore(db: Kysely<Tables>): ConsentStore {
  return {
    async add(consent) {
      await db
        .insertInto('consent')
        .values({
          state_hash: consent.stateHash,
          profile_id: consent.profileId,
          session_hash: consent.sessionHash,
          sealed: consent.sealed,
          created_at: consent.createdAt,
          expires_at: consent.expiresAt,
          taken: 0,
        })
        .execute();
    },
    take: (stateHash, sessionHash) => db.transaction().execute((tx) => take(tx, stateHash, sessionHash)),
    async finish(stateHash, outcome) {
      await db
        .updateTable('consent')
        .set({ outcome: JSON.stringify(outcome) })
        .where('state_hash', '=', stateHash)
        .execute();
    },
    async latest(profileId) {
      const row = await db
        .selectFrom('consent')
        .select(['created_at', 'outcome'])
        .where('profile_id', '=', profileId)
        .orderBy('created_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? { createdAt: row.created_at, outcome: outcomeOf(row) } : null;
    },
    async sweep(before) {
      await db.deleteFrom('consent').where('expires_at', '<', before).execute();
    },
  };
}

/** The condition makes it once, whoever else asks at the same time. */
async function take(
  tx: Transaction<Tables>,
  stateHash: string,
  sessionHash: string,
): ReturnType<ConsentStore['take']> {
  const row = await tx
    .selectFrom('consent')
    .selectAll()
    .where('state_hash', '=', stateHash)
    .executeTakeFirst();
  if (!row) return null;
  const taken = await tx
    .updateTable('consent')
    .set({ taken: 1 })
    .where('state_hash', '=', stateHash)
    .where('session_hash', '=', sessionHash)
    .where('taken', '=', 0)
    .executeTakeFirst();
  return { consent: toConsent(row), mine: taken.numUpdatedRows === 1n, outcome: outcomeOf(row) };
}

function toConsent(row: Tables['consent']): PendingConsent {
  return {
    stateHash: row.state_hash,
    profileId: row.profile_id,
    sessionHash: row.session_hash,
    sealed: row.sealed,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

/** Null while the consent is under way. */
function outcomeOf({ outcome }: Pick<Tables['consent'], 'outcome'>): ConsentOutcome | null {
  return outcome === null ? null : JSON.parse(outcome);
}
