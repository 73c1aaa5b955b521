import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidToken,
  paginateListExecutions,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { Executions } from '../fulfillment/reconcile.ts';
import type { WorkflowPort } from '../fulfillment/workflow.ts';

/** Starts workflows and answers what they wait for. */
export function stepFunctions(stateMachineArn?: string, client = new SFNClient({})): WorkflowPort {
  return {
    async start(input) {
      if (stateMachineArn === undefined) throw new Error('this function starts no workflows');
      await startOnce(client, stateMachineArn, input.orderId, input);
    },
    async succeed(taskToken, output) {
      await answer(() =>
        client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })),
      );
    },
    async fail(taskToken, error, cause) {
      await answer(() => client.send(new SendTaskFailureCommand({ taskToken, error, cause })));
    },
  };
}

/** As many as ListExecutions gives at once. */
const PAGE = 1000;

/** So many executions are listed in a few seconds; those beyond are described one by one. */
const MAX_LISTED = 50_000;

/** Looks at the executions of a state machine, and starts some under names of their own. */
export function executions(stateMachineArn: string, client = new SFNClient({})): Executions {
  return {
    async state(name) {
      const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
      try {
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
        if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return 'RUNNING';
        return status === 'SUCCEEDED' ? 'ENDED' : 'FAILED';
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return 'MISSING';
        throw error;
      }
    },
    async running() {
      const names = new Set<string>();
      const wanted = { stateMachineArn, statusFilter: 'RUNNING', maxResults: PAGE } as const;
      for await (const { executions = [] } of paginateListExecutions({ client }, wanted)) {
        for (const { name = '' } of executions) names.add(name);
        if (names.size >= MAX_LISTED) break;
      }
      return names;
    },
    start: (name, input) => startOnce(client, stateMachineArn, name, input),
  };
}

async function startOnce(client: SFNClient, stateMachineArn: string, name: string, input: unknown) {
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
  } catch (error) {
    // The order's workflow runs, or ran, already: a repeated event starts no second one.
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
}

/** A wait that has ended, been answered or timed out needs no answer any more. */
async function answer(send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    const ended =
      error instanceof InvalidToken || error instanceof TaskDoesNotExist || error instanceof TaskTimedOut;
    if (!ended) throw error;
  }
}
