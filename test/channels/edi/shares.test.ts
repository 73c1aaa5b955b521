import { describe, expect, test } from 'vitest';
import type { Table } from '../../../functions/adapters/dynamodb/client.ts';
import { controlNumbers } from '../../../functions/adapters/dynamodb/control-numbers.ts';
import { documentStore } from '../../../functions/adapters/dynamodb/document-store.ts';
import { findDrift } from '../../../functions/adapters/dynamodb/drift.ts';
import { invoiceStore } from '../../../functions/adapters/dynamodb/invoice-store.ts';
import { messageLog } from '../../../functions/adapters/dynamodb/message-log.ts';
import { orderNumbers } from '../../../functions/adapters/dynamodb/order-numbers.ts';
import { processSets } from '../../../functions/channels/edi/inbound/process-set.ts';
import { translateOrder } from '../../../functions/channels/edi/inbound/translate-order.ts';
import {
  readInterchanges,
  readPurchaseOrder,
  validateInterchange,
} from '../../../functions/channels/edi/x12/index.ts';
import { messageIdOf } from '../../../functions/messages/message-log.ts';
import { receiveOrder } from '../../../functions/orders/receive-order.ts';
import { pause } from '../../../functions/wiring.ts';
import { FAULTS, injectFaults } from '../../../testing/faults.ts';
import { testLoop } from '../../../testing/loop.ts';
import { useStore } from '../../../testing/store.ts';
import { sketch } from './x12/support.ts';

const store = useStore();
const SENDER = { name: 'CHAIN', identity: 'ZZ:CHAIN', isaId: 'CHAIN' };
const ORIGIN = { actor: { type: 'channel', id: 'chain' }, correlationId: 'c' } as const;

/** One purchase order that is divided among so many stores, each of which gets two units of A and one of B. */
function divided(stores: number) {
  const locations = Array.from({ length: stores }, (_, index) => `S${String(index + 1).padStart(3, '0')}`);
  const shares = (quantity: number) =>
    Array.from({ length: Math.ceil(stores / 10) }, (_, row) =>
      ['SDQ*EA*92', ...locations.slice(row * 10, row * 10 + 10).flatMap((each) => [each, quantity])].join(
        '*',
      ),
    );
  const body = [
    ...['BEG*00*SA*PO-1**20260401', 'CUR*BY*USD', 'N1*BY*CHAIN*92*HQ'],
    ...[`PO1*1*${stores * 2}*EA*2**VN*A`, ...shares(2), `PO1*2*${stores}*EA*3**VN*B`, ...shares(1)],
    'CTT*2',
  ];
  const [interchange] = readInterchanges(Buffer.from(sketch('850', body)));
  if (interchange?.kind !== 'interchange') throw new Error('not read');
  const report = validateInterchange(interchange, {
    ...{ acceptErrors: false, senderKnown: true, addressedToUs: true, duplicate: false },
  });
  const set = report.groups[0]?.sets[0]?.set;
  if (set === undefined) throw new Error('no set');
  return { report, documents: readPurchaseOrder(set), locations };
}

async function fixture(stores: number) {
  const table = await store.newTable();
  const made = testLoop(table);
  const loop = { ...made, ports: { ...made.ports, numbers: orderNumbers(table, 'LMB-ORD') } };
  await loop.stock('A', 'LOT', stores * 2 - 1);
  await loop.stock('B', 'LOT', stores);
  const { report, documents, locations } = divided(stores);
  const log = messageLog(table);
  const messageId = messageIdOf('edi', 'CHAIN', 'PO-1');
  const message = { messageId, channel: 'EDI', receivedAt: loop.ports.now(), wasQuarantined: false } as const;
  const send = (ports = loop.ports) =>
    processSets(ports, report, {
      ...{ sender: SENDER, origin: ORIGIN, deadline: Date.now() + 60_000, log, body: Buffer.from('') },
      invoices: invoiceStore(table),
      answers: {
        numbers: controlNumbers(table, pause),
        documents: documentStore(table),
        now: loop.ports.now,
      },
      messageAt: (position, topic) => ({
        ...message,
        part: {
          ...{ messageId, channel: 'EDI', receivedAt: message.receivedAt, endpoint: 'edi', topic },
          ...{ connectionId: 'chain', source: SENDER.identity, place: [0, position], correlationId: 'c' },
          ...{ proof: { method: 'test', secretName: null }, actor: ORIGIN.actor },
        },
      }),
    });
  const logged = async () => (await log.list({}, 10, null)).items;
  const booked = async () => {
    const orderIds = await loop.ports.orders.findDocument('EDI', SENDER.identity, 'PO-1');
    const orders = await Promise.all(orderIds.map((orderId) => loop.order(orderId)));
    expect(locations.map((each) => `PO-1 ${each}`)).toEqual(
      expect.arrayContaining(orders.map(({ externalId }) => externalId)),
    );
    return orderIds;
  };
  return { table, loop, documents, send, booked, logged };
}

