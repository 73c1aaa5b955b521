import { isGoods, type Order, open } from '../../../domain/order/order.ts';
import { invoiceStore } from '../../../functions/adapters/dynamodb/invoice-store.ts';
import { ledgerStore } from '../../../functions/adapters/dynamodb/ledger-store.ts';
import { taskStore } from '../../../functions/adapters/dynamodb/task-store.ts';
import type { Envelope, OrderEnvelope } from '../../../functions/events/envelope.ts';
import { publishEvents } from '../../../functions/events/publish-events.ts';
import { invoiceOf } from '../../../functions/finance/invoices.ts';
import { driveWorkflow } from '../../../functions/fulfillment/drive-workflow.ts';
import { waitForTask } from '../../../functions/fulfillment/wait-for-task.ts';
import {
  advance,
  isReadyToQueue,
  type WaitFor,
  type WorkflowDependencies,
  type WorkflowPort,
} from '../../../functions/fulfillment/workflow.ts';
import { allocateBackorders } from '../../../functions/inventory/allocate-backorders.ts';
import { ledgerOf, skusToServe } from '../../../functions/inventory/ledger.ts';
import { insist } from './customers.ts';
import type { Listeners } from './listeners.ts';
import type { World } from './world.ts';

/** Looks further ahead than any simulation. */
const NO_WINDOW = 31_536_000;
/** Virtual milliseconds after which a stream without new records is read again. */
const POLLED = 10_000;
const NO_BOUNDS = { mostOrders: 10_000, until: Number.POSITIVE_INFINITY };

export interface Machinery {
  /** Events that the bus took, by their ids. */
  readonly carried: ReadonlySet<string>;
  /** Orders whose workflow has come to its end. */
  readonly ended: ReadonlySet<string>;
  /** Carries what the stream holds from where it stands; resolves when all that was there has been consumed. */
  pump(): Promise<void>;
}

