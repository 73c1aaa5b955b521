import { isDeepStrictEqual } from 'node:util';
import type { StateMachine } from 'aws-local-stepfunctions';
import { AwsError } from '../aws/endpoint.ts';
import { Interrupted } from '../interrupted.ts';
import type { Report } from '../report.ts';
import type { StateMachineDescription } from '../template/description.ts';
import type { EnteredState, ExecutionRecord, ExecutionRecords } from './records.ts';
import { nextState, type Step, stepsOf, type TaskCall } from './steps.ts';
import { callAndWait, callFunction, firstToken, type TaskOptions } from './task.ts';
import type { TaskTokens } from './task-tokens.ts';

/** A state that lasts longer is begun again from its record, since no timer counts further than 24 days. */
const MAX_RUN = 20 * 24 * 3600 * 1000;

/** Timers cannot count further; what lasts longer is looked at again before. */
const MAX_TIMER = 2 ** 31 - 1;

/** Runs the state machines of the template. */
export interface Executions {
  /**
   * Starts an execution. One that runs already with the same name and input is answered as if it were new.
   *
   * @throws AwsError as StartExecution of Step Functions (Standard)
   */
  start(stateMachineArn: string, name: string, input: string): ExecutionRecord;
  /** @throws AwsError when there is no such execution */
  stop(arn: string, error?: string, cause?: string): void;
  /** Resumes what an earlier start left running, each from the state that it had entered. */
  resume(): void;
  /** Puts everything down as it is, for a later start to carry on. */
  shutdown(): Promise<void>;
}

export interface ExecutionsOptions {
  readonly stateMachines: readonly StateMachineDescription[];
  readonly records: ExecutionRecords;
  readonly tokens: TaskTokens;
  invoke(functionArn: string, payload: unknown): Promise<unknown>;
  readonly report: Report;
}

interface Machine {
  readonly description: StateMachineDescription;
  readonly steps: ReadonlyMap<string, Step>;
}

type Outcome =
  | { readonly kind: 'next'; readonly state: string; readonly output: unknown }
  | { readonly kind: 'ended'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'interrupted' };

