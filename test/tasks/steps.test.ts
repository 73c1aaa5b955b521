import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { INDEXES } from '../../contract/table.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { orderPartition } from '../../functions/adapters/dynamodb/keys.ts';
import { taskStore } from '../../functions/adapters/dynamodb/task-store.ts';
import { advance, type TaskStore } from '../../functions/fulfillment/workflow.ts';
import { WriteFailed } from '../../functions/write-failures.ts';
import { TEST_ENVIRONMENT, useAws } from '../../testing/aws.ts';
import { lambdaContext } from '../../testing/context.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { stepFunctionsFake } from '../../testing/step-functions.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const stepFunctions = stepFunctionsFake();
const aws = useAws(stepFunctions.actions);

type Step = (input: unknown, context: Context) => Promise<unknown>;
const steps: Record<string, Step> = {};
let table: Table;
let loop: TestLoop;
let tasks: TaskStore;
let orders = 0;
let tokens = 0;
let orderId: string;
let sku: string;

beforeAll(async () => {
  table = await store.newTable();
  Object.assign(process.env, TEST_ENVIRONMENT, {
    TABLE_NAME: table.name,
    DELIVERY_WINDOW_AT_RISK_DAYS: '2',
    AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
    AWS_ENDPOINT_URL_SFN: aws.endpoint,
  });
  const folder = '../../functions/tasks';
  const load = async (name: string, entry: Promise<{ handler: Step }>) => {
    steps[name] = (await entry).handler;
  };
  await load('await-allocation', import(`${folder}/await-allocation.ts`));
  await load('await-shipment', import(`${folder}/await-shipment.ts`));
  await load('await-delivery', import(`${folder}/await-delivery.ts`));
  await load('close-order', import(`${folder}/close-order.ts`));
  await load('watch-delivery-window', import(`${folder}/watch-delivery-window.ts`));
  await load('report-stuck', import(`${folder}/report-stuck.ts`));
  loop = testLoop(table);
  tasks = taskStore(table);
});
beforeEach(() => {
  orders += 1;
  orderId = `LMB-ORD-2026-${String(orders).padStart(4, '0')}`;
  sku = `sku-of-${orderId}`;
});

const NEVER = 31_536_000;
const run = (name: string, input: object = {}) =>
  (steps[name] as Step)({ orderId, ...input }, lambdaContext());
/** Runs a step that waits, as an execution does; @returns the token that it waits with. */
async function wait(name: string, windowTimeoutSeconds = NEVER): Promise<string> {
  tokens += 1;
  const taskToken = stepFunctions.wait(`token ${tokens}`);
  await run(name, { taskToken, windowTimeoutSeconds });
  return taskToken;
}
const receive = (terms: Record<string, unknown> = {}) =>
  loop.receive({ orderId, lines: [{ sku, quantity: 2 }], ...terms });
