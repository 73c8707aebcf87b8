import type { ColumnDefinitionBuilder } from 'kysely';

/** The few words in which the engines' schemas differ. */
export interface EngineTypes {
  bytes: 'blob' | 'bytea';
  /** An integer that counts up by itself, in order of insertion. */
  sequence: 'integer' | 'bigserial';
  asSequence(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
}
