// @module-tag long
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type LoopClient } from '../../testing/client.ts';
import { shopifyMessage } from '../../testing/messages.ts';
import { type RunningProcess, startProcess } from '../../testing/process.ts';
import { until } from '../../testing/until.ts';

/** What `npm start` takes up again after it was killed or stopped. The tests follow one order, one after another. */
const START = join(import.meta.dirname, '..', '..', 'local', 'start.ts');
const SAMPLE = new URL('../../local/sample/shopify-order.json', import.meta.url);

/** Milliseconds: a notification that a killed function had begun is sent again a minute later, in one of the next attempts. */
const UNTIL_NOTIFIED = 120_000;

let folder: string;
let loop: RunningProcess;
let client: LoopClient;
let sentOrder: string;

async function start(): Promise<void> {
  loop = await startProcess(START, [], { PORT: '0', DATA_DIR: folder, SEED: 'demo' });
  client = await connect(loop.url);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'order-loop-start-'));
  await start();
  const message = shopifyMessage('orders/create', readFileSync(SAMPLE), { webhookId: 'start-1' });
  sentOrder = (await client.sendSigned(message)).body.orderId;
  await orderIn('FULFILLMENT_QUEUED');
});

afterAll(async () => {
  await loop.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const get = (path: string) => client.done('GET', path);

const orderIn = (state: string) =>
  until(
    () => get(`/v1/orders/${sentOrder}`),
    (order) => order.state === state,
  );

async function restart(): Promise<void> {
  client.close();
  await loop.end('SIGKILL');
  await start();
}

async function carriedEventIds(): Promise<readonly string[]> {
  const { items } = await client.done<{ items: { detail: { eventId: string } }[] }>('GET', '/dev/bus');
  return items.map(({ detail }) => detail.eventId);
}

/** Waits until no message waits or is under way. */
async function queuesAreEmpty(): Promise<void> {
  await until(
    () => client.done<{ items: { waiting: number; inFlight: number }[] }>('GET', '/dev/queues'),
    ({ items }) => items.every(({ waiting, inFlight }) => waiting + inFlight === 0),
    UNTIL_NOTIFIED,
  );
}

test('carries the order on to its end after kill -9 at every step', async () => {
  await restart();
  await orderIn('FULFILLMENT_QUEUED');
  const parcel = { carrier: 'UPS', trackingNumber: '1Z999AA10123456784' };
  await client.done('POST', `/v1/orders/${sentOrder}/shipments`, { body: parcel });

  await restart();
  const { shipments } = await get(`/v1/orders/${sentOrder}`);
  const delivery = `/v1/orders/${sentOrder}/shipments/${shipments[0]?.shipmentId}/delivery`;
  await client.done('POST', delivery, { body: { deliveredAt: new Date().toISOString() } });

  await restart();
  await orderIn('CLOSED');
  const history = await client.all<{ type: string }>(`/v1/orders/${sentOrder}/events`);
  expect(history.map(({ type }) => type)).toEqual([
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
  const [execution] = (await get(`/dev/executions?name=${sentOrder}`)).items;
  // A restart continues in the state that was entered; it does not begin again.
  expect(execution?.states.map(({ state }: { state: string }) => state)).toEqual([
    'GracePeriod',
    'AwaitShipment',
    'AwaitDelivery',
    'CloseOrder',
  ]);
});

test('a stream that is read from its beginning again changes nothing', { timeout: 300_000 }, async () => {
  const seen = async () => ({
    order: await get(`/v1/orders/${sentOrder}`),
    events: await get(`/v1/orders/${sentOrder}/events`),
    invoices: await get('/v1/invoices'),
    movements: await get('/v1/inventory/LMB-BRT-001/movements'),
    documents: await get(`/v1/orders/${sentOrder}/documents`),
    board: await get('/v1/board'),
  });
  await queuesAreEmpty();
  const before = await seen();
  const known = new Set(await carriedEventIds());
  client.close();
  await loop.end('SIGTERM');
  const journal = new DatabaseSync(join(folder, 'local.db'));
  journal.exec('DELETE FROM checkpoint');
  journal.close();

  await start();
  // The bus remembers what it carried before: now it has carried each of them once more.
  await until(carriedEventIds, (all) => all.length >= 2 * known.size);
  await queuesAreEmpty();
  expect(new Set(await carriedEventIds())).toEqual(known);
  expect(await seen()).toEqual(before);
});

test('the consumers did their part: the ledger and the invoice are there', async () => {
  const kinds = async () => {
    const { items } = await get('/v1/inventory/LMB-BRT-001/movements');
    return (items as { kind: string; orderId?: string }[])
      .filter(({ orderId }) => orderId === sentOrder)
      .map(({ kind }) => kind);
  };
  await until(kinds, (found) => found.includes('ALLOCATION') && found.includes('SHIPMENT'));
  const invoices = async () => {
    const { items } = await get('/v1/invoices');
    return (items as { orderId: string; total: string }[])
      .map(({ orderId, total }) => `${orderId} ${total}`)
      .sort();
  };
  const booked = await until(invoices, (found) => found.length >= 2);
  expect(booked).toEqual([`${sentOrder} 165.84`, 'LMB-ORD-2026-0037 3040.00'].sort());
});