const receiveAllocated = async (terms: Record<string, unknown> = {}) => {
  await loop.stock(sku, 'L1', 2);
  return receive(terms);
};
const ship = () => loop.command(orderId, { type: 'RecordShipment', carrier: 'UPS', trackingNumber: orderId });
const types = async () => (await loop.history(orderId)).map((event) => event.type);
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe('await-allocation', () => {
  it('continues at once when the order may be queued, and leaves no token behind', async () => {
    await receiveAllocated();
    const token = await wait('await-allocation');
    expect(stepFunctions.answers.get(token)).toEqual({
      kind: 'success',
      output: { orderId, windowTimeoutSeconds: NEVER },
    });
    expect(await tasks.find(orderId)).toBeNull();
  });

  it('reserves what nobody has looked at, for an order that was received without stock', async () => {
    const { ports } = loop;
    const contended: typeof loop.ports = {
      ...ports,
      pause: () => Promise.resolve(),
      orders: {
        ...ports.orders,
        async save(write) {
          if (write.events.some((event) => event.type === 'OrderAllocated'))
            throw new WriteFailed('contention', 'many at once');
          await ports.orders.save(write);
        },
      },
    };
    await loop.stock(sku, 'L1', 2);
    await testLoop(table, contended).receive({ orderId, lines: [{ sku, quantity: 2 }] });
    expect((await loop.order(orderId)).state).toBe('RECEIVED');
    const token = await wait('await-allocation');
    expect(stepFunctions.answers.get(token)?.kind).toBe('success');
    const order = await loop.order(orderId);
    expect(order.state).toBe('ALLOCATED');
    expect((await loop.history(orderId)).at(-1)?.actor).toEqual({ type: 'automation', id: 'workflow' });
  });

  it('waits for stock with its token saved, and takes none out of turn', async () => {
    await receive();
    await loop.stock(sku, 'L1', 2);
    const token = await wait('await-allocation');
    expect(stepFunctions.answers.has(token)).toBe(false);
    expect(await tasks.find(orderId)).toMatchObject({ taskToken: token, waitFor: 'allocation' });
    expect((await loop.order(orderId)).state).toBe('RECEIVED');
  });

  it('waits while the order is on hold', async () => {
    await receiveAllocated({ holds: [{ reason: 'CREDIT_LIMIT' }] });
    expect(stepFunctions.answers.has(await wait('await-allocation'))).toBe(false);
  });

  it('continues when the order was queued by hand', async () => {
    await receiveAllocated();
    await loop.command(orderId, { type: 'QueueFulfillment' });
    expect(stepFunctions.answers.get(await wait('await-allocation'))?.kind).toBe('success');
  });

  it('ends the workflow of a cancelled order, and of a voided one', async () => {
    await receive();
    await loop.command(orderId, { type: 'CancelOrder', reason: 'customer' });
    const token = await wait('await-allocation');
    expect(stepFunctions.answers.get(token)).toEqual({ kind: 'failure', error: 'OrderCancelled' });
    await loop.command(orderId, { type: 'VoidOrder' });
    expect(stepFunctions.answers.get(await wait('await-allocation'))?.kind).toBe('failure');
  });

  it('has the time worked out again when the window was amended before there was a token', async () => {
    await receive({ deliveryWindow: { start: day(10), end: day(10) } });
    const token = await wait('await-allocation', NEVER);
    expect(stepFunctions.answers.get(token)).toEqual({ kind: 'failure', error: 'DeliveryWindowChanged' });
    const { windowTimeoutSeconds } = (await run('watch-delivery-window')) as { windowTimeoutSeconds: number };
    expect(stepFunctions.answers.has(await wait('await-allocation', windowTimeoutSeconds))).toBe(false);
  });
});

describe('await-shipment', () => {
  const answer = async () => stepFunctions.answers.get(await wait('await-shipment'));

  it('queues an order once, however often it is asked, and waits with its token saved', async () => {
    await receiveAllocated();
    expect(await answer()).toBeUndefined();
    const token = await wait('await-shipment');
    expect(stepFunctions.answers.has(token)).toBe(false);
    expect(await tasks.find(orderId)).toMatchObject({ taskToken: token, waitFor: 'shipment' });
    expect((await types()).filter((type) => type === 'FulfillmentQueued')).toHaveLength(1);
  });

  it('goes back to waiting when the order is held, released or without stock, with no word in the history', async () => {
    await receiveAllocated();
    await loop.command(orderId, { type: 'PlaceHold', reason: 'OTHER' });
    await expect(answer()).rejects.toMatchObject({ name: 'NotReady' });
    for (const { holdId } of (await loop.order(orderId)).holds)
      await loop.command(orderId, { type: 'ReleaseHold', holdId });
    await loop.command(orderId, { type: 'ReleaseAllocation' });
    await expect(answer()).rejects.toMatchObject({ name: 'NotReady' });
    expect(await types()).not.toContain('TransitionRejected');
  });

  it('continues when what was waited for came before there was a token', async () => {
    await receiveAllocated();
    await loop.command(orderId, { type: 'QueueFulfillment' });
    await ship();
    expect(await answer()).toMatchObject({ kind: 'success' });
  });

  it('ends with a cancelled order', async () => {
    await receive();
    await loop.command(orderId, { type: 'CancelOrder', reason: 'customer' });
    expect(await answer()).toEqual({ kind: 'failure', error: 'OrderCancelled' });
  });

  it('fails for an order that was never written', async () => {
    await expect(answer()).rejects.toThrow(`there is no order ${orderId}`);
  });
});

describe('the rest of the way', () => {
  it('waits for shipment, for delivery, and closes', async () => {
    await receiveAllocated();
    const shipment = await wait('await-shipment');
    expect(stepFunctions.answers.has(shipment)).toBe(false);
    await ship();
    expect(stepFunctions.answers.get(await wait('await-shipment'))?.kind).toBe('success');
    const delivery = await wait('await-delivery');
    expect(stepFunctions.answers.has(delivery)).toBe(false);
    const shipmentId = `${orderId}-S1`;
    const deliveredAt = new Date().toISOString();
    await loop.command(orderId, { type: 'ConfirmDelivery', shipmentId, deliveredAt });
    expect(stepFunctions.answers.get(await wait('await-delivery'))?.kind).toBe('success');
    await run('close-order');
    await run('close-order');
    expect((await types()).filter((type) => type === 'OrderClosed')).toHaveLength(1);
  });

  it('does not close what was not delivered', async () => {
    await receiveAllocated();
    await expect(run('close-order')).rejects.toThrow('ALLOCATED');
  });

  it('leaves a mark when a workflow gives up, beside the order and among all that are stuck', async () => {
    const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:loop:X';
    await run('report-stuck', { executionArn, failure: { Error: 'Boom' } });
    const Key = { pk: orderPartition(orderId), sk: 'STUCK' };
    const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key }));
    expect(Item).toMatchObject({ orderId, executionName: 'X', failure: '{"Error":"Boom"}' });
    const { indexName, partitionKey } = INDEXES.byReference;
    const { Items } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: indexName,
        KeyConditionExpression: '#reference = :stuck',
        ExpressionAttributeNames: { '#reference': partitionKey },
        ExpressionAttributeValues: { ':stuck': 'STUCK' },
      }),
    );
    expect(Items).toMatchObject([Key]);
  });
});

