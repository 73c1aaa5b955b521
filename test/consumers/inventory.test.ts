import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Movement } from '../../contract/movements.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { ledgerStore } from '../../functions/adapters/dynamodb/ledger-store.ts';
import type { Envelope } from '../../functions/events/envelope.ts';
import { handleLotCommand } from '../../functions/inventory/handle-lot-command.ts';
import { bodyDigest } from '../../local/events/queues.ts';
import { TEST_ENVIRONMENT, useAws } from '../../testing/aws.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { busMessage, type Consumer, deliver, shuffledWithRepeats } from '../../testing/queue.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
let table: Table;
let loop: TestLoop;
let consumer: Consumer;

/** Messages that the consumer put back into its queue. */
const sentAgain: string[] = [];
const aws = useAws({
  'AmazonSQS.SendMessage': ({ MessageBody }) => {
    sentAgain.push(String(MessageBody));
    return { MessageId: String(sentAgain.length), MD5OfMessageBody: bodyDigest(String(MessageBody)) };
  },
});

/** The consumer as it is deployed for a table. */
async function consumerOf(target: Table): Promise<Consumer> {
  Object.assign(process.env, TEST_ENVIRONMENT, {
    TABLE_NAME: target.name,
    AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
    AWS_ENDPOINT_URL_SQS: aws.endpoint,
    QUEUE_URL: `${aws.endpoint}/inventory`,
  });
  vi.resetModules();
  return (await import('../../functions/consumers/inventory.ts')).handler;
}

beforeAll(async () => {
  table = await store.newTable();
  loop = testLoop(table);
  consumer = await consumerOf(table);
});

const consume = async (events: readonly Envelope[], milliseconds?: number) =>
  deliver(consumer, events.map(busMessage), milliseconds);
const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'test' } as const;

async function changeLot(sku: string, lotNumber: string, change: 'HOLD' | 'AVAILABLE' | number) {
  const reason = 'test';
  const command =
    typeof change === 'number'
      ? ({ type: 'AdjustStock', sku, lotNumber, adjustment: change, reason } as const)
      : ({ type: 'ChangeLotStatus', sku, lotNumber, status: change, reason } as const);
  const outcome = await handleLotCommand(loop.ports, { command, origin });
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.events;
}

const lotsOf = async (sku: string) => (await loop.ports.stock.lotsOf([sku])).get(sku) ?? [];
const reservedBy = async (orderId: string) =>
  (await loop.order(orderId)).lines.flatMap((line) =>
    line.allocations
      .filter(({ quantity }) => quantity > 0)
      .map(({ lotNumber, quantity }) => ({ lotNumber, quantity })),
  );

