/** Sealed values written in the same transaction as the record that owns them; null deletes one. */
export type SealedValues = Record<string, Uint8Array | null>;

/** A record of a resource: few rows, read whole, known by id and, within its type, by a unique name. */
export interface StoredRecord {
  id: string;
  name: string;
  /** Counts changes. */
  version: number;
  /** JSON. */
  record: string;
}

export interface RecordReader {
  /** By name. */
  list(type: string): Promise<StoredRecord[]>;
  get(type: string, id: string): Promise<StoredRecord | null>;
}

/** Records of all resources. */
export interface RecordStore extends RecordReader {
  /**
   * Runs `work` in one transaction while no other change of any record runs: what it reads is true until it has
   * written. Everything in it goes through `transaction`.
   */
  change<T>(work: (transaction: RecordTransaction) => Promise<T>): Promise<T>;
}

export interface RecordTransaction extends RecordReader {
  insert(type: string, record: StoredRecord): Promise<void>;
  /** Replaces a record that is there. What it was before is kept for a while where the version is another. */
  replace(type: string, record: StoredRecord): Promise<void>;
  /** Removes it with its secrets and with what belongs to it; `keepMessages` leaves the messages that came by it. */
  remove(type: string, id: string, options: { keepMessages: boolean }): Promise<void>;
  /** The record as it was in a former version; null where that is not kept any more. */
  former(id: string, version: number): Promise<string | null>;
  secret(owner: string, name: string): Promise<Uint8Array | null>;
  /** Writes sealed values; null deletes one. */
  seal(owner: string, values: SealedValues): Promise<void>;
}
