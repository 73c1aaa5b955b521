import { StateMachine } from 'aws-local-stepfunctions';
import type { StateMachineDefinition } from '../template/description.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const INVOKE_AND_WAIT = `${INVOKE}.waitForTaskToken`;

/** What a task hands to the function it calls, once the library has filled in its parameters. */
export interface TaskCall {
  readonly FunctionName: string;
  readonly Payload: unknown;
  /** Seconds after which the task has failed, where the state sets an end. */
  readonly [TIMEOUT_PARAMETER]?: number;
}

/** Carries a state's timeout to the task: the library counts it otherwise than Step Functions (see `oneState`). */
export const TIMEOUT_PARAMETER = 'OrderLoop.TimeoutSeconds';

/** One state, ready to be run by itself. */
export interface Step {
  readonly name: string;
  readonly type: string;
  readonly waitsForToken: boolean;
  /** Seconds of a Wait state with a fixed length. */
  readonly waitSeconds: number | null;
  readonly machine: StateMachine;
}

/** What names the state after this one in a machine that holds one state. */
const NEXT_PREFIX = 'next: ';

/** The library's own timer; the executions see to it that no state runs for so long (24 days). */
const LIBRARY_TIMEOUT_SECONDS = 2_100_000;

/**
 * Checks a definition against the schema of the states language, which takes a third of a second: so it is done where
 * the definition is made, and not at each start.
 *
 * @throws Error that says what is not valid
 */
export function validateDefinition(definition: StateMachineDefinition): void {
  new StateMachine(definition as never, { validationOptions: { checkArn: false } });
}

/**
 * Prepares a state machine to be run one state at a time, so that each state can be written down before it begins.
 *
 * @param definition a valid one (see `validateDefinition`)
 * @throws Error for what the local stack does not run
 */
export function stepsOf(definition: StateMachineDefinition): ReadonlyMap<string, Step> {
  const text = JSON.stringify(definition);
  for (const path of ['$$.Execution.Input', '$$.Execution.StartTime', '$$.Map']) {
    if (text.includes(path))
      throw new Error(`the definition reads ${path}, which the local stack does not know`);
  }
  return new Map(Object.entries(definition.States).map(([name, state]) => [name, step(name, state)]));
}

/** @returns the state that comes after, from what a run of a step entered last; null when the execution is over. */
export function nextState(lastEntered: string): string | null {
  return lastEntered.startsWith(NEXT_PREFIX) ? lastEntered.slice(NEXT_PREFIX.length) : null;
}

type State = Readonly<Record<string, unknown>>;

function step(name: string, state: State): Step {
  const type = String(state.Type);
  if (type === 'Map' || type === 'Parallel') {
    throw new Error(`state ${name} is of type ${type}, which the local stack does not run`);
  }
  if (type === 'Task' && state.Resource !== INVOKE && state.Resource !== INVOKE_AND_WAIT) {
    throw new Error(`state ${name} uses ${state.Resource}, and the local stack calls functions alone`);
  }
  if ('HeartbeatSeconds' in state || 'HeartbeatSecondsPath' in state) {
    throw new Error(`state ${name} asks for heartbeats, which the local stack does not count`);
  }
  return {
    name,
    type,
    waitsForToken: state.Resource === INVOKE_AND_WAIT,
    waitSeconds: type === 'Wait' && typeof state.Seconds === 'number' ? state.Seconds : null,
    machine: new StateMachine(oneState(name, state) as never, { validationOptions: { noValidate: true } }),
  };
}

/**
 * A machine of this state alone, in which each following state is one that ends the run.
 *
 * Its timeout goes to the task as a parameter. The library would count 60 seconds where none is set, look for the
 * path of one in the wrong place (behind the parameters), and end a wait of more than 24 days at once, since it hands
 * it to a timer that cannot count so far.
 */
function oneState(name: string, state: State): unknown {
  const following = new Set<string>();
  const leadToEnd = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((each) => leadToEnd(each));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([inner, each]) => [inner, leadToEnd(each, inner)]),
      );
    }
    if (key !== 'Next' && key !== 'Default') return value;
    following.add(String(value));
    return `${NEXT_PREFIX}${value}`;
  };
  const { Parameters, TimeoutSeconds, TimeoutSecondsPath, ...rest } = state;
  const timeout =
    TimeoutSecondsPath !== undefined
      ? { [`${TIMEOUT_PARAMETER}.$`]: TimeoutSecondsPath }
      : TimeoutSeconds !== undefined
        ? { [TIMEOUT_PARAMETER]: TimeoutSeconds }
        : {};
  const only = {
    ...(leadToEnd(rest) as State),
    ...(Parameters === undefined ? {} : { Parameters: { ...(Parameters as State), ...timeout } }),
    ...(state.Type === 'Task' ? { TimeoutSeconds: LIBRARY_TIMEOUT_SECONDS } : {}),
  };
  const ends = [...following].map((each) => [`${NEXT_PREFIX}${each}`, { Type: 'Succeed' }]);
  return { StartAt: name, States: { [name]: only, ...Object.fromEntries(ends) } };
}
