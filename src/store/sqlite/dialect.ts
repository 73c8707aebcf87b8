import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Dialect, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';
import type { SqliteHealth } from './health.ts';
import { explainSqlite } from './problems.ts';

const preparedStatements = 200;
const busyMs = 5_000;

/**
 * Kysely's own SQLite dialect on `node:sqlite`: WAL, so that readers of a backup do not stop the writer;
 * `synchronous=FULL`, so that what was committed survives a power cut (sqlite.org/pragma.html#pragma_synchronous).
 */
export function nodeSqliteDialect(file: string, health: Pick<SqliteHealth, 'failed' | 'wrote'>): Dialect {
  return new SqliteDialect({ database: async () => openDatabase(file, health) });
}

function openDatabase(file: string, health: Pick<SqliteHealth, 'failed' | 'wrote'>): SqliteDatabase {
  const explained = explainedTo(health);
  // Who looks at a copy or a backup may hold it for a moment, also while it recovers from a crash.
  const database = explained(() => new DatabaseSync(file, { timeout: busyMs }));
  explained(() =>
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY;',
    ),
  );
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      // After some errors (a full disk) SQLite has rolled back by itself, and would refuse to do it again.
      if (sql === 'rollback' && !database.isTransaction) return nothing;
      const ready = statements.get(sql);
      if (ready) return ready;
      const statement = adapt(
        explained(() => database.prepare(sql)),
        explained,
        () => {
          // What a transaction writes is written once it is committed.
          if (!database.isTransaction) health.wrote();
        },
      );
      const oldest = statements.keys().next().value;
      if (statements.size >= preparedStatements && oldest !== undefined) statements.delete(oldest);
      statements.set(sql, statement);
      return statement;
    },
  };
}

const nothing: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [][Symbol.iterator](),
};

type Explained = <T>(work: () => T) => T;

function adapt(statement: StatementSync, explained: Explained, ran: () => void): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => explained(() => statement.all(...(parameters as SQLInputValue[]))),
    run(parameters) {
      const result = explained(() => statement.run(...(parameters as SQLInputValue[])));
      ran();
      return result;
    },
    iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
  };
}

function explainedTo(health: Pick<SqliteHealth, 'failed'>): Explained {
  return (work) => {
    try {
      return work();
    } catch (error) {
      const problem = explainSqlite(error);
      health.failed(problem);
      throw problem;
    }
  };
}
