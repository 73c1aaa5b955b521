import type { Journal } from '../sqlite-store.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

/** An execution as it is written down. */
export interface ExecutionRecord {
  readonly arn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  /** JSON. */
  readonly input: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly stoppedAt: number | null;
  /** JSON, once it succeeded. */
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
}

/** A state that an execution entered; each is a billed transition. */
export interface EnteredState {
  /** Counts the states of an execution from 1. */
  readonly number: number;
  readonly state: string;
  readonly input: unknown;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Ending {
  readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
  readonly output?: unknown;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** The written record of all executions. */
export interface ExecutionRecords {
  find(arn: string): ExecutionRecord | null;
  /** Executions that have something to do: those that wait for a token, and for nothing else, are left out. */
  unfinished(): readonly ExecutionRecord[];
  /** Names of executions that run, the newest first, after a position; null behind the last one. */
  running(
    most: number,
    after: string | null,
  ): { readonly names: readonly string[]; readonly next: string | null };
  /** The newest first, those of one name when it is given. */
  newest(most: number, name: string | null): readonly ExecutionRecord[];
  /** Writes a new execution down together with its first state. */
  begin(
    record: Pick<ExecutionRecord, 'arn' | 'stateMachineArn' | 'name' | 'input'>,
    firstState: string,
  ): ExecutionRecord;
  enter(arn: string, number: number, state: string, input: unknown): EnteredState;
  lastEntered(arn: string): EnteredState | null;
  statesEntered(arn: string): readonly EnteredState[];
  /** @returns false when the execution had ended already. */
  end(arn: string, ending: Ending): boolean;
}

/** A name may be used again after so long, and what ended before is forgotten. */
const KEPT_FOR = 90 * 24 * 3600 * 1000;

/** Opens the records on the journal, and drops what is old. */
export function openExecutionRecords(journal: Journal): ExecutionRecords {
  forgetOld(journal);
  const enter = (arn: string, number: number, state: string, input: unknown): EnteredState => {
    const at = Date.now();
    journal
      .statement('INSERT INTO state_entered (execution, number, state, input, at) VALUES (?, ?, ?, ?, ?)')
      .run(arn, number, state, JSON.stringify(input), at);
    return { number, state, input, at };
  };
  const find = (arn: string) => {
    const row = journal.statement('SELECT * FROM execution WHERE arn = ?').get(arn);
    return row === undefined ? null : record(row);
  };
  return {
    find,
    unfinished: () =>
      journal
        .statement(
          "SELECT * FROM execution WHERE status = 'RUNNING' AND NOT EXISTS (SELECT 1 FROM task_token WHERE execution = arn AND task_token.status = 'waiting' AND called = 1)",
        )
        .all()
        .map(record),
    running(most, after) {
      const rows = journal
        .statement(
          "SELECT rowid, name FROM execution WHERE status = 'RUNNING' AND (?1 IS NULL OR rowid < ?1) ORDER BY rowid DESC LIMIT ?2",
        )
        .all(after === null ? null : Number(after), most);
      const last = rows.length === most ? rows.at(-1) : undefined;
      return {
        names: rows.map(({ name }) => String(name)),
        next: last === undefined ? null : String(last.rowid),
      };
    },
    newest: (most, name) =>
      journal
        .statement(
          'SELECT * FROM execution WHERE ?1 IS NULL OR name = ?1 ORDER BY started_at DESC, rowid DESC LIMIT ?2',
        )
        .all(name, most)
        .map(record),
    begin({ arn, stateMachineArn, name, input }, firstState) {
      journal.transaction(() => {
        journal
          .statement(
            "INSERT INTO execution (arn, state_machine, name, status, input, started_at) VALUES (?, ?, ?, 'RUNNING', ?, ?)",
          )
          .run(arn, stateMachineArn, name, input, Date.now());
        enter(arn, 1, firstState, JSON.parse(input));
      });
      return find(arn) as ExecutionRecord;
    },
    enter,
    lastEntered(arn) {
      const row = journal
        .statement('SELECT * FROM state_entered WHERE execution = ? ORDER BY number DESC LIMIT 1')
        .get(arn);
      return row === undefined ? null : entered(row);
    },
    statesEntered: (arn) =>
      journal
        .statement('SELECT * FROM state_entered WHERE execution = ? ORDER BY number')
        .all(arn)
        .map(entered),
    end(arn, { status, output, error = null, cause = null }) {
      const { changes } = journal
        .statement(
          "UPDATE execution SET status = ?, stopped_at = ?, output = ?, error = ?, cause = ? WHERE arn = ? AND status = 'RUNNING'",
        )
        .run(status, Date.now(), output === undefined ? null : JSON.stringify(output), error, cause, arn);
      return changes > 0;
    },
  };
}

function forgetOld(journal: Journal): void {
  const before = Date.now() - KEPT_FOR;
  journal.transaction(() => {
    for (const [table, column] of [
      ['state_entered', 'execution'],
      ['task_token', 'execution'],
      ['execution', 'arn'],
    ]) {
      journal
        .statement(`DELETE FROM ${table} WHERE ${column} IN (SELECT arn FROM execution WHERE stopped_at < ?)`)
        .run(before);
    }
  });
}

type Row = Readonly<Record<string, unknown>>;

function record(row: Row): ExecutionRecord {
  const text = (value: unknown) => (value === null ? null : String(value));
  return {
    arn: String(row.arn),
    stateMachineArn: String(row.state_machine),
    name: String(row.name),
    status: row.status as ExecutionStatus,
    input: String(row.input),
    startedAt: Number(row.started_at),
    stoppedAt: row.stopped_at === null ? null : Number(row.stopped_at),
    output: text(row.output),
    error: text(row.error),
    cause: text(row.cause),
  };
}

function entered(row: Row): EnteredState {
  return {
    number: Number(row.number),
    state: String(row.state),
    input: JSON.parse(String(row.input)) as unknown,
    at: Number(row.at),
  };
}
