import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { liveOrders } from '../../functions/adapters/dynamodb/live-orders.ts';
import { stuckStore } from '../../functions/adapters/dynamodb/stuck-store.ts';
import { taskStore } from '../../functions/adapters/dynamodb/task-store.ts';
import type * as StepFunctions from '../../functions/adapters/step-functions.ts';
import {
  type Finding,
  type ReconcileDependencies,
  reconcile,
  reconcileSome,
} from '../../functions/fulfillment/reconcile.ts';
import type { WaitFor } from '../../functions/fulfillment/workflow.ts';
import { handleOrderCommand } from '../../functions/orders/handle-order-command.ts';
import type { Ports } from '../../functions/orders/ports.ts';
import { createPorts } from '../../functions/wiring.ts';
import { TEST_ENVIRONMENT, useAws } from '../../testing/aws.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { stepFunctionsFake } from '../../testing/step-functions.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const stepFunctions = stepFunctionsFake();
const aws = useAws(stepFunctions.actions);
const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:loop';

let adapters: typeof StepFunctions;
let table: Table;
let loop: TestLoop;
let parts: ReconcileDependencies;
let orders = 0;
let orderId: string;

beforeAll(async () => {
  Object.assign(process.env, TEST_ENVIRONMENT, { AWS_ENDPOINT_URL_SFN: aws.endpoint });
  adapters = await import('../../functions/adapters/step-functions.ts');
});

beforeEach(async () => {
  table = await store.newTable();
  loop = testLoop(table);
  // Everything here happens well after the orders were last changed.
  const later = () => new Date(Date.now() + 3_600_000).toISOString();
  parts = {
    tools: {
      ports: { ...createPorts(table, { receivesOrders: false }), now: later },
      tasks: taskStore(table),
      workflow: adapters.stepFunctions(MACHINE),
      atRiskDays: 1,
    },
    executions: adapters.executions(MACHINE),
    stuck: stuckStore(table),
  };
  orders += 1;
  orderId = `RECONCILE-${orders}`;
});

const received = async () => {
  await loop.stock('GOODS', 'L1', 2);
  return loop.receive({ orderId, lines: [{ sku: 'GOODS', quantity: 2 }] });
};
const started = (name = orderId) => stepFunctions.executions.set(name, {});
const wait = (id: string, waitFor: WaitFor) =>
  parts.tools.tasks.save(id, {
    taskToken: stepFunctions.wait(`${id} ${waitFor}`),
    waitFor,
    savedAt: loop.ports.now(),
  });
/** Does work in steps that ends, as if by a kill, after so many writes of the order. */
async function cutOff(after: number, work: (ports: Ports) => Promise<unknown>): Promise<void> {
  let writes = 0;
  const { ports } = loop;
  const save: typeof ports.orders.save = (write) => {
    writes += 1;
    return writes > after ? Promise.reject(new Error('killed')) : ports.orders.save(write);
  };
  await expect(work({ ...ports, orders: { ...ports.orders, save } })).rejects.toThrow('killed');
}
const stuckIds = async () => (await parts.stuck.list(10, null)).items.map((item) => item.orderId);

