import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Keeper } from './aws/secrets.ts';

/**
 * The file in which the local stack keeps what AWS would keep: how far streams were read, messages in queues, what the
 * bus carried, running executions. What was committed is there after the process was killed.
 */
export interface Journal extends Keeper {
  /** Prepares a statement once and gives the same one again after that. */
  statement(sql: string): StatementSync;
  /** Runs the work as one transaction: all of it is kept, or nothing. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS checkpoint (
  mapping TEXT NOT NULL, shard TEXT NOT NULL, sequence_number TEXT NOT NULL,
  PRIMARY KEY (mapping, shard)
) STRICT;
CREATE TABLE IF NOT EXISTS bus_event (
  position INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT, event TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS bus_event_by_id ON bus_event(event_id);
CREATE TABLE IF NOT EXISTS message (
  message_id TEXT PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, sent_at INTEGER NOT NULL,
  first_received_at INTEGER, receives INTEGER NOT NULL DEFAULT 0, visible_at INTEGER NOT NULL, receipt TEXT,
  origin TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS message_by_queue ON message(queue, visible_at);
CREATE TABLE IF NOT EXISTS execution (
  arn TEXT PRIMARY KEY, state_machine TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL, input TEXT NOT NULL,
  started_at INTEGER NOT NULL, stopped_at INTEGER, output TEXT, error TEXT, cause TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS execution_by_status ON execution(status);
CREATE TABLE IF NOT EXISTS state_entered (
  execution TEXT NOT NULL, number INTEGER NOT NULL, state TEXT NOT NULL, input TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (execution, number)
) STRICT;
CREATE TABLE IF NOT EXISTS task_token (
  token TEXT PRIMARY KEY, execution TEXT NOT NULL, number INTEGER NOT NULL, status TEXT NOT NULL, called INTEGER NOT NULL DEFAULT 0,
  ends_at INTEGER, output TEXT, error TEXT, cause TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS task_token_by_state ON task_token(execution, number);
CREATE INDEX IF NOT EXISTS task_token_by_end ON task_token(ends_at) WHERE status = 'waiting';
`;

/** Opens the journal, and makes it when it is not there. */
export function openSqliteStore(path: string): Journal {
  const database = new DatabaseSync(path, { timeout: 5000 });
  // A commit is handed to the operating system, which outlives a killed process; only a power failure could lose it.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec(SCHEMA);
  const statements = new Map<string, StatementSync>();
  const statement = (sql: string) => {
    const prepared = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, prepared);
    return prepared;
  };
  let depth = 0;
  return {
    statement,
    transaction(work) {
      if (depth > 0) return work();
      database.exec('BEGIN IMMEDIATE');
      depth += 1;
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      } finally {
        depth -= 1;
      }
    },
    read(name) {
      const row = statement('SELECT value FROM kept WHERE name = ?').get(name);
      return row === undefined ? null : String(row.value);
    },
    write(name, value) {
      statement(
        'INSERT INTO kept (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      ).run(name, value);
    },
    list(beginning) {
      const rows = statement('SELECT value FROM kept WHERE name >= ? AND name < ? ORDER BY name').all(
        beginning,
        `${beginning}\u{10ffff}`,
      );
      return rows.map(({ value }) => String(value));
    },
    close() {
      if (database.isOpen) database.close();
    },
  };
}
