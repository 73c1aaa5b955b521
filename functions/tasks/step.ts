import * as z from 'zod';
import { awaitOrder } from '../application/await-order.ts';
import type { WaitFor, WorkflowTools } from '../application/workflow.ts';

const StepInput = z.object({ orderId: z.string() });
const WaitInput = StepInput.extend({ taskToken: z.string(), windowTimeoutSeconds: z.int() });

/** Ends an execution whose order is no more; the state machine catches it by this name. */
export class OrderCancelled extends Error {
  constructor(orderId: string) {
    super(`${orderId} is cancelled or voided`);
    this.name = 'OrderCancelled';
  }
}

/** Sends an execution back to waiting; the state machine catches it by this name. */
export class NotReady extends Error {
  constructor(orderId: string) {
    super(`${orderId} was held, or its reservation released`);
    this.name = 'NotReady';
  }
}

/** @returns the order id that the state machine hands a step. */
export function orderIdOf(input: unknown): string {
  return StepInput.parse(input).orderId;
}

/** Makes the handler of a step that waits. */
export function waitingStep(
  tools: WorkflowTools,
  wait: WaitFor,
  prepare?: (orderId: string) => Promise<void>,
): (input: unknown) => Promise<void> {
  return (input) => awaitOrder(tools, wait, WaitInput.parse(input), prepare);
}