describe('an order whose workflow', () => {
  it('was never started has it started, under its own name, once', async () => {
    await received();
    const found = await Promise.all([1, 2, 3].map(() => reconcile(parts, orderId)));
    expect(found).toContain('restarted');
    expect([...stepFunctions.executions.keys()].filter((name) => name.startsWith(orderId))).toEqual([
      orderId,
    ]);
    expect(stepFunctions.executions.get(orderId)).toMatchObject({ orderId });
    expect(await reconcile(parts, orderId)).toBe('running');
  });

  it.each(['FAILED', 'TIMED_OUT', 'ABORTED', 'SUCCEEDED'] as const)(
    '%s before the order ended has it started again',
    async (status) => {
      await received();
      started();
      stepFunctions.ended.set(orderId, status);
      await parts.stuck.report(orderId, orderId, 'it failed');
      expect(await reconcile(parts, orderId)).toBe('restarted');
      expect(stepFunctions.executions.has(`${orderId}-r1`)).toBe(true);
      expect(await reconcile(parts, orderId)).toBe('running');
      expect(await stuckIds()).toEqual([]);
    },
  );

  it('ends again and again is left to a person, who can have it started once more', async () => {
    await received();
    started();
    const seen: Finding[] = [];
    for (let round = 0; round < 6; round++) {
      for (const name of stepFunctions.executions.keys()) stepFunctions.ended.set(name, 'FAILED');
      seen.push(await reconcile(parts, orderId));
    }
    expect(seen).toEqual(['restarted', 'restarted', 'restarted', 'stuck', 'stuck', 'stuck']);
    expect(await stuckIds()).toEqual([orderId]);
    expect(await reconcile(parts, orderId, true)).toBe('restarted');
    expect(await stuckIds()).toEqual([]);
    expect(await reconcile(parts, orderId)).toBe('running');
  });

  it('waits for what has come is answered', async () => {
    await received();
    started();
    const token = stepFunctions.wait(`${orderId} allocation`);
    await parts.tools.tasks.save(orderId, { taskToken: token, waitFor: 'allocation', savedAt: '2026-03-01' });
    expect(await reconcile(parts, orderId)).toBe('answered');
    expect(stepFunctions.answers.get(token)?.kind).toBe('success');
    expect(await reconcile(parts, orderId)).toBe('running');
  });

  it('waits for what has not come is left waiting', async () => {
    await loop.receive({ orderId, lines: [{ sku: 'NEVER', quantity: 1 }] });
    started();
    const token = stepFunctions.wait(`${orderId} allocation`);
    await parts.tools.tasks.save(orderId, { taskToken: token, waitFor: 'allocation', savedAt: '2026-03-01' });
    expect(await reconcile(parts, orderId)).toBe('running');
    expect(stepFunctions.answers.has(token)).toBe(false);
  });

  it('runs while work in steps was cut off, and the event that continues with it was lost, has the work finished', async () => {
    const skus = Array.from({ length: 60 }, (_, index) => `PART-${index}`);
    for (const sku of skus) await loop.stock(sku, 'L1', 1);
    await loop.receive({ orderId, lines: skus.map((sku) => ({ sku, quantity: 1 })) });
    started();
    const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'c' } as const;
    const command = { type: 'CancelOrder', reason: 'customer' } as const;
    await cutOff(1, (ports) => handleOrderCommand(ports, { orderId, command, origin }));
    expect((await loop.order(orderId)).state).toBe('ALLOCATED');
    expect(await reconcile(parts, orderId)).toBe('settled');
    expect((await loop.order(orderId)).state).toBe('CANCELLED');
  });

  it('waits for a cancelled order is told so', async () => {
    await received();
    const token = stepFunctions.wait(`${orderId} shipment`);
    await parts.tools.tasks.save(orderId, { taskToken: token, waitFor: 'shipment', savedAt: '2026-03-01' });
    await loop.command(orderId, { type: 'CancelOrder', reason: 'customer' });
    expect(await reconcile(parts, orderId)).toBe('settled');
    expect(stepFunctions.answers.get(token)).toEqual({ kind: 'failure', error: 'OrderCancelled' });
  });

  it('may just be at it is left alone', async () => {
    await received();
    const now = () => new Date().toISOString();
    const tools = { ...parts.tools, ports: { ...parts.tools.ports, now } };
    expect(await reconcile({ ...parts, tools }, orderId)).toBe('recent');
    expect(stepFunctions.executions.has(orderId)).toBe(false);
  });
});

