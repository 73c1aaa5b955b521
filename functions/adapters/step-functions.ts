import {
  ExecutionAlreadyExists,
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { WorkflowPort } from '../application/workflow.ts';

/** Starts workflows and answers what they wait for. */
export function stepFunctions(stateMachineArn?: string, client = new SFNClient({})): WorkflowPort {
  return {
    async start(input) {
      if (stateMachineArn === undefined) throw new Error('this function starts no workflows');
      try {
        await client.send(
          new StartExecutionCommand({ stateMachineArn, name: input.orderId, input: JSON.stringify(input) }),
        );
      } catch (error) {
        // The order's workflow runs, or ran, already: a repeated event starts no second one.
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
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
