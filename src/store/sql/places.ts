import type { Transaction } from 'kysely';
import type { Receipt } from '../store.ts';
import { announcedColumns, type Recognised } from './recognise.ts';
import type { Tables } from './tables.ts';

/**
 * What is here now is not waited for any more; nothing is owed to what lay in a place before; and of what was known
 * is kept what the server says of it now.
 */
export async function settlePlaces(
  tx: Transaction<Tables>,
  serverId: string,
  receipts: Receipt[],
  recognised: Recognised[],
): Promise<void> {
  for (const [i, receipt] of receipts.entries()) {
    const { generation, outcome, isWaitedFor, isChanged } = recognised[i] as Recognised;
    const { folder, validity, uid } = receipt.position;
    const place = { server_id: serverId, folder, validity, uid };
    if (isWaitedFor && (receipt.quarantine === null || outcome !== 'new'))
      await tx
        .deleteFrom('quarantine')
        .where((e) => e.and(place))
        // A stored one that we cannot read ourselves stays there
        .$if(receipt.quarantine !== null, (query) => query.where('message', 'is', null))
        .execute();
    if (outcome !== 'known' && generation > 0)
      await tx
        .updateTable('position')
        .set({ acknowledgement: 'none' })
        .where((e) => e.and(place))
        .where('generation', '<', generation)
        .where('acknowledgement', '=', 'due')
        .execute();
    if (outcome === 'known' && isChanged)
      await tx
        .updateTable('position')
        .set(announcedColumns(receipt))
        .where((e) => e.and({ ...place, generation }))
        .execute();
  }
}