async function expectWhole({ table, loop, booked }: Awaited<ReturnType<typeof fixture>>, stores: number) {
  const orderIds = await booked();
  expect(orderIds).toHaveLength(stores);
  const orders = await Promise.all(orderIds.map((orderId) => loop.order(orderId)));
  for (const { lines } of orders) {
    expect(lines.map(({ sku, ordered }) => [sku, ordered])).toEqual([
      ['A', 2],
      ['B', 1],
    ]);
  }
  // One unit is short, whatever was tried on the way.
  const lacking = orders.flatMap(({ lines }) => lines.map(({ backordered }) => backordered));
  expect(lacking.reduce((sum, each) => sum + each, 0)).toBe(1);
  expect((await findDrift(table, null, Number.POSITIVE_INFINITY)).items).toEqual([]);
}

const transactions = (table: Table, choose: (number: number) => (typeof FAULTS)[number] | null) => {
  let number = 0;
  return injectFaults(table, ({ command }) => {
    if (command !== 'TransactWriteItemsCommand') return null;
    number += 1;
    return choose(number);
  });
};

describe('a purchase order that is divided among stores', () => {
  test('is booked whole, or not at all, when the store fails', () => expectAllOrNothing('conflict'));

  test.each(FAULTS.filter((fault) => fault !== 'conflict'))(
    'is booked whole, or not at all, when the store fails otherwise: %s',
    { tags: 'long' },
    expectAllOrNothing,
  );

  async function expectAllOrNothing(fault: (typeof FAULTS)[number]) {
    const at = await fixture(5);
    const end = transactions(at.table, (number) => (number % 2 === 1 ? fault : null));
    try {
      await at.send();
    } catch {
      expect([0, 5]).toContain((await at.booked()).length);
    } finally {
      end();
    }
    expect([0, 5]).toContain((await at.booked()).length);
    expect(await at.send()).toMatchObject([{ orderIds: await at.booked() }]);
    for (const orderId of await at.booked()) await at.loop.command(orderId, { type: 'CompleteAllocation' });
    await expectWhole(at, 5);
    const [message] = await at.logged();
    expect([message?.state, message?.orderIds.toSorted()]).toEqual([
      'PROCESSED',
      (await at.booked()).toSorted(),
    ]);
  }

  test('is booked once when it comes several times at once', async () => {
    const at = await fixture(12);
    await Promise.all([at.send(), at.send(), at.send()]);
    await expectWhole(at, 12);
  });

  test('is completed by its repeat when it was cut off, and is not logged as processed until then', async () => {
    const at = await fixture(45);
    let saves = 0;
    const saveBatch: typeof at.loop.ports.orders.saveBatch = (writes) => {
      saves += 1;
      return saves === 2 ? Promise.reject(new Error('killed')) : at.loop.ports.orders.saveBatch(writes);
    };
    const killed = { ...at.loop.ports, orders: { ...at.loop.ports.orders, saveBatch } };
    await expect(at.send(killed)).rejects.toThrow('killed');
    expect((await at.booked()).length).toBeLessThan(45);
    expect(await at.logged()).toEqual([]);
    expect(await at.send()).toMatchObject([{ kind: 'booked' }]);
    await expectWhole(at, 45);
  });

  test('is refused whole when another order uses its number', async () => {
    const at = await fixture(5);
    const translation = translateOrder(at.documents[2] ?? fail(), SENDER, 'digest');
    if (!('command' in translation)) throw new Error('not translated');
    const { source: _, externalId: __, ...byHand } = translation.command;
    await receiveOrder(at.loop.ports, { command: { ...byHand, channel: 'MANUAL' }, origin: ORIGIN });
    expect(await at.send()).toMatchObject([
      { kind: 'quarantined', reason: expect.stringContaining('another order') },
    ]);
    expect(await at.booked()).toEqual([]);
    expect((await findDrift(at.table, null, Number.POSITIVE_INFINITY)).items).toEqual([]);
  });
});

function fail(): never {
  throw new Error('no such share');
}
