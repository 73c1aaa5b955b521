import { randomBytes } from 'node:crypto';
import type { Journal } from '../sqlite-store.ts';

/** How a task that waits for its token came to its end. */
export type Resolution =
  | { readonly status: 'succeeded'; readonly output: unknown }
  | { readonly status: 'failed'; readonly error: string; readonly cause: string }
  | { readonly status: 'ended' };

/** A wait that is written down. */
export interface TaskToken {
  readonly token: string;
  /** Whether the function that passes the token on was called with success. */
  readonly called: boolean;
  /** Epoch milliseconds, or null for a wait without end. */
  readonly endsAt: number | null;
  /** Null while the wait continues. */
  readonly resolution: Resolution | null;
}

/** What became of an answer to a token. */
export type Answered = 'taken' | 'unknown' | 'too-late';

/** The tokens of waiting tasks. They are in the journal, so an answer counts even when the wait is not back yet. */
export interface TaskTokens {
  /** The wait of a state that was entered, as a restart finds it; null when there is none yet. */
  find(execution: string, number: number): TaskToken | null;
  create(token: string, execution: string, number: number, endsAt: number | null): void;
  markCalled(token: string): void;
  /** Answers a token, once. */
  settle(token: string, resolution: Resolution): Answered;
  /** Ends a wait that ran out of time or whose function failed; answers come too late from now on. */
  end(token: string): void;
  /** Ends every wait of an execution. */
  endAll(execution: string): void;
  isWaiting(token: string): boolean;
  /** Calls the listener with the execution whose token was answered. */
  onSettled(listener: (execution: string) => void): void;
  /** Epoch milliseconds after the given ones at which a wait runs out of time next, or null when none does. */
  nextEnd(after: number): number | null;
  /** Executions with a wait that ran out of time by then (epoch milliseconds) and is not ended yet. */
  overdue(at: number): readonly string[];
}

/** @returns a token that nobody can guess. */
export function newToken(): string {
  return randomBytes(48).toString('base64url');
}

/** Opens the tokens on the journal. */
export function openTaskTokens(journal: Journal): TaskTokens {
  const listeners: ((execution: string) => void)[] = [];
  const read = (token: string) => journal.statement('SELECT * FROM task_token WHERE token = ?').get(token);

  return {
    find(execution, number) {
      const row = journal
        .statement('SELECT * FROM task_token WHERE execution = ? AND number = ? ORDER BY rowid DESC LIMIT 1')
        .get(execution, number);
      if (row === undefined) return null;
      return {
        token: String(row.token),
        called: row.called === 1,
        endsAt: row.ends_at === null ? null : Number(row.ends_at),
        resolution: resolutionOf(row),
      };
    },
    create(token, execution, number, endsAt) {
      journal
        .statement(
          "INSERT INTO task_token (token, execution, number, status, ends_at) VALUES (?, ?, ?, 'waiting', ?)",
        )
        .run(token, execution, number, endsAt);
    },
    markCalled(token) {
      journal.statement('UPDATE task_token SET called = 1 WHERE token = ?').run(token);
    },
    settle(token, resolution) {
      const output = resolution.status === 'succeeded' ? JSON.stringify(resolution.output) : null;
      const { error, cause } = resolution.status === 'failed' ? resolution : { error: null, cause: null };
      const { changes } = journal
        .statement(
          "UPDATE task_token SET status = ?, output = ?, error = ?, cause = ? WHERE token = ? AND status = 'waiting' AND (ends_at IS NULL OR ends_at > ?)",
        )
        .run(resolution.status, output, error, cause, token, Date.now());
      const row = read(token);
      if (row === undefined) return 'unknown';
      if (changes === 0) return 'too-late';
      for (const listener of listeners) listener(String(row.execution));
      return 'taken';
    },
    end(token) {
      journal
        .statement("UPDATE task_token SET status = 'ended' WHERE token = ? AND status = 'waiting'")
        .run(token);
    },
    endAll(execution) {
      journal
        .statement("UPDATE task_token SET status = 'ended' WHERE execution = ? AND status = 'waiting'")
        .run(execution);
    },
    isWaiting: (token) => read(token)?.status === 'waiting',
    onSettled(listener) {
      listeners.push(listener);
    },
    nextEnd(after) {
      const row = journal
        .statement(
          "SELECT MIN(ends_at) AS at FROM task_token WHERE status = 'waiting' AND called = 1 AND ends_at > ?",
        )
        .get(after);
      return row?.at === null || row?.at === undefined ? null : Number(row.at);
    },
    overdue: (at) =>
      journal
        .statement(
          "SELECT execution FROM task_token WHERE status = 'waiting' AND called = 1 AND ends_at <= ? ORDER BY ends_at",
        )
        .all(at)
        .map(({ execution }) => String(execution)),
  };
}

function resolutionOf(row: Readonly<Record<string, unknown>>): Resolution | null {
  switch (row.status) {
    case 'waiting':
      return null;
    case 'succeeded':
      return { status: 'succeeded', output: JSON.parse(String(row.output)) as unknown };
    case 'failed':
      return { status: 'failed', error: String(row.error), cause: String(row.cause) };
    default:
      return { status: 'ended' };
  }
}
