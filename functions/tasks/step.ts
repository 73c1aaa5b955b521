import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { waitForTask } from '../fulfillment/wait-for-task.ts';
import type { WaitFor, WorkflowCause, WorkflowDependencies } from '../fulfillment/workflow.ts';
import { observed } from '../middleware/observed.ts';
import { createLogger } from '../wiring.ts';

/** The input of the state, besides the named parameters; older executions lack it. */
const Cause = z.object({ correlationId: z.string().optional(), causationId: z.string().optional() });
const StepInput = z.object({ orderId: z.string(), input: Cause.optional() });
const WaitInput = StepInput.extend({ taskToken: z.string(), windowTimeoutSeconds: z.int() });

/** Ends an execution whose order is no more; the state machine catches it by this name. */
export class OrderCancelled extends Error {
  constructor(orderId: string) {
    super(`${orderId} is cancelled or voided`);
    this.name = 'OrderCancelled';
  }
}

/** Has an execution wait until its order may be queued; the state machine catches it by this name. */
export class NotReady extends Error {
  constructor(orderId: string) {
    super(`${orderId} is held, or not reserved as it must be`);
    this.name = 'NotReady';
  }
}

/** @returns the order that the state machine hands a step, and what led the workflow there. */
export function stepInput(given: unknown): { readonly orderId: string; readonly cause: WorkflowCause } {
  const { orderId, input } = StepInput.parse(given);
  return { orderId, cause: input ?? {} };
}

/** Makes the handler of a step. */
export function step<Answer>(
  handle: (given: unknown) => Promise<Answer>,
): (given: unknown, context: Context) => Promise<Answer> {
  const logger = createLogger();
  return observed(
    logger,
    async (given: unknown) => {
      const answer = await handle(given);
      logger.info('done');
      return answer;
    },
    (given) => {
      const { orderId, cause } = stepInput(given);
      return { orderId, ...cause };
    },
  );
}

/** Makes the handler of a step that waits. */
export function waitingStep(
  tools: WorkflowDependencies,
  wait: WaitFor,
  prepare?: (orderId: string, cause: WorkflowCause) => Promise<void>,
): (given: unknown, context: Context) => Promise<void> {
  return step((given) => {
    const { input: cause = {}, ...waiting } = WaitInput.parse(given);
    return waitForTask(tools, wait, { ...waiting, ...cause }, (orderId) =>
      prepare === undefined ? Promise.resolve() : prepare(orderId, cause),
    );
  });
}
