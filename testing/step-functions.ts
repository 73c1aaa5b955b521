import { AwsError } from './aws.ts';

/** How a waiting task was answered. */
export type Answer =
  | { readonly kind: 'success'; readonly output: unknown }
  | { readonly kind: 'failure'; readonly error: string };

/** The part of Step Functions that the loop speaks to, and what it was told. */
export function stepFunctionsFake() {
  const executions = new Map<string, unknown>();
  /** How executions ended that do not run any more. */
  const ended = new Map<string, 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED'>();
  const waiting = new Set<string>();
  const answers = new Map<string, Answer>();
  /** When true every request fails as a service does that is down. */
  let down = false;
  const answer = (token: unknown, given: Answer) => {
    if (down) throw new AwsError('ServiceUnavailable', 'down', 400);
    if (!waiting.delete(String(token))) throw new AwsError('TaskTimedOut', 'the task is over');
    answers.set(String(token), given);
  };
  return {
    executions,
    ended,
    answers,
    setDown(value: boolean) {
      down = value;
    },
    /** Lets a task wait, as an execution does that has reached the state. */
    wait(token: string): string {
      waiting.add(token);
      return token;
    },
    /** Ends a wait from the other side: the execution was stopped, or time ran out. */
    end(token: string) {
      waiting.delete(token);
    },
    actions: {
      'AWSStepFunctions.StartExecution': ({ name, input }: Readonly<Record<string, unknown>>) => {
        if (down) throw new AwsError('ServiceUnavailable', 'down', 400);
        if (executions.has(String(name))) throw new AwsError('ExecutionAlreadyExists', 'it exists');
        executions.set(String(name), JSON.parse(String(input)));
        return { executionArn: `arn:aws:states:us-east-1:000000000000:execution:loop:${name}`, startDate: 0 };
      },
      'AWSStepFunctions.DescribeExecution': ({ executionArn }: Readonly<Record<string, unknown>>) => {
        const name = String(executionArn).split(':').at(-1) ?? '';
        if (!executions.has(name)) throw new AwsError('ExecutionDoesNotExist', 'it does not');
        return { executionArn, name, status: ended.get(name) ?? 'RUNNING' };
      },
      'AWSStepFunctions.ListExecutions': () => ({
        executions: [...executions.keys()].filter((name) => !ended.has(name)).map((name) => ({ name })),
      }),
      'AWSStepFunctions.SendTaskSuccess': ({ taskToken, output }: Readonly<Record<string, unknown>>) =>
        answer(taskToken, { kind: 'success', output: JSON.parse(String(output)) }),
      'AWSStepFunctions.SendTaskFailure': ({ taskToken, error }: Readonly<Record<string, unknown>>) =>
        answer(taskToken, { kind: 'failure', error: String(error) }),
    },
  };
}
