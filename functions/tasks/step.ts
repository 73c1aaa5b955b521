import { z } from 'zod';
import { taskStore } from '../adapters/dynamodb/task-store.ts';
import { stepFunctions } from '../adapters/step-functions.ts';
import type { Origin } from '../application/envelope.ts';
import type { Ports } from '../application/ports.ts';
import {
  type StepOutput,
  stepOutput,
  type TaskStore,
  type Wait,
  type WorkflowPort,
  waitState,
} from '../application/workflow.ts';
import { createPorts, createTable, environment } from '../wiring.ts';

const StepInput = z.object({ orderId: z.string() });
const WaitInput = StepInput.extend({ taskToken: z.string() });

/** What the steps of the workflow work with. */
export interface StepTools {
  readonly ports: Ports;
  readonly tasks: TaskStore;
  readonly workflow: WorkflowPort;
  /** So many days before its end a delivery window is at risk. */
  readonly atRiskDays: number;
}

/** Ends an execution whose order is no more; the state machine catches it by this name. */
export class OrderCancelled extends Error {
  constructor(orderId: string) {
    super(`${orderId} is cancelled, or was never written`);
    this.name = 'OrderCancelled';
  }
}

/** Sends an execution back to waiting; the state machine catches it by this name. */
export class NotReady extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'NotReady';
  }
}

export function stepTools(): StepTools {
  const table = createTable();
  return {
    ports: createPorts(table, { receivesOrders: false }),
    tasks: taskStore(table),
    workflow: stepFunctions(),
    atRiskDays: Number(environment('DELIVERY_WINDOW_AT_RISK_DAYS')),
  };
}

/** @returns the order id that the state machine hands a step. */
export function orderIdOf(input: unknown): string {
  return StepInput.parse(input).orderId;
}

/** Commands of the workflow are its own in the history; all of one order's correlate by the order. */
export function workflowOrigin(orderId: string): Origin {
  return { actor: { type: 'automation', id: 'workflow' }, correlationId: `workflow-${orderId}` };
}

/**
 * Makes a step that waits. The token is saved first and the order looked at afterwards, so that what happens in
 * between is not waited for in vain: either this look finds it, or its event finds the token.
 */
export function waitingStep(tools: StepTools, wait: Wait, prepare?: (orderId: string) => Promise<void>) {
  return async (input: unknown): Promise<void> => {
    const { orderId, taskToken } = WaitInput.parse(input);
    const { ports, tasks, workflow } = tools;
    await tasks.save(orderId, { taskToken, waitFor: wait, savedAt: ports.now() });
    await prepare?.(orderId);
    const order = await ports.orders.load(orderId);
    if (order === null) throw new OrderCancelled(orderId);
    const now = ports.now();
    switch (waitState(wait, order, now)) {
      case 'waiting':
        return;
      case 'over':
        await workflow.succeed(taskToken, stepOutput(order, now, tools.atRiskDays));
        break;
      case 'order-ended':
        await workflow.fail(taskToken, 'OrderCancelled', `${orderId} is ${order.state}`);
        break;
    }
    await tasks.remove(orderId, taskToken);
  };
}

/** What a step that is done hands on. */
export async function outputFor({ ports, atRiskDays }: StepTools, orderId: string): Promise<StepOutput> {
  const order = await ports.orders.load(orderId);
  if (order === null) throw new OrderCancelled(orderId);
  return stepOutput(order, ports.now(), atRiskDays);
}
