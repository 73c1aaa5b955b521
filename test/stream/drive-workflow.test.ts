import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { headerKey } from '../../functions/adapters/dynamodb/keys.ts';
import { taskStore } from '../../functions/adapters/dynamodb/task-store.ts';
import type { OrderEnvelope } from '../../functions/events/envelope.ts';
import type { TaskStore, WaitFor } from '../../functions/fulfillment/workflow.ts';
import { handleOrderCommand } from '../../functions/orders/handle-order-command.ts';
import { TEST_ENVIRONMENT, useAws } from '../../testing/aws.ts';
import { lambdaContext } from '../../testing/context.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { stepFunctionsFake } from '../../testing/step-functions.ts';
import { useStore } from '../../testing/store.ts';
import { recordsOf } from '../../testing/stream.ts';

const store = useStore();
const stepFunctions = stepFunctionsFake();
const aws = useAws(stepFunctions.actions);

let handler: (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;
let table: Table;
let loop: TestLoop;
let tasks: TaskStore;
let orders = 0;
let orderId: string;

beforeAll(async () => {
  table = await store.newTable();
  Object.assign(process.env, TEST_ENVIRONMENT, {
    TABLE_NAME: table.name,
    STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:loop',
    DELIVERY_WINDOW_AT_RISK_DAYS: '2',
    AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
    AWS_ENDPOINT_URL_SFN: aws.endpoint,
  });
  ({ handler } = await import('../../functions/stream/drive-workflow.ts'));
  loop = testLoop(table);
  tasks = taskStore(table);
});
beforeEach(() => {
  orders += 1;
  orderId = `LMB-ORD-2026-${String(orders).padStart(4, '0')}`;
});

const ALL_DONE = { batchItemFailures: [] };
const drive = (events: readonly OrderEnvelope[]) => handler({ Records: recordsOf(events) }, lambdaContext());
const lines = [{ sku: 'LMB-BRS-001', quantity: 2 }];

/** Lets the order's workflow wait, with its token saved. */
async function waitFor(wait: WaitFor, token = `${orderId} ${wait}`): Promise<string> {
  stepFunctions.wait(token);
  await tasks.save(orderId, { taskToken: token, waitFor: wait, savedAt: '2026-03-01T00:00:00.000Z' });
  return token;
}

/** What a workflow is told to have been brought on by: the request behind an event, and the event. */
async function causeOf(type: string) {
  const event = (await loop.history(orderId)).find((each) => each.type === type);
  return { correlationId: event?.correlationId, causationId: event?.eventId };
}

describe('starting workflows', () => {
  it('starts one for a new order, named after it', async () => {
    await loop.receive({ orderId, lines });
    expect(await drive(await loop.history(orderId))).toEqual(ALL_DONE);
    expect(stepFunctions.executions.get(orderId)).toEqual({
      orderId,
      windowTimeoutSeconds: 31_536_000,
      ...(await causeOf('OrderReceived')),
    });
  });

  it('starts none for a repeated event', async () => {
    await loop.receive({ orderId, lines });
    const events = await loop.history(orderId);
    await drive(events);
    expect(await drive(events)).toEqual(ALL_DONE);
  });

  it('tells it when the delivery window has to be looked at', async () => {
    const today = new Date().toISOString().slice(0, 10);
    await loop.receive({ orderId, lines, deliveryWindow: { start: today, end: today } });
    await drive(await loop.history(orderId));
    expect(stepFunctions.executions.get(orderId)).toMatchObject({ orderId, windowTimeoutSeconds: 1 });
  });

  it('reports what could not be started, with the other orders done', async () => {
    await loop.receive({ orderId, lines });
    const started = await loop.history(orderId);
    await drive(started);
    const other = `${orderId}-B`;
    await loop.receive({ orderId: other, lines });
    stepFunctions.setDown(true);
    const hold = await loop.command(orderId, { type: 'PlaceHold', reason: 'OTHER' });
    expect(await drive([...hold, ...(await loop.history(other))])).toEqual({
      batchItemFailures: [{ itemIdentifier: String(hold.length + 1) }],
    });
    stepFunctions.setDown(false);
    await drive(await loop.history(other));
    expect(stepFunctions.executions.has(other)).toBe(true);
  });
});

describe('answering waits', () => {
  beforeEach(async () => {
    await loop.receive({ orderId, lines: [{ sku: `sku-of-${orderId}`, quantity: 2 }] });
  });
  const allocate = async () => {
    await loop.stock(`sku-of-${orderId}`, 'L1', 2);
    return loop.command(orderId, { type: 'CompleteAllocation' });
  };

  it('ends the wait for allocation when the order may be queued', async () => {
    const token = await waitFor('allocation');
    expect(await drive(await loop.history(orderId))).toEqual(ALL_DONE);
    expect(stepFunctions.answers.has(token)).toBe(false);
    await drive(await allocate());
    expect(stepFunctions.answers.get(token)).toEqual({
      kind: 'success',
      output: { orderId, windowTimeoutSeconds: 31_536_000, ...(await causeOf('OrderAllocated')) },
    });
    expect(await tasks.find(orderId)).toBeNull();
  });

  it('leaves an order waiting that is on hold, until the hold is released', async () => {
    const token = await waitFor('allocation');
    await loop.command(orderId, { type: 'PlaceHold', reason: 'CREDIT_LIMIT' });
    await drive(await allocate());
    expect(stepFunctions.answers.has(token)).toBe(false);
    for (const { holdId } of (await loop.order(orderId)).holds)
      await drive(await loop.command(orderId, { type: 'ReleaseHold', holdId }));
    expect(stepFunctions.answers.get(token)?.kind).toBe('success');
  });

  it('finds nothing to do when the event comes before the token, or twice', async () => {
    const events = await allocate();
    expect(await drive(events)).toEqual(ALL_DONE);
    const token = await waitFor('allocation');
    await drive(events);
    expect(stepFunctions.answers.get(token)?.kind).toBe('success');
    expect(await drive(events)).toEqual(ALL_DONE);
  });

  it('takes a wait that is over already as answered', async () => {
    const token = await waitFor('allocation');
    stepFunctions.end(token);
    expect(await drive(await allocate())).toEqual(ALL_DONE);
    expect(await tasks.find(orderId)).toBeNull();
  });

  it('ends the waits for shipment and delivery', async () => {
    await allocate();
    await loop.command(orderId, { type: 'QueueFulfillment' });
    const shipment = await waitFor('shipment');
    const shipped = await loop.command(orderId, {
      type: 'RecordShipment',
      carrier: 'UPS',
      trackingNumber: orderId,
    });
    await drive(shipped);
    expect(stepFunctions.answers.get(shipment)?.kind).toBe('success');
    const delivery = await waitFor('delivery');
    await drive(shipped);
    expect(stepFunctions.answers.has(delivery)).toBe(false);
    const deliveredAt = new Date().toISOString();
    const shipmentId = `${orderId}-S1`;
    await drive(await loop.command(orderId, { type: 'ConfirmDelivery', shipmentId, deliveredAt }));
    expect(stepFunctions.answers.get(delivery)?.kind).toBe('success');
  });

  it('ends the workflow of a cancelled order, and of a voided one', async () => {
    const token = await waitFor('allocation');
    await drive(await loop.command(orderId, { type: 'CancelOrder', reason: 'customer' }));
    expect(stepFunctions.answers.get(token)).toEqual({ kind: 'failure', error: 'OrderCancelled' });

    orderId = `${orderId}-B`;
    await loop.receive({ orderId, lines: [{ sku: 'never', quantity: 1 }] });
    const other = await waitFor('allocation');
    await drive(await loop.command(orderId, { type: 'VoidOrder' }));
    expect(stepFunctions.answers.get(other)).toEqual({ kind: 'failure', error: 'OrderCancelled' });
  });

  it('has the time to wait worked out again when the delivery window was amended, and only then', async () => {
    const token = await waitFor('allocation');
    await drive(await loop.command(orderId, { type: 'AmendOrder', customerReference: 'C-88' }));
    expect(stepFunctions.answers.has(token)).toBe(false);
    const deliveryWindow = { start: '2030-03-10', end: '2030-03-14' };
    await drive(await loop.command(orderId, { type: 'AmendOrder', deliveryWindow }));
    expect(stepFunctions.answers.get(token)).toEqual({ kind: 'failure', error: 'DeliveryWindowChanged' });
  });

  it('does not remove a newer wait', async () => {
    await waitFor('allocation', 'old');
    const token = await waitFor('allocation', 'new');
    await tasks.remove(orderId, 'old');
    expect(await tasks.find(orderId)).toMatchObject({ taskToken: token });
  });

  it('reports an order that is gone rather than skip it', async () => {
    await waitFor('allocation');
    const events = await loop.command(orderId, { type: 'PlaceHold', reason: 'OTHER' });
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: headerKey(orderId) }));
    expect(await drive(events)).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
  });
});

