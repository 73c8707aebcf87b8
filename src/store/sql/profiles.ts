import type { Kysely } from 'kysely';
import type { CredentialProfile } from '../../model/credential-profile.ts';
import type { ProfileStore } from '../store.ts';
import { getRecord, listRecords, saveRecord, saveSealed } from './records.ts';
import type { Tables } from './tables.ts';

export function profileStore(db: Kysely<Tables>): ProfileStore {
  return {
    list: () => listRecords<CredentialProfile>(db, 'profile'),
    get: (id) => getRecord<CredentialProfile>(db, 'profile', id),
    save: (profile, sealed = {}) =>
      db.transaction().execute(async (tx) => {
        await saveRecord(tx, 'profile', profile);
        await saveSealed(tx, profile.id, sealed);
      }),
    setGrant: (id, grant, sealed = {}) =>
      db.transaction().execute(async (tx) => {
        const profile = await getRecord<CredentialProfile>(tx, 'profile', id);
        // Deleted meanwhile: its tokens must not come back.
        if (!profile) return;
        await saveRecord(tx, 'profile', { ...profile, ...grant });
        await saveSealed(tx, id, sealed);
      }),
    delete: (id) =>
      db.transaction().execute(async (tx) => {
        await tx.deleteFrom('profile').where('id', '=', id).execute();
        await tx.deleteFrom('secret').where('owner', '=', id).execute();
        await tx.deleteFrom('consent').where('profile_id', '=', id).execute();
      }),
  };
}