describe('watch-delivery-window', () => {
  const watch = async () =>
    (await run('watch-delivery-window')) as { windowTimeoutSeconds: number; waitFor: string };

  it('records a window at risk, then missed, each once, and then waits for nothing more', async () => {
    const { deliveryWindow } = await receiveAllocated({ deliveryWindow: { start: day(1), end: day(1) } });
    expect(deliveryWindow?.end).toBe(day(1));
    const atRisk = await watch();
    expect(atRisk.waitFor).toBe('allocation');
    expect(atRisk.windowTimeoutSeconds).toBeGreaterThan(86_400 - 5);
    expect(atRisk.windowTimeoutSeconds).toBeLessThanOrEqual(2 * 86_400);
    expect(await watch()).toEqual({ ...atRisk, windowTimeoutSeconds: expect.any(Number) });
    expect((await types()).filter((type) => type === 'DeliveryWindowAtRisk')).toHaveLength(1);
  });

  it('records a window that was missed before anybody looked', async () => {
    loop.setClock('2026-03-01T00:00:00.000Z');
    await receiveAllocated({ deliveryWindow: { start: '2026-03-10', end: '2026-03-14' } });
    loop.setClock(null);
    await loop.command(orderId, { type: 'QueueFulfillment' });
    expect(await watch()).toEqual({ orderId, windowTimeoutSeconds: NEVER, waitFor: 'shipment' });
    expect((await types()).filter((type) => type.startsWith('DeliveryWindow'))).toEqual([
      'DeliveryWindowMissed',
    ]);
    expect(await watch()).toMatchObject({ windowTimeoutSeconds: NEVER });
  });

  it('goes back to waiting for delivery once the order has shipped', async () => {
    await receiveAllocated({ deliveryWindow: { start: day(1), end: day(1) } });
    await loop.command(orderId, { type: 'QueueFulfillment' });
    await ship();
    expect(await watch()).toMatchObject({ waitFor: 'delivery' });
    expect(await types()).not.toContain('DeliveryWindowAtRisk');
  });

  it('ends with a cancelled order', async () => {
    await receive();
    await loop.command(orderId, { type: 'CancelOrder', reason: 'customer' });
    await expect(watch()).rejects.toMatchObject({ name: 'OrderCancelled' });
  });
});

describe('advance', () => {
  it('looks again when the order changed since it was looked at', async () => {
    await receiveAllocated();
    const { load } = loop.ports.orders;
    let looks = 0;
    const ports: typeof loop.ports = {
      ...loop.ports,
      orders: {
        ...loop.ports.orders,
        async load(id) {
          const order = await load(id);
          looks += 1;
          // Between the first look and its command somebody else changes the order.
          if (looks === 1) await loop.command(orderId, { type: 'AmendOrder', customerReference: 'C-88' });
          return order;
        },
      },
    };
    const order = await advance(ports, orderId, ({ state }) =>
      state === 'ALLOCATED' ? { type: 'QueueFulfillment' } : null,
    );
    expect(order.state).toBe('FULFILLMENT_QUEUED');
    expect(await types()).not.toContain('TransitionRejected');
  });

  it('gives up as busy, with nothing done, when the order never rests', async () => {
    await receiveAllocated();
    const { load } = loop.ports.orders;
    let version = 0;
    const ports: typeof loop.ports = {
      ...loop.ports,
      pause: async () => {},
      orders: {
        ...loop.ports.orders,
        async load(id) {
          const order = await load(id);
          version += 1;
          return order === null ? null : { ...order, version };
        },
      },
    };
    const queue = advance(ports, orderId, () => ({ type: 'QueueFulfillment' }));
    await expect(queue).rejects.toMatchObject({ name: 'Busy' });
    expect((await loop.order(orderId)).state).toBe('ALLOCATED');
  });
});
