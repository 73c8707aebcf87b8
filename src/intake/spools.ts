import type { SourceWriter, Store } from '../store/store.ts';

/** The spools of large messages on their way into the store; those that no message came to name are dropped in the end. */
export interface Spools {
  begin(): Promise<SourceWriter>;
  /** A message that names it is stored. */
  forget(sourceId: string): void;
  /** Drops the others; what cannot be dropped now is swept at the next start. */
  drop(): Promise<void>;
}

export function createSpools(store: Store): Spools {
  const begun = new Map<string, SourceWriter>();
  return {
    async begin() {
      const spool = await store.messages.spool();
      begun.set(spool.sourceId, spool);
      return spool;
    },
    forget: (sourceId) => void begun.delete(sourceId),
    async drop() {
      for (const spool of begun.values()) await spool.discard().catch(() => undefined);
      begun.clear();
    },
  };
}