describe('the ledger of movements', () => {
  const sku = 'LMB-BRS-001';
  const events: Envelope[] = [];

  /** Everything that can happen to a lot, as it was recorded. */
  beforeAll(async () => {
    const ids = ['A', 'B', 'C'].map((letter) => `LMB-ORD-2026-${letter}`);
    const [shipped, cancelled, released] = ids as [string, string, string];
    events.push(...(await loop.stock(sku, 'L1', 30)), ...(await loop.stock(sku, 'L2', 30)));
    for (const orderId of ids) await loop.receive({ orderId, lines: [{ sku, quantity: 10 }] });
    await loop.command(shipped, { type: 'QueueFulfillment' });
    const shipment = { type: 'RecordShipment', carrier: 'UPS' } as const;
    const other = [{ lineNumber: 1, quantity: 4, lotNumber: 'L2' }];
    await loop.command(shipped, { ...shipment, trackingNumber: 'T1', lines: other });
    await loop.command(shipped, { ...shipment, trackingNumber: 'T2' });
    const deliveredAt = new Date().toISOString();
    for (const { shipmentId } of (await loop.order(shipped)).shipments)
      await loop.command(shipped, { type: 'ConfirmDelivery', shipmentId, deliveredAt });
    await loop.command(shipped, {
      type: 'ReceiveReturn',
      lines: [
        { lineNumber: 1, quantity: 1, disposition: 'RESTOCK', lotNumber: 'L1' },
        { lineNumber: 1, quantity: 1, disposition: 'QUARANTINE', lotNumber: 'L1' },
        { lineNumber: 1, quantity: 1, disposition: 'WRITE_OFF', lotNumber: 'L1' },
      ],
    });
    const lines = [{ lineNumber: 1, quantity: 3 }];
    await loop.command(cancelled, { type: 'CancelOrder', reason: 'customer', lines });
    await loop.command(cancelled, { type: 'CancelOrder', reason: 'customer' });
    await loop.command(released, { type: 'ReleaseAllocation' });
    events.push(...(await changeLot(sku, 'L2', -2)));
    for (const orderId of ids) events.push(...(await loop.history(orderId)));
  });

  const ledgerIn = async (target: Table) => (await ledgerStore(target).list(sku, 1000, null)).items;

  it('has each movement once, in the shape that the API shows', async () => {
    expect(await consume(events)).toEqual([]);
    const movements = await ledgerIn(table);
    for (const movement of movements) expect(Movement.parse(movement)).toEqual(movement);
    const kinds = Map.groupBy(movements, ({ kind }) => kind);
    expect([...kinds.keys()].sort()).toEqual([
      'ADJUSTMENT',
      'ALLOCATION',
      'RECEIPT',
      'RELEASE',
      'RETURN',
      'SHIPMENT',
    ]);
    expect(
      kinds
        .get('RETURN')
        ?.map(({ disposition }) => disposition)
        .sort(),
    ).toEqual(['QUARANTINE', 'RESTOCK']);
    expect(new Set(movements.map(({ movementId }) => movementId)).size).toBe(movements.length);
  });

  it('agrees with what the lots have on hand and reserved', async () => {
    const movements = await ledgerIn(table);
    for (const lot of await lotsOf(sku)) {
      const units = (kind: string) =>
        movements
          .filter((movement) => movement.lotNumber === lot.lotNumber && movement.kind === kind)
          .reduce((total, { quantity }) => total + quantity, 0);
      const onHand = units('RECEIPT') + units('ADJUSTMENT') + units('RETURN') - units('SHIPMENT');
      expect(onHand, lot.lotNumber).toBe(lot.available + lot.reserved);
      expect(units('ALLOCATION') - units('RELEASE') - units('SHIPMENT'), lot.lotNumber).toBe(lot.reserved);
    }
  });

  it('is the same however often and in whatever order the events come', async () => {
    const before = { movements: await ledgerIn(table), lots: await lotsOf(sku) };
    for (const seed of [1, 2, 3]) expect(await consume(shuffledWithRepeats(events, seed))).toEqual([]);
    expect({ movements: await ledgerIn(table), lots: await lotsOf(sku) }).toEqual(before);

    const fresh = await store.newTable();
    const elsewhere = await consumerOf(fresh);
    await deliver(elsewhere, shuffledWithRepeats(events, 4).map(busMessage));
    expect(await ledgerIn(fresh)).toEqual(before.movements);
  });

  it('is read in pages, newest first', async () => {
    const ledger = ledgerStore(table);
    const whole = await ledgerIn(table);
    const paged: Movement[] = [];
    let position: string | null = null;
    let pages = 0;
    do {
      const page: Awaited<ReturnType<typeof ledger.list>> = await ledger.list(sku, 4, position);
      paged.push(...page.items);
      position = page.next;
      pages += 1;
    } while (position !== null);
    expect(paged).toEqual(whole);
    expect(pages).toBe(Math.ceil(whole.length / 4));
    expect(whole.map(({ occurredAt }) => occurredAt)).toEqual(
      whole
        .map(({ occurredAt }) => occurredAt)
        .sort()
        .reverse(),
    );
  });
});