describe('work in steps whose request died', () => {
  /** Ports of a process that is killed after so many writes of orders. */
  const killable = (writes: number) => {
    let left = writes;
    const save: typeof loop.ports.orders.save = (write) => {
      left -= 1;
      return left < 0 ? Promise.reject(new Error('killed')) : loop.ports.orders.save(write);
    };
    return { ...loop.ports, orders: { ...loop.ports.orders, save } };
  };

  beforeEach(async () => {
    const skus = Array.from({ length: 60 }, (_, index) => `${orderId} part ${index}`);
    for (const sku of skus) await loop.stock(sku, 'L1', 1);
    await loop.receive({ orderId, lines: skus.map((sku) => ({ sku, quantity: 1 })) });
  });

  /** Tells the driver of each event that its own steps add, as the stream does. */
  const driveToTheEnd = async () => {
    let told = (await loop.history(orderId)).length - 1;
    for (;;) {
      const events = (await loop.history(orderId)).slice(told);
      if (events.length === 0) return;
      told += events.length;
      expect(await drive(events)).toEqual(ALL_DONE);
    }
  };

  it('is finished by a step for each event, also after a refused attempt in between', async () => {
    await loop.command(orderId, { type: 'QueueFulfillment' });
    const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'c' } as const;
    const command = { type: 'RecordShipment', carrier: 'UPS', trackingNumber: 'T' } as const;
    await expect(handleOrderCommand(killable(1), { orderId, command, origin })).rejects.toThrow('killed');
    const unfinished = await loop.history(orderId);
    await handleOrderCommand(loop.ports, { orderId, command: { type: 'CloseOrder' }, origin });
    await drive(unfinished.slice(-1));
    const types = (await loop.history(orderId)).slice(unfinished.length).map((event) => event.type);
    expect(types).toEqual(['TransitionRejected', 'ShipmentShipped']);
    await driveToTheEnd();
    expect((await loop.order(orderId)).state).toBe('SHIPPED');
  });

  it('is finished: a cancellation', async () => {
    const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'c' } as const;
    const command = { type: 'CancelOrder', reason: 'customer' } as const;
    await expect(handleOrderCommand(killable(1), { orderId, command, origin })).rejects.toThrow('killed');
    const begun = await loop.order(orderId);
    expect(begun.state).not.toBe('CANCELLED');
    const history = await loop.history(orderId);
    await driveToTheEnd();
    expect((await loop.order(orderId)).state).toBe('CANCELLED');
    const added = (await loop.history(orderId)).slice(history.length);
    expect(added.every((event) => event.actor.id === 'ada' && event.causationId !== undefined)).toBe(true);
  });

  it('is finished: an allocation', async () => {
    await loop.command(orderId, { type: 'ReleaseAllocation' });
    const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'c' } as const;
    const command = { type: 'AllocateOrder' } as const;
    await expect(handleOrderCommand(killable(1), { orderId, command, origin })).rejects.toThrow('killed');
    expect((await loop.order(orderId)).state).toBe('RECEIVED');
    const before = (await loop.history(orderId)).length;
    await driveToTheEnd();
    const order = await loop.order(orderId);
    expect(order.state).toBe('ALLOCATED');
    expect(order.lines.every(({ allocations }) => allocations.length === 1)).toBe(true);
    const added = (await loop.history(orderId)).slice(before);
    expect(added.every((event) => event.actor.id === 'ada' && event.causationId !== undefined)).toBe(true);
  });

  it('is left alone: a reservation that was released on request', async () => {
    await loop.command(orderId, { type: 'ReleaseAllocation' });
    await driveToTheEnd();
    expect((await loop.order(orderId)).state).toBe('RECEIVED');
  });

  it('is finished: a shipment', async () => {
    await loop.command(orderId, { type: 'QueueFulfillment' });
    const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'c' } as const;
    const command = { type: 'RecordShipment', carrier: 'UPS', trackingNumber: 'T' } as const;
    await expect(handleOrderCommand(killable(1), { orderId, command, origin })).rejects.toThrow('killed');
    await driveToTheEnd();
    const order = await loop.order(orderId);
    expect(order.state).toBe('SHIPPED');
    expect(order.shipments).toHaveLength(1);
  });

  it('is done once when the request lives after all', async () => {
    await loop.command(orderId, { type: 'QueueFulfillment' });
    const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'c' } as const;
    const command = { type: 'RecordShipment', carrier: 'UPS', trackingNumber: 'T' } as const;
    const saved = loop.ports.orders.save;
    const told: Promise<unknown>[] = [];
    const ports: typeof loop.ports = {
      ...loop.ports,
      orders: {
        ...loop.ports.orders,
        async save(write) {
          await saved(write);
          told.push(drive(write.events));
        },
      },
    };
    const outcome = await handleOrderCommand(ports, { orderId, command, origin });
    await Promise.all(told);
    expect(outcome).toMatchObject({ kind: 'done', order: { state: 'SHIPPED' } });
    const order = await loop.order(orderId);
    expect(order.state).toBe('SHIPPED');
    expect(order.lines.map((line) => line.shipped)).toEqual(order.lines.map(() => 1));
    const types = (await loop.history(orderId)).map((event) => event.type);
    expect(types).not.toContain('TransitionRejected');
    expect(types.filter((type) => type === 'OrderShipped')).toHaveLength(1);
  });
});
