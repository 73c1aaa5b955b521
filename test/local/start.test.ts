import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningProcess, startProcess } from '../../testing/process.ts';
import { until } from '../../testing/until.ts';

const REPOSITORY = resolve(import.meta.dirname, '..', '..');
const START = join(REPOSITORY, 'local', 'start.ts');
const SCOPES = 'orders/read orders/write inventory/read finance/read';

interface Order {
  readonly orderId: string;
  readonly state: string;
  readonly total: string;
}

interface Column {
  readonly state: string;
  readonly orders: readonly Order[];
}

/** Talks to the running loop as an operator does. */
async function operator(url: string) {
  const given = await fetch(`${url}/dev/token`, { method: 'POST', body: JSON.stringify({ scope: SCOPES }) });
  const { access_token } = (await given.json()) as { access_token: string };
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  const orderIn = (orderId: string, state: string): Promise<Order> =>
    until(
      () => send('GET', `/v1/orders/${orderId}`),
      (order: Order) => order.state === state,
    );
  const eventTypes = async (orderId: string): Promise<readonly string[]> => {
    const { items } = (await send('GET', `/v1/orders/${orderId}/events`)) as { items: { type: string }[] };
    return items.map(({ type }) => type);
  };
  return { send, orderIn, eventTypes };
}

/** Milliseconds: what a killed function was telling a channel is told a minute later, in one of the next tries. */
const UNTIL_TOLD = 120_000;

