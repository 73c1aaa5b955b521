import { randomUUID } from 'node:crypto';
import { type Executions, parsed } from '../workflow/executions.ts';
import type { ExecutionRecord, ExecutionRecords } from '../workflow/records.ts';
import type { Resolution, TaskTokens } from '../workflow/task-tokens.ts';
import { type Actions, AwsError } from './endpoint.ts';

/** The part of Step Functions that starts, stops, lists and shows executions and answers their waiting tasks. */
export function stepFunctionsActions(
  executions: Executions,
  records: ExecutionRecords,
  tokens: TaskTokens,
): Actions {
  const answer = (token: unknown, resolution: Resolution) => {
    const answered = tokens.settle(String(token), resolution);
    if (answered === 'unknown') throw invalidToken();
    if (answered === 'too-late') throw taskTimedOut();
  };
  return {
    'AWSStepFunctions.StartExecution': ({ stateMachineArn, name = randomUUID(), input = '{}' }) => {
      const { arn, startedAt } = executions.start(String(stateMachineArn), String(name), String(input));
      return { executionArn: arn, startDate: startedAt / 1000 };
    },
    'AWSStepFunctions.StopExecution': ({ executionArn, error, cause }) => {
      executions.stop(String(executionArn), text(error), text(cause));
      return { stopDate: Date.now() / 1000 };
    },
    'AWSStepFunctions.DescribeExecution': ({ executionArn }) => {
      const record = records.find(String(executionArn));
      if (record === null)
        throw new AwsError('ExecutionDoesNotExist', `there is no execution ${executionArn}`);
      return described(record);
    },
    'AWSStepFunctions.ListExecutions': ({ statusFilter, maxResults, nextToken }) => {
      if (statusFilter !== 'RUNNING')
        throw new AwsError('ValidationException', 'only running executions are listed on this machine');
      const { names, next } = records.running(Number(maxResults ?? 100), text(nextToken) ?? null);
      return { executions: names.map((name) => ({ name })), ...(next !== null && { nextToken: next }) };
    },
    'AWSStepFunctions.SendTaskSuccess': ({ taskToken, output }) => {
      answer(taskToken, { status: 'succeeded', output: parsed(String(output), 'InvalidOutput') });
    },
    'AWSStepFunctions.SendTaskFailure': ({ taskToken, error, cause }) => {
      answer(taskToken, {
        status: 'failed',
        error: text(error) ?? 'States.TaskFailed',
        cause: text(cause) ?? '',
      });
    },
    'AWSStepFunctions.SendTaskHeartbeat': ({ taskToken }) => {
      if (!tokens.isWaiting(String(taskToken))) throw taskTimedOut();
    },
  };
}

function invalidToken(): AwsError {
  return new AwsError('InvalidToken', 'Invalid token');
}

function taskTimedOut(): AwsError {
  return new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

function described(record: ExecutionRecord): unknown {
  const { arn, stateMachineArn, name, status, input, startedAt, stoppedAt, output, error, cause } = record;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    input,
    startDate: startedAt / 1000,
    ...(stoppedAt === null ? {} : { stopDate: stoppedAt / 1000 }),
    ...(output === null ? {} : { output }),
    ...(error === null ? {} : { error }),
    ...(cause === null ? {} : { cause }),
  };
}