describe('orders that wait for stock', () => {
  it('are served when it comes, the one received first first', async () => {
    const sku = 'arrives-late';
    for (const letter of ['A', 'B', 'C'])
      await loop.receive({ orderId: `WAIT-${letter}`, lines: [{ sku, quantity: 2 }] });
    const received = await loop.stock(sku, 'L1', 5);
    expect(await consume(received)).toEqual([]);
    expect(await reservedBy('WAIT-A')).toEqual([{ lotNumber: 'L1', quantity: 2 }]);
    expect(await reservedBy('WAIT-B')).toEqual([{ lotNumber: 'L1', quantity: 2 }]);
    expect(await reservedBy('WAIT-C')).toEqual([{ lotNumber: 'L1', quantity: 1 }]);
    const served = (await loop.history('WAIT-A')).at(-1);
    expect(served).toMatchObject({ causationId: received[0]?.eventId, actor: { id: 'inventory' } });
    expect(await consume([...received, ...received])).toEqual([]);
    expect(await lotsOf(sku)).toMatchObject([{ available: 0, reserved: 5 }]);
  });

  it('are served by what a cancelled order gives back', async () => {
    const sku = 'given-back';
    await loop.stock(sku, 'L1', 2);
    await loop.receive({ orderId: 'GIVES', lines: [{ sku, quantity: 2 }] });
    await loop.receive({ orderId: 'TAKES', lines: [{ sku, quantity: 2 }] });
    expect(await consume(await loop.command('GIVES', { type: 'CancelOrder', reason: 'x' }))).toEqual([]);
    expect(await reservedBy('TAKES')).toEqual([{ lotNumber: 'L1', quantity: 2 }]);
  });

  it('are looked at once more when they begin to wait, for stock that came meanwhile', async () => {
    const sku = 'came-meanwhile';
    await loop.receive({ orderId: 'CROSSED', lines: [{ sku, quantity: 2 }] });
    // Its own event was consumed before the order was written: nobody waited yet.
    await loop.stock(sku, 'L1', 2);
    const waits = (await loop.history('CROSSED')).filter(({ type }) => type === 'OrderBackordered');
    expect(await consume(waits)).toEqual([]);
    expect((await loop.order('CROSSED')).state).toBe('ALLOCATED');
  });

  it('are served in several goes when there is no time for all of them', async () => {
    const sku = 'too-many';
    for (const letter of ['A', 'B'])
      await loop.receive({ orderId: `MANY-${letter}`, lines: [{ sku, quantity: 1 }] });
    const received = await loop.stock(sku, 'L1', 2);
    expect(await consume(received, 0)).toEqual([]);
    expect(await reservedBy('MANY-A')).toEqual([]);
    // What is left comes again as a message of its own, and counts as no failed try.
    const rest = sentAgain.splice(0);
    expect(rest).toHaveLength(1);
    expect(await deliver(consumer, rest)).toEqual([]);
    expect(await reservedBy('MANY-B')).toHaveLength(1);
    expect(sentAgain).toEqual([]);
  });

  it('are looked at from where the message before stopped', async () => {
    const sku = 'in-turns';
    for (const letter of ['A', 'B', 'C'])
      await loop.receive({ orderId: `TURN-${letter}`, lines: [{ sku, quantity: 1 }] });
    const [received] = await loop.stock(sku, 'L1', 9);
    const positions: string[] = [];
    for await (const { position } of loop.ports.stock.linesWaitingFor(sku)) positions.push(position);
    const message = { ...Object(busMessage(received as Envelope)), left: { sku, after: positions[1] } };
    expect(await deliver(consumer, [message], 0)).toEqual([]);
    // Without any time it comes again as it was.
    const rest = sentAgain.splice(0);
    expect(rest.map((body) => JSON.parse(body))).toEqual([message]);
    expect(await deliver(consumer, rest)).toEqual([]);
    const states = ['A', 'B', 'C'].map(async (letter) => (await loop.order(`TURN-${letter}`)).state);
    expect(await Promise.all(states)).toEqual(['RECEIVED', 'RECEIVED', 'ALLOCATED']);
  });

  it('hear nothing of events that came too late for them', async () => {
    const sku = 'too-late';
    await loop.receive({ orderId: 'LATE', lines: [{ sku, quantity: 1 }] });
    const received = await loop.stock(sku, 'L1', 1);
    await loop.command('LATE', { type: 'CancelOrder', reason: 'x' });
    expect(await consume(received)).toEqual([]);
    expect((await loop.history('LATE')).map(({ type }) => type)).not.toContain('TransitionRejected');
  });
});

describe('a lot that may no longer be used', () => {
  it('loses its orders to other lots, or to waiting', async () => {
    const sku = 'recalled';
    await loop.stock(sku, 'L1', 4);
    for (const letter of ['A', 'B'])
      await loop.receive({ orderId: `RECALL-${letter}`, lines: [{ sku, quantity: 2 }] });
    await loop.stock(sku, 'L2', 3);
    const held = await changeLot(sku, 'L1', 'HOLD');
    expect(await consume([...held, ...held])).toEqual([]);
    const reserved = [...(await reservedBy('RECALL-A')), ...(await reservedBy('RECALL-B'))];
    expect(reserved.every(({ lotNumber }) => lotNumber === 'L2')).toBe(true);
    expect(reserved.reduce((total, { quantity }) => total + quantity, 0)).toBe(3);
    const lots = await lotsOf(sku);
    expect(lots.find(({ lotNumber }) => lotNumber === 'L1')).toMatchObject({ available: 4, reserved: 0 });

    expect(await consume(await changeLot(sku, 'L1', 'AVAILABLE'))).toEqual([]);
    const orders = await Promise.all(['RECALL-A', 'RECALL-B'].map((orderId) => loop.order(orderId)));
    expect(orders.flatMap(({ lines }) => lines.map(({ backordered }) => backordered))).toEqual([0, 0]);
  });

  it('keeps its orders when the word of it comes after it is good again', async () => {
    const sku = 'good-again';
    await loop.stock(sku, 'L1', 2);
    await loop.receive({ orderId: 'KEEPS', lines: [{ sku, quantity: 2 }] });
    const held = await changeLot(sku, 'L1', 'HOLD');
    const good = await changeLot(sku, 'L1', 'AVAILABLE');
    expect(await consume([...good, ...held])).toEqual([]);
    expect(await reservedBy('KEEPS')).toEqual([{ lotNumber: 'L1', quantity: 2 }]);
  });
});