/** What follows from events: stream, bus, queues, consumers and workflows, as their services would run them. */
export function machinery(
  { table, ports, stream, scheduler, random, rate }: World,
  { notify }: Pick<Listeners, 'notify'>,
): Machinery {
  const carried = new Set<string>();
  const ended = new Set<string>();
  const [ledger, invoices, tasks] = [ledgerStore(table), invoiceStore(table), taskStore(table)];
  const waits = new Map<string, (answer: 'over' | 'ended') => void>();
  const executions = new Set<string>();
  const failures: Error[] = [];

  const service = async (what: string) => {
    await scheduler.turn(what);
    if (random.happens(rate())) throw new Error(`${what} failed`);
  };
  const answer = async (what: string, taskToken: string, how: 'over' | 'ended') => {
    await service(what);
    waits.get(taskToken)?.(how);
    waits.delete(taskToken);
    if (random.happens(rate())) throw new Error(`the answer of ${what} was lost`);
  };
  const workflow: WorkflowPort = {
    async start({ orderId }) {
      await service('StartExecution');
      if (executions.has(orderId)) return;
      executions.add(orderId);
      execute(orderId).catch((error: Error) => failures.push(error));
    },
    succeed: (taskToken) => answer('SendTaskSuccess', taskToken, 'over'),
    fail: (taskToken, error) =>
      answer('SendTaskFailure', taskToken, error === 'OrderCancelled' ? 'ended' : 'over'),
  };
  const tools: WorkflowDependencies = { ports, tasks, workflow, atRiskDays: 2 };

  /** A state of the workflow that waits for a token, tried again as the state machine does. */
  const wait = async (orderId: string, waitFor: WaitFor, prepare?: (orderId: string) => Promise<void>) => {
    const taskToken = `${orderId} ${waitFor} ${random.below(2 ** 31)}`;
    const { promise, resolve } = Promise.withResolvers<'over' | 'ended'>();
    waits.set(taskToken, resolve);
    const input = { orderId, taskToken, windowTimeoutSeconds: NO_WINDOW };
    await insist(ports, () => waitForTask(tools, waitFor, input, prepare));
    return promise;
  };

  /** The way through `statemachines/fulfillment.asl.json`. */
  const execute = async (orderId: string) => {
    const allocate = async () => {
      await advance(ports, orderId, (order) => (hasOpenUnits(order) ? { type: 'CompleteAllocation' } : null));
    };
    for (;;) {
      if ((await wait(orderId, 'allocation', allocate)) === 'ended') break;
      const order = await insist(ports, () =>
        advance(ports, orderId, (current) =>
          isReadyToQueue(current, ports.now()) ? { type: 'QueueFulfillment' } : null,
        ),
      );
      // Held, or set free, since it became ready.
      if (order.state === 'RECEIVED' || order.state === 'ALLOCATED') continue;
      if ((await wait(orderId, 'shipment')) === 'ended') break;
      if ((await wait(orderId, 'delivery')) === 'ended') break;
      await insist(ports, () =>
        advance(ports, orderId, ({ state }) => (state === 'DELIVERED' ? { type: 'CloseOrder' } : null)),
      );
      break;
    }
    ended.add(orderId);
  };

  const consume = async (event: Envelope) => {
    await insist(ports, () => ledger.write(ledgerOf(event)));
    await notify(event);
    const invoice = invoiceOf(event);
    if (invoice !== null) await insist(ports, () => invoices.book(invoice));
    const origin = { actor: { type: 'automation', id: 'inventory' }, correlationId: 'simulation' } as const;
    const waiting = event.type === 'OrderBackordered' ? event.orderId : undefined;
    for (const sku of skusToServe(event)) {
      await insist(ports, () => allocateBackorders(ports, sku, origin, NO_BOUNDS, waiting));
    }
  };
  const bus = {
    async put(events: readonly Envelope[]) {
      await scheduler.turn('PutEvents');
      return events.map((event) => {
        if (random.happens(rate())) return { reason: 'InternalFailure', isFinal: false };
        carried.add(event.eventId);
        return null;
      });
    },
  };

  let [next, underway] = [0, 0];
  return {
    carried,
    ended,
    async pump() {
      // Queues do not wait for one another, and the stream not for them.
      for (; next < stream.events.length || underway > 0; await scheduler.sleep('stream', POLLED)) {
        while (next < stream.events.length) await carry();
        if (failures[0] !== undefined) throw failures[0];
      }
    },
  };

  /** Takes some events from the stream to where they are wanted; does not wait for the consumers. */
  async function carry(): Promise<void> {
    const batch = stream.events.slice(next, next + 1 + random.below(8));
    next += batch.length;
    // What the bus did not take, the stream brings again.
    for (let left: readonly Envelope[] = batch; left.length > 0; ) {
      left = (await publishEvents(bus, left, ports.pause)).left.map(({ event }) => event);
    }
    const byOrder = Map.groupBy(batch.filter(isOfOrder), ({ orderId }) => orderId);
    const twice = batch.filter(() => random.happens(rate()));
    const inAnyOrder = [...batch, ...twice]
      .map((event) => ({ event, place: random.fraction() }))
      .sort((one, other) => one.place - other.place);
    for (const { event } of inAnyOrder) {
      underway += 1;
      consume(event)
        .catch((error: Error) => failures.push(error))
        .finally(() => {
          underway -= 1;
        });
    }
    await Promise.all(
      [...byOrder].map(([orderId, events]) => insist(ports, () => driveWorkflow(tools, orderId, events))),
    );
  }
}

function hasOpenUnits(order: Order): boolean {
  const isTaken = order.state === 'RECEIVED' || order.state === 'ALLOCATED';
  return isTaken && order.lines.some((line) => isGoods(line) && open(line) > 0);
}

function isOfOrder(event: Envelope): event is OrderEnvelope {
  return 'orderId' in event;
}
