import { dateOf } from '../../domain/calendar.ts';
import { hasReached, isFinal } from '../../domain/order/lifecycle.ts';
import type { Order } from '../../domain/order/order.ts';
import { handleOrderCommand } from '../orders/handle-order-command.ts';
import type { OrderHeader } from '../orders/queries.ts';
import { answerWait, nextStepOf } from './drive-workflow.ts';
import {
  AWAITED_STATE,
  type StepResult,
  stepResult,
  type WaitFor,
  type WorkflowDependencies,
  waitState,
  workflowOrigin,
} from './workflow.ts';

/** The status of an execution. A succeeded one counts as ended while its order is open. */
export type ExecutionState = 'RUNNING' | 'ENDED' | 'FAILED' | 'MISSING';

/** Looks at executions, and starts them under names of their own. */
export interface Executions {
  state(name: string): Promise<ExecutionState>;
  /** @returns names of executions that run; one that began or ended a moment ago, or one of very many, may be missing */
  running(): Promise<ReadonlySet<string>>;
  /** Starts an execution; does nothing when one of this name was started before. */
  start(name: string, input: StepResult): Promise<void>;
}

/** The execution that drives an order, where it is not the first one. */
export interface Restart {
  readonly executionName: string;
  /** How often the order's workflow was started again. */
  readonly restarts: number;
  readonly restartedAt: string;
}

/** An order whose workflow gave up. */
export interface StuckOrder {
  readonly orderId: string;
  readonly failure: string;
  readonly reportedAt: string;
}

/** Keeps which orders are stuck, and which execution drives one whose first did not get through. */
export interface StuckStore {
  /** Marks an order; what was marked before stays as it was reported first. */
  report(orderId: string, executionName: string, failure: string): Promise<void>;
  clear(orderId: string): Promise<void>;
  /** @returns stuck orders, those longest stuck first, after a position */
  list(
    limit: number,
    after: string | null,
  ): Promise<{ readonly items: readonly StuckOrder[]; readonly next: string | null }>;
  restartOf(orderId: string): Promise<Restart | null>;
  noteRestart(orderId: string, restart: Restart): Promise<void>;
}

export interface ReconcileDependencies {
  readonly tools: WorkflowDependencies;
  readonly executions: Executions;
  readonly stuck: StuckStore;
}

/** What was found of an order, and done. */
export type Finding =
  /** It changed so lately that its workflow may just be at it. */
  | 'recent'
  /** It needs no workflow any more. */
  | 'settled'
  | 'running'
  /** Its workflow waited for what had come: an answer was lost. */
  | 'answered'
  | 'restarted'
  /** Its workflow ended so often that a person has to look. */
  | 'stuck';

/** Milliseconds for which an order is left to its workflow after a change. */
const QUIET = 600_000;
/** How often a workflow is started again without a person's asking for it. */
const MAX_RESTARTS = 3;

/**
 * Sees to it that an order continues: work in steps may have been cut off; its workflow may never have been started, have
 * ended before its order did, or wait for an answer that was lost. Every step may be repeated, so that one too many does no harm.
 *
 * @param asked a person wants it started now, however lately the order changed and however often it was tried
 * @throws Busy when others kept changing the order
 */
export async function reconcile(
  { tools, executions, stuck }: ReconcileDependencies,
  orderId: string,
  asked = false,
): Promise<Finding> {
  const found = await tools.ports.orders.load(orderId);
  const now = tools.ports.now();
  if (found !== null && isRecent(found, now) && !isDone(found) && !asked) return 'recent';
  const order = found === null ? null : await goneOn(tools, found);
  if (order === null || isDone(order)) {
    await stuck.clear(orderId);
    if (order !== null) await answerWait(tools, orderId, {}, false);
    return 'settled';
  }
  const before = await stuck.restartOf(orderId);
  const name = before?.executionName ?? orderId;
  const state = await executions.state(name);
  if (state === 'RUNNING') {
    await stuck.clear(orderId);
    return (await waitsInVain(tools, order, now)) ? answered(tools, orderId) : 'running';
  }
  const restarts = before?.restarts ?? 0;
  if (!asked && restarts >= MAX_RESTARTS) {
    await stuck.report(orderId, name, `the workflow was started again ${restarts} times, and is ${state}`);
    return 'stuck';
  }
  // An execution that was never started has its name to give; one that ended keeps it for ninety days.
  const next = state === 'MISSING' ? name : `${orderId}-r${restarts + 1}`;
  await stuck.noteRestart(orderId, {
    executionName: next,
    restarts: state === 'MISSING' && before === null ? 0 : restarts + 1,
    restartedAt: now,
  });
  // Before the start: should this one give up as well, it says so itself, and that is to stay.
  await stuck.clear(orderId);
  await executions.start(next, stepResult(order, now, tools.atRiskDays));
  return 'restarted';
}

