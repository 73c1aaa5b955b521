import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { invoiceStore } from '../../functions/adapters/dynamodb/invoice-store.ts';
import { ledgerStore } from '../../functions/adapters/dynamodb/ledger-store.ts';
import type { OrderEnvelope } from '../../functions/events/envelope.ts';
import { TEST_ENVIRONMENT, useAws } from '../../testing/aws.ts';
import fc from '../../testing/fast-check.ts';
import { testLoop } from '../../testing/loop.ts';
import { caseCount } from '../../testing/property-runs.ts';
import { busMessage, type Consumer, deliver } from '../../testing/queue.ts';
import { useStore } from '../../testing/store.ts';

const RUNS = caseCount(8);

const store = useStore();
const aws = useAws({});
let history: readonly OrderEnvelope[];

/** Three orders of two SKUs: one ships in parts and comes back in part, one waits for stock, one is cancelled. */
beforeAll(async () => {
  const loop = testLoop(await store.newTable());
  await loop.stock('SHIRT', 'L1', 20);
  await loop.stock('CAP', 'L2', 9);
  const lines = [
    { sku: 'SHIRT', quantity: 8, unitPrice: '20.333' },
    { sku: 'CAP', quantity: 4, unitPrice: '3.075' },
  ];
  const ids = ['1', '2', '3'].map((number) => `LMB-ORD-2026-000${number}`);
  for (const orderId of ids)
    await loop.receive({
      orderId,
      orderType: 'B2B',
      purchaseOrderNumber: `PO-${orderId}`,
      paymentTerms: 'NET30',
      lines,
    });
  const [first = '', second = '', third = ''] = ids;
  await loop.command(third, { type: 'CancelOrder', reason: 'customer' });
  for (const orderId of [first, second]) await loop.command(orderId, { type: 'QueueFulfillment' });
  const shipment = { type: 'RecordShipment', carrier: 'UPS' } as const;
  await loop.command(first, { ...shipment, trackingNumber: 'T1', lines: [{ lineNumber: 1, quantity: 3 }] });
  await loop.command(first, { ...shipment, trackingNumber: 'T2' });
  await loop.command(second, { ...shipment, trackingNumber: 'T3' });
  const deliveredAt = new Date().toISOString();
  await loop.command(first, { type: 'ConfirmDelivery', shipmentId: `${first}-S2`, deliveredAt });
  await loop.command(first, {
    type: 'ReceiveReturn',
    lines: [{ lineNumber: 2, quantity: 2, disposition: 'RESTOCK' }],
  });
  history = (await Promise.all(ids.map((orderId) => loop.history(orderId)))).flat();
});

/** The consumer as it is deployed for a table. */
async function consumerOf(table: Table, name: string): Promise<Consumer> {
  Object.assign(process.env, TEST_ENVIRONMENT, {
    TABLE_NAME: table.name,
    AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
    AWS_ENDPOINT_URL_SQS: aws.endpoint,
    QUEUE_URL: `${aws.endpoint}/own`,
  });
  vi.resetModules();
  const folder = '../../functions/consumers';
  return ((await import(`${folder}/${name}.ts`)) as { handler: Consumer }).handler;
}

interface Arrivals {
  /** Indexes of what comes at first: some events, in any order, some of them several times. */
  readonly first: readonly number[];
  /** Indexes of everything, in any order. */
  readonly later: readonly number[];
}

const arrivals = () => {
  const indexes = history.map((_, index) => index);
  return fc.record<Arrivals>({
    first: fc.array(fc.constantFrom(...indexes), { maxLength: 2 * indexes.length }),
    later: fc.shuffledSubarray(indexes, { minLength: indexes.length }),
  });
};

/** What a message is like that its consumer cannot take, and what it is like after a deployment that can. */
function spoil(event: OrderEnvelope | undefined) {
  return { poison: { ...event, data: {} }, heal: event };
}

const asMessage = (detail: unknown) => busMessage(detail as OrderEnvelope);

interface Subject {
  readonly name: string;
  /** Everything that the consumer has written. */
  state(table: Table): Promise<unknown>;
}

const SUBJECTS: readonly Subject[] = [
  {
    name: 'finance',
    state: async (table) => (await invoiceStore(table).list(100, null)).items,
  },
  {
    name: 'inventory',
    state: async (table) => {
      const ledger = ledgerStore(table);
      const pages = await Promise.all(['SHIRT', 'CAP'].map((sku) => ledger.list(sku, 200, null)));
      return pages.map(({ items }) => items);
    },
  },
];

test('a message whose consumer fails is alone in coming again, and comes to the same five times later', async () => {
  const table = await store.newTable();
  const consumer = await consumerOf(table, 'finance');
  const asked = history.filter(({ type }) => type === 'InvoiceRequested' || type === 'CreditRequested');
  expect(asked.length).toBeGreaterThanOrEqual(4);
  const { poison, heal } = spoil(asked[2]);
  expect(await deliver(consumer, [...asked.slice(0, 2), poison, ...asked.slice(3)].map(asMessage))).toEqual([
    2,
  ]);
  const book = async () => (await invoiceStore(table).list(100, null)).items;
  expect(await book()).toHaveLength(asked.length - 1);
  for (let time = 0; time < 5; time++)
    expect(await deliver(consumer, [heal, ...asked].map(asMessage))).toEqual([]);
  expect(await book()).toHaveLength(asked.length);
});

describe.each(SUBJECTS)('what $name has written in the end', ({ name, state }) => {
  test('is the same whatever came first, came again, was missing for a while, or is told again as a whole', async () => {
    const inOrder = await store.newTable();
    expect(await deliver(await consumerOf(inOrder, name), history.map(busMessage))).toEqual([]);
    const expected = await state(inOrder);
    expect(JSON.stringify(expected).length).toBeGreaterThan(1000);

    await fc.assert(
      fc.asyncProperty(arrivals(), async ({ first, later }) => {
        const table = await store.newTable();
        const consumer = await consumerOf(table, name);
        const eventsAt = (indexes: readonly number[]) =>
          indexes.map((index) => history[index]).filter((event) => event !== undefined);
        expect(await deliver(consumer, eventsAt(first).map(busMessage))).toEqual([]);
        expect(await deliver(consumer, eventsAt(later).map(busMessage))).toEqual([]);
        expect(await state(table)).toEqual(expected);
        const again = history.map((event) => ({ ...event, replay: true as const, replayId: 'R1' }));
        expect(await deliver(consumer, again.map(busMessage))).toEqual([]);
        expect(await state(table)).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });
});