describe('a round', () => {
  it('meets every live order, in as many runs as it takes, and begins again behind the last', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `${orderId}-${index}`);
    await Promise.all(ids.map((id) => loop.receive({ orderId: id, lines: [{ sku: 'NEVER', quantity: 1 }] })));
    await loop.command(`${orderId}-0`, { type: 'CancelOrder', reason: 'customer' });
    const live = liveOrders(table);
    const failures: unknown[] = [];
    const isStarted = (id: string) => stepFunctions.executions.has(id);
    // A run is over after one piece of the round, however quick the machine is.
    const oneTurn = () => {
      let turns = 0;
      const page: typeof live.page = (after) => {
        turns += 1;
        return turns === 1 ? live.page(after) : Promise.reject(new Error('the time is over'));
      };
      return { ...live, page };
    };
    for (let runs = 0; runs < 100 && !ids.slice(1).every(isStarted); runs++) {
      const run = reconcileSome(parts, oneTurn(), Date.now() + 60_000, (_, error) => failures.push(error));
      await run.catch((error) => expect(error).toMatchObject({ message: 'the time is over' }));
    }
    expect(failures).toEqual([]);
    expect(ids.slice(1).every(isStarted)).toBe(true);
    expect(isStarted(`${orderId}-0`)).toBe(false);
    const rest = () => reconcileSome(parts, live, Date.now() + 60_000, () => {});
    await rest();
    expect(await live.position()).toBeNull();
    // Nothing is left to do in the next round.
    expect(await rest()).toEqual({ running: 39 });
  });

  it('loads no order whose workflow visibly waits as it should', async () => {
    const ids = ['A', 'B', 'C'].map((id) => `${orderId}-${id}`);
    for (const id of ids) {
      await loop.receive({ orderId: id, lines: [{ sku: 'NEVER', quantity: 1 }] });
      started(id);
      await wait(id, 'allocation');
    }
    const loaded: string[] = [];
    const { ports } = parts.tools;
    const load: typeof ports.orders.load = (id) => {
      loaded.push(id);
      return ports.orders.load(id);
    };
    const tools = { ...parts.tools, ports: { ...ports, orders: { ...ports.orders, load } } };
    const found = await reconcileSome({ ...parts, tools }, liveOrders(table), Date.now() + 60_000, () => {});
    expect(found).toEqual({ running: 3 });
    expect(loaded).toEqual([]);
  });

  describe('finds an order', () => {
    const round = () => reconcileSome(parts, liveOrders(table), Date.now() + 60_000, () => {});
    const shipment = { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z1' } as const;

    it('whose workflow ended while its wait is still written down', async () => {
      await loop.receive({ orderId, lines: [{ sku: 'NEVER', quantity: 1 }] });
      started();
      await wait(orderId, 'allocation');
      stepFunctions.ended.set(orderId, 'ABORTED');
      expect(await round()).toEqual({ restarted: 1 });
      stepFunctions.ended.set(`${orderId}-r1`, 'ABORTED');
      expect(await round()).toEqual({ restarted: 1 });
      expect(stepFunctions.executions.has(`${orderId}-r2`)).toBe(true);
    });

    it('that may be queued', async () => {
      await received();
      started();
      await wait(orderId, 'allocation');
      expect(await round()).toEqual({ answered: 1 });
    });

    it('that has shipped, and that was delivered', async () => {
      await received();
      started();
      await wait(orderId, 'shipment');
      await loop.command(orderId, { type: 'QueueFulfillment' });
      expect(await round()).toEqual({ running: 1 });
      await loop.command(orderId, shipment);
      expect(await round()).toEqual({ answered: 1 });
      await wait(orderId, 'delivery');
      expect(await round()).toEqual({ running: 1 });
      const shipmentId = `${orderId}-S1`;
      await loop.command(orderId, {
        type: 'ConfirmDelivery',
        shipmentId,
        deliveredAt: new Date().toISOString(),
      });
      expect(await round()).toEqual({ answered: 1 });
    });

    it('whose allocation, or cancellation, was cut off', async () => {
      const skus = Array.from({ length: 120 }, (_, index) => `PART-${index}`);
      for (const sku of skus) await loop.stock(sku, 'L1', 1);
      await cutOff(1, (ports) =>
        testLoop(table, ports).receive({ orderId, lines: skus.map((sku) => ({ sku, quantity: 1 })) }),
      );
      expect((await loop.order(orderId)).state).toBe('RECEIVED');
      started();
      await wait(orderId, 'allocation');
      // Once allocated it may be met again, in its new state.
      expect(await round()).toMatchObject({ answered: 1 });
      expect((await loop.order(orderId)).state).toBe('ALLOCATED');
      await wait(orderId, 'shipment');
      const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'c' } as const;
      const command = { type: 'CancelOrder', reason: 'customer' } as const;
      await cutOff(1, (ports) => handleOrderCommand(ports, { orderId, command, origin }));
      expect(await round()).toEqual({ settled: 1 });
      expect((await loop.order(orderId)).state).toBe('CANCELLED');
    });
  });

  it('continues where the run before stopped', async () => {
    const live = liveOrders(table);
    await live.keepPosition('[3,"2026"]');
    await reconcileSome(parts, live, Date.now() - 1, () => {});
    expect(await live.position()).toBe('[3,"2026"]');
  });

  it('looks at the other orders when one cannot be looked at', async () => {
    for (const id of ['A', 'B', 'C']) {
      await loop.receive({ orderId: `${orderId}-${id}`, lines: [{ sku: 'NEVER', quantity: 1 }] });
    }
    const executions: ReconcileDependencies['executions'] = {
      ...parts.executions,
      state: (name) =>
        name.endsWith('B') ? Promise.reject(new Error('throttled')) : parts.executions.state(name),
    };
    const failed: string[] = [];
    const until = Date.now() + 20_000;
    const found = await reconcileSome({ ...parts, executions }, liveOrders(table), until, (id) =>
      failed.push(id),
    );
    expect(found).toEqual({ restarted: 2 });
    expect(failed).toEqual([`${orderId}-B`]);
  });
});