function isRecent({ updatedAt }: Pick<Order, 'updatedAt'>, now: string): boolean {
  return Date.parse(now) - Date.parse(updatedAt) < QUIET;
}

function isDone(order: Order): boolean {
  return order.voided || isFinal(order.state);
}

/** A cancellation, a shipment or an allocation in several steps may have lost the event that continues it. */
async function goneOn({ ports }: WorkflowDependencies, order: Order): Promise<Order> {
  const command = nextStepOf(order);
  if (command === null || isDone(order)) return order;
  const { orderId, version } = order;
  const outcome = await handleOrderCommand(ports, {
    orderId,
    command,
    origin: workflowOrigin(orderId),
    expectedVersion: version,
  });
  return outcome.order ?? order;
}

async function waitsInVain({ tasks }: WorkflowDependencies, order: Order, now: string): Promise<boolean> {
  const task = await tasks.find(order.orderId);
  return task !== null && waitState(task.waitFor, order, now) !== 'waiting';
}

async function answered(tools: WorkflowDependencies, orderId: string): Promise<Finding> {
  await answerWait(tools, orderId, {}, false);
  return 'answered';
}

/** What a round has come to: how many orders were looked at, and what was found of them. */
export type Findings = Partial<Record<Finding, number>>;

/** What a round sees of an order without loading it. */
export interface LiveOrder {
  readonly header: OrderHeader;
  /** What its workflow waits for; null when it does not wait. */
  readonly waitFor: WaitFor | null;
  /** The execution that drives it. */
  readonly executionName: string;
}

/** Finds the orders that need a workflow, a piece of a round at a time. */
export interface LiveOrders {
  /** @returns orders that are neither closed nor cancelled, from a position on; null behind the last one */
  page(
    after: string | null,
  ): Promise<{ readonly orders: readonly LiveOrder[]; readonly next: string | null }>;
  /** Where the round before stopped. */
  position(): Promise<string | null>;
  keepPosition(position: string | null): Promise<void>;
}

/**
 * What can be said of an order by its header: most orders wait for weeks, and to load each of them in every round would
 * cost more than all else that is done for them.
 *
 * @returns null when only the whole order can tell
 */
function atFirstSight(
  { header, waitFor, executionName }: LiveOrder,
  running: ReadonlySet<string>,
  now: string,
): Finding | null {
  if (header.voided || isFinal(header.state)) return null;
  if (isRecent(header, now)) return 'recent';
  if (waitFor === null || !running.has(executionName) || mayHaveNextStep(header)) return null;
  if (hasReached(header.state, AWAITED_STATE[waitFor])) return null;
  return waitFor === 'allocation' && mayBeQueued(header, now) ? null : 'running';
}

/** @returns false only when `nextStepOf` gives nothing for the order. */
function mayHaveNextStep({ cancelling, shipping, state, allocationReleased, units }: OrderHeader): boolean {
  if (cancelling !== undefined || shipping !== undefined) return true;
  return state === 'RECEIVED' && !allocationReleased && units.open > 0;
}

/** @returns false only when the guard of QueueFulfillment holds the order back. */
function mayBeQueued({ state, holds, shipNotBefore = '' }: OrderHeader, now: string): boolean {
  return state === 'ALLOCATED' && holds.length === 0 && shipNotBefore <= dateOf(now);
}

/** How many orders are looked at side by side. */
const AT_ONCE = 5;

/**
 * Looks at orders until the time is over: those that are stuck first, then the live ones from where the run before
 * stopped. Behind the last one it begins again. An order whose workflow visibly waits as it should is not loaded.
 *
 * @param until epoch milliseconds after which nothing further is begun
 */
export async function reconcileSome(
  dependencies: ReconcileDependencies,
  live: LiveOrders,
  until: number,
  failed: (orderId: string, error: unknown) => void,
): Promise<Findings> {
  const findings: Record<string, number> = {};
  const look = async (orderIds: readonly string[]) => {
    const queue = orderIds.values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const orderId of queue) {
          if (Date.now() >= until) return;
          try {
            const finding = await reconcile(dependencies, orderId);
            findings[finding] = (findings[finding] ?? 0) + 1;
          } catch (error) {
            // One order must not keep the others from being looked at; the next round comes to it again.
            failed(orderId, error);
          }
        }
      }),
    );
  };
  const { items } = await dependencies.stuck.list(100, null);
  await look(items.map(({ orderId }) => orderId));
  const running = await dependencies.executions.running();
  let position = await live.position();
  while (Date.now() < until) {
    const { orders, next } = await live.page(position);
    const unclear: string[] = [];
    for (const order of orders) {
      const finding = atFirstSight(order, running, dependencies.tools.ports.now());
      if (finding === null) unclear.push(order.header.orderId);
      else findings[finding] = (findings[finding] ?? 0) + 1;
    }
    await look(unclear);
    if (Date.now() >= until && next !== null) break;
    position = next;
    await live.keepPosition(position);
    if (position === null) break;
  }
  return findings;
}