describe('npm start with everything at its default', () => {
  let folder: string;
  let loop: RunningProcess;
  let sentOrder: string;
  const start = () => startProcess(START, [], { PORT: '0', DATA_DIR: folder, SEED: 'demo' });
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'order-loop-start-'));
    loop = await start();
  });
  afterAll(async () => {
    await loop.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('says where everything is, and that it is ready in its last line', () => {
    expect(loop.output.trimEnd().split('\n').at(-1)).toBe(`ready on ${loop.url}`);
    expect(loop.output).toContain(folder);
    expect(loop.output).toContain(`${loop.url}/v1`);
  });

  test('has the orders of the product page', async () => {
    const { send } = await operator(loop.url);
    const { columns } = (await send('GET', '/v1/board')) as { columns: Column[] };
    const shown = columns.flatMap(({ state, orders }) =>
      orders.map(({ orderId, total }) => `${orderId.slice(-4)} ${state} ${total}`),
    );
    expect(shown.sort()).toEqual([
      '0037 SHIPPED 3040.00',
      '0041 FULFILLMENT_QUEUED 1120.00',
      '0891 SHIPPED 148.00',
      '1042 ALLOCATED 4920.00',
      '1089 FULFILLMENT_QUEUED 2360.00',
      '1102 ALLOCATED 684.00',
    ]);
    expect(await send('GET', '/v1/orders/LMB-ORD-2026-1042/allocation')).toMatchObject({
      items: [
        {
          lotNumber: 'LMB-LOT-2025-002',
          availableBefore: 2840,
          reserved: 480,
          availableAfter: 2360,
          pinned: true,
        },
      ],
    });
  });

  test('takes the sample order as the banner sends it', async () => {
    const command = loop.output.split('\n').find((line) => line.startsWith('curl ')) ?? '';
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `${command} --silent`], {
      cwd: REPOSITORY,
    });
    sentOrder = (JSON.parse(stdout) as { orderId: string }).orderId;
    const { orderIn } = await operator(loop.url);
    await orderIn(sentOrder, 'FULFILLMENT_QUEUED');
  });

  test('carries the order on to its end after kill -9 at every step', async () => {
    const restart = async () => {
      await loop.end('SIGKILL');
      loop = await start();
      return operator(loop.url);
    };
    let person = await restart();
    await person.orderIn(sentOrder, 'FULFILLMENT_QUEUED');
    const parcel = { carrier: 'UPS', trackingNumber: '1Z999AA10123456784' };
    await person.send('POST', `/v1/orders/${sentOrder}/shipments`, parcel);

    person = await restart();
    const { shipments } = (await person.send('GET', `/v1/orders/${sentOrder}`)) as {
      shipments: { shipmentId: string }[];
    };
    const delivery = `/v1/orders/${sentOrder}/shipments/${shipments[0]?.shipmentId}/delivery`;
    await person.send('POST', delivery, { deliveredAt: new Date().toISOString() });

    person = await restart();
    await person.orderIn(sentOrder, 'CLOSED');
    expect(await person.eventTypes(sentOrder)).toEqual([
      'OrderReceived',
      'OrderAllocated',
      'FulfillmentQueued',
      'ShipmentShipped',
      'InvoiceRequested',
      'OrderShipped',
      'ShipmentDelivered',
      'OrderDelivered',
      'OrderClosed',
    ]);
    const { items } = (await person.send('GET', `/dev/executions?name=${sentOrder}`)) as {
      items: { status: string; states: { state: string }[] }[];
    };
    // A restart goes on in the state that was entered; it does not begin anew.
    expect(items[0]?.states.map(({ state }) => state)).toEqual([
      'GracePeriod',
      'AwaitShipment',
      'AwaitDelivery',
      'CloseOrder',
    ]);
  });

  test('a stream that is read from its beginning again changes nothing', { timeout: 300_000 }, async () => {
    const seen = async (send: (method: string, path: string) => Promise<unknown>) => ({
      order: await send('GET', `/v1/orders/${sentOrder}`),
      events: await send('GET', `/v1/orders/${sentOrder}/events`),
      invoices: await send('GET', '/v1/invoices'),
      movements: await send('GET', '/v1/inventory/LMB-BRT-001/movements'),
      documents: await send('GET', `/v1/orders/${sentOrder}/documents`),
      board: await send('GET', '/v1/board'),
    });
    const carried = async (send: (method: string, path: string) => Promise<unknown>) => {
      const { items } = (await send('GET', '/dev/bus')) as { items: { detail: { eventId: string } }[] };
      return items.map(({ detail }) => detail.eventId);
    };
    const resting = async (send: (method: string, path: string) => Promise<unknown>) => {
      const { items } = (await send('GET', '/dev/queues')) as {
        items: { waiting: number; inFlight: number }[];
      };
      return items.every(({ waiting, inFlight }) => waiting + inFlight === 0);
    };
    let { send } = await operator(loop.url);
    await until(
      () => resting(send),
      (isResting) => isResting,
      UNTIL_TOLD,
    );
    const before = await seen(send);
    const known = new Set(await carried(send));
    await loop.end('SIGTERM');
    const journal = new DatabaseSync(join(folder, 'local.db'));
    journal.exec('DELETE FROM checkpoint');
    journal.close();

    loop = await start();
    ({ send } = await operator(loop.url));
    // The bus remembers what it carried before: now it has carried each of them once more.
    await until(
      () => carried(send),
      (all) => all.length >= 2 * known.size,
    );
    await until(
      () => resting(send),
      (isResting) => isResting,
      UNTIL_TOLD,
    );
    expect(new Set(await carried(send))).toEqual(known);
    expect(await seen(send)).toEqual(before);
  });

  test('the consumers did their part: the ledger and the invoice are there', async () => {
    const { send } = await operator(loop.url);
    const kinds = async () => {
      const { items } = (await send('GET', '/v1/inventory/LMB-BRT-001/movements')) as {
        items: { kind: string; orderId?: string }[];
      };
      return items.filter(({ orderId }) => orderId === sentOrder).map(({ kind }) => kind);
    };
    await until(kinds, (found) => found.includes('ALLOCATION') && found.includes('SHIPMENT'));
    const invoices = async () => {
      const { items } = (await send('GET', '/v1/invoices')) as {
        items: { orderId: string; total: string }[];
      };
      return items.map(({ orderId, total }) => `${orderId} ${total}`).sort();
    };
    const booked = await until(invoices, (found) => found.length >= 2);
    expect(booked).toEqual([`${sentOrder} 165.84`, 'LMB-ORD-2026-0037 3040.00'].sort());
  });

  test('stops cleanly when it is asked to', async () => {
    const before = Date.now();
    expect(await loop.end('SIGTERM')).toBe(0);
    expect(Date.now() - before).toBeLessThan(5000);
  });
});

test('a start that cannot work says why in one line', async () => {
  await expect(startProcess(START, [], { PORT: 'x' })).rejects.toThrow(
    /^it ended with 1: Order Loop did not start: PORT is not a port number: x\n$/,
  );
});