interface Run {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** @throws Error for a definition that is not valid or cannot be run locally */
export function openExecutions(options: ExecutionsOptions): Executions {
  const { records, tokens, report } = options;
  const machines = new Map<string, Machine>(
    options.stateMachines.map((description) => [
      description.arn,
      { description, steps: stepsOf(description.definition) },
    ]),
  );
  const running = new Map<string, Run>();
  let isShutDown = false;
  let timer: NodeJS.Timeout | undefined;
  let timerAt = Number.POSITIVE_INFINITY;

  const machineOf = (record: ExecutionRecord): Machine | null => {
    const machine = machines.get(record.stateMachineArn);
    if (machine === undefined)
      report.failure(
        `execution ${record.name} cannot be resumed`,
        `there is no ${record.stateMachineArn} any more; put the state machine back, or stop the execution`,
      );
    return machine ?? null;
  };

  const launch = (machine: Machine, record: ExecutionRecord) => {
    const abort = new AbortController();
    const forget = () => running.delete(record.arn);
    const ended = drive(machine, record, abort.signal, forget).catch((error: unknown) => {
      forget();
      report.failure(`execution ${record.name} broke off`, error);
    });
    running.set(record.arn, { abort, ended });
  };

  /** Runs the state of an execution again whose wait is over; one that is running looks for itself. */
  const wake = (arn: string) => {
    if (isShutDown || running.has(arn)) return;
    const record = records.find(arn);
    if (record?.status !== 'RUNNING') return;
    const machine = machineOf(record);
    if (machine !== null) launch(machine, record);
  };
  tokens.onSettled(wake);

  /** Sets the one timer for the wait that runs out of time first. */
  const watchEnds = (at: number | null) => {
    if (at === null || at >= timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(
      () => {
        timerAt = Number.POSITIVE_INFINITY;
        const now = Date.now();
        for (const arn of tokens.overdue(now)) wake(arn);
        watchEnds(tokens.nextEnd(now));
      },
      Math.min(MAX_TIMER, Math.max(0, at - Date.now())),
    );
  };

  const drive = async (
    machine: Machine,
    record: ExecutionRecord,
    signal: AbortSignal,
    forget: () => void,
  ) => {
    let at = records.lastEntered(record.arn);
    while (at !== null) {
      const step = machine.steps.get(at.state);
      if (step === undefined)
        throw new Error(`${machine.description.name} has no state ${at.state} any more`);
      const outcome = await runStep(machine, record, step, at, signal);
      if (signal.aborted) break;
      if (outcome.kind === 'next')
        at = records.enter(record.arn, at.number + 1, outcome.state, outcome.output);
      else if (outcome.kind === 'waiting') {
        // An answer that came since is looked at right away; a later one finds the execution not running.
        const wait = tokens.find(record.arn, at.number);
        if (wait !== null && wait.resolution !== null) continue;
        watchEnds(wait?.endsAt ?? null);
        break;
      } else if (outcome.kind !== 'interrupted') {
        finish(record, outcome);
        break;
      }
    }
    forget();
  };

  const finish = (record: ExecutionRecord, outcome: Extract<Outcome, { kind: 'ended' | 'failed' }>) => {
    if (outcome.kind === 'ended') {
      records.end(record.arn, { status: 'SUCCEEDED', output: outcome.output });
      return;
    }
    const { name, message } = outcome.error;
    records.end(record.arn, { status: 'FAILED', error: name, cause: message });
    report.failure(`execution ${record.name} failed`, `${name}: ${message}`);
  };

  const runStep = async (
    machine: Machine,
    record: ExecutionRecord,
    step: Step,
    at: EnteredState,
    stopped: AbortSignal,
  ): Promise<Outcome> => {
    const again = new AbortController();
    const restart = setTimeout(() => again.abort(), MAX_RUN);
    const signal = AbortSignal.any([stopped, again.signal]);
    const task: TaskOptions = {
      execution: record.arn,
      number: at.number,
      tokens,
      signal,
      invoke: options.invoke,
    };
    const holder = firstToken(task);
    const perform = (call: TaskCall) =>
      step.waitsForToken ? callAndWait(call, holder, task) : callFunction(call, task);
    const run = step.machine.run(at.input as never, {
      noThrowOnAbort: true,
      context: contextOf(machine, record, at, holder),
      overrides: {
        taskResourceLocalHandlers: { [step.name]: (call: unknown) => perform(call as TaskCall) as never },
        ...(step.waitSeconds === null
          ? {}
          : { waitTimeOverrides: { [step.name]: timeLeft(step.waitSeconds, at) } }),
      },
    });
    signal.addEventListener('abort', run.abort, { once: true });
    const lastEntered = lastStateEntered(run.eventLogs);
    try {
      const output: unknown = await run.result;
      if (signal.aborted) return { kind: 'interrupted' };
      const next = nextState(await lastEntered);
      return next === null ? { kind: 'ended', output } : { kind: 'next', state: next, output };
    } catch (error) {
      const { cause } = error as Error;
      return cause instanceof Interrupted ? { kind: 'waiting' } : { kind: 'failed', error: cause as Error };
    } finally {
      clearTimeout(restart);
      signal.removeEventListener('abort', run.abort);
    }
  };

  return {
    start(stateMachineArn, name, input) {
      const machine = machines.get(stateMachineArn);
      if (machine === undefined)
        throw new AwsError('StateMachineDoesNotExist', `there is no ${stateMachineArn}`);
      if (!/^[\w.-]{1,80}$/.test(name))
        throw new AwsError('InvalidName', `not a name for an execution: ${name}`);
      const value = parsed(input, 'InvalidExecutionInput');
      const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
      const earlier = records.find(arn);
      if (earlier !== null) {
        if (earlier.status === 'RUNNING' && isDeepStrictEqual(JSON.parse(earlier.input), value))
          return earlier;
        throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
      }
      const record = records.begin(
        { arn, stateMachineArn, name, input },
        machine.description.definition.StartAt,
      );
      if (!isShutDown) launch(machine, record);
      return record;
    },
    stop(arn, error, cause) {
      if (records.find(arn) === null)
        throw new AwsError('ExecutionDoesNotExist', `there is no execution ${arn}`);
      if (!records.end(arn, { status: 'ABORTED', error, cause })) return;
      tokens.endAll(arn);
      running.get(arn)?.abort.abort();
    },
    resume() {
      for (const record of records.unfinished()) {
        const machine = machineOf(record);
        if (machine !== null) launch(machine, record);
      }
      watchEnds(tokens.nextEnd(0));
    },
    async shutdown() {
      isShutDown = true;
      clearTimeout(timer);
      const all = [...running.values()];
      for (const { abort } of all) abort.abort();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

/** @throws AwsError of the given name when the text is not JSON */
export function parsed(text: string, error: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new AwsError(error, 'the text is not JSON');
  }
}

function contextOf(machine: Machine, record: ExecutionRecord, at: EnteredState, task: object) {
  const { arn, name } = machine.description;
  return {
    Execution: { Id: record.arn, Name: record.name },
    StateMachine: { Id: arn, Name: name },
    State: { Name: at.state, EnteredTime: new Date(at.at).toISOString() },
    Task: task,
  };
}

function timeLeft(seconds: number, at: EnteredState): number {
  return Math.min(MAX_RUN * 1.1, Math.max(0, seconds * 1000 - (Date.now() - at.at)));
}

async function lastStateEntered(events: ReturnType<StateMachine['run']>['eventLogs']): Promise<string> {
  let last = '';
  for await (const event of events) {
    if (event.type === 'StateEntered') last = event.state.name;
  }
  return last;
}
