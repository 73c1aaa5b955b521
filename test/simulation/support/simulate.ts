import { isDeepStrictEqual } from 'node:util';
import type { Table } from '../../../functions/adapters/dynamodb/client.ts';
import { findDrift } from '../../../functions/adapters/dynamodb/drift.ts';
import { invoiceStore } from '../../../functions/adapters/dynamodb/invoice-store.ts';
import { ledgerStore } from '../../../functions/adapters/dynamodb/ledger-store.ts';
import { orderNumbers } from '../../../functions/adapters/dynamodb/order-numbers.ts';
import { orderStore } from '../../../functions/adapters/dynamodb/order-store.ts';
import { stockStore } from '../../../functions/adapters/dynamodb/stock-store.ts';
import { apply } from '../../../functions/orders/handle-order-command.ts';
import type { Ports } from '../../../functions/orders/ports.ts';
import { createPorts } from '../../../functions/wiring.ts';
import { FAULTS, injectFaults } from '../../../testing/faults.ts';
import { seededRandom } from '../../../testing/random.ts';
import { channels } from './channels.ts';
import { customer, nothingAnswered, SKUS, stockClerk, warehouse } from './customers.ts';
import { desk } from './desk.ts';
import { type Listeners, listeners } from './listeners.ts';
import { machinery } from './machinery.ts';
import { scheduler } from './scheduler.ts';
import { captureStream } from './stream.ts';

/** Customers that order in one round, and messages of each channel. */
const CUSTOMERS = 4;
const MESSAGES = 2;
/** How often the warehouse looks at all orders in one round, while everything fails. */
const SHIFTS = 3;
/** Virtual milliseconds after which a customer calls at the latest. */
const MAX_THOUGHT = 300_000;
/** Turns after which a round that does not end is taken for one that never will. */
const MAX_TURNS = 60_000;

export interface SimulationOptions {
  /** The table with its faults, and the same table without any. */
  readonly table: Table;
  readonly clean: Table;
  readonly seed: number;
  /** Turns after which no further round is begun. */
  readonly steps: number;
  /** How likely a request goes wrong, from 0 to 0.3. */
  readonly rate: number;
}

export interface SimulationReport {
  readonly seed: number;
  readonly steps: number;
  readonly rate: number;
  readonly orders: number;
  readonly writes: number;
  readonly events: number;
  readonly faults: number;
  /** Equal for equal runs. */
  readonly trace: string;
}

/**
 * Lets customers, the warehouse, consumers and workflows work at once on a store and services that fail, in an order
 * that the seed fixes, and holds what is stored against the promises after each write.
 *
 * @throws Error that names the broken promise and the turn
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const { table, clean, seed, steps, rate } = options;
  const random = seededRandom(seed);
  const turns = scheduler(random.fork());
  const choice = random.fork();
  let faults = 0;
  let isHealed = false;
  const stream = captureStream(table);
  injectFaults(table, () => {
    if (isHealed || !choice.happens(rate)) return null;
    faults += 1;
    return choice.pick(FAULTS);
  });
  turns.schedule(table);
  let ids = 0;
  const ports: Ports = {
    ...createPorts(table, { receivesOrders: false }),
    numbers: orderNumbers(table, 'SIM-ORD'),
    now: turns.now,
    newId: () => `${++ids}`.padStart(26, '0'),
    pause: () => turns.turn('pause'),
  };
  const answered = nothingAnswered();
  const world = { table, ports, stream, scheduler: turns, rate: () => (isHealed ? 0 : rate) };
  const heard = listeners({ ...world, random: random.fork() });
  const services = machinery({ ...world, random: random.fork() }, heard);
  const senders = channels(table, ports, answered, heard);
  const check = promises(clean);
  let [taken, writes, seen] = [0, 0, 0];
  const after = async () => {
    if (heard.lies[0] !== undefined) throw new Error(heard.lies[0]);
    if (stream.writes === writes) return;
    writes = stream.writes;
    const touched = stream.events.slice(seen).flatMap((event) => ('orderId' in event ? [event.orderId] : []));
    seen = stream.events.length;
    await turns.unscheduled(() => check.afterWrite(new Set(touched)));
  };
  /** Takes turns until the work is done. */
  const until = async (work: Promise<unknown>) => {
    let isDone = false;
    const ending = work.finally(() => {
      isDone = true;
    });
    ending.catch(() => {});
    const before = taken;
    while (!isDone && taken - before < MAX_TURNS) {
      const now = await turns.run(1, after);
      taken += now;
      if (now === 0 && !isDone) throw new Error('everything waits for something that never comes');
    }
    if (!isDone) throw new Error(`a round did not end in ${MAX_TURNS} turns`);
    await ending;
  };
  try {
    for (let customers = 0; taken < steps; customers += CUSTOMERS) {
      isHealed = false;
      const round = Array.from({ length: CUSTOMERS }, (_, index) =>
        customer(ports, answered, random.fork(), customers + index),
      );
      const call = async (orderId: string, when: string) => {
        await turns.sleep('desk', random.below(MAX_THOUGHT));
        await desk(ports, random.fork(), orderId, `${customers} ${when}`);
      };
      const messages = senders.flatMap((send) =>
        Array.from({ length: MESSAGES }, async (_, index) =>
          call(await send(customers + index, random.fork()), 'at once'),
        ),
      );
      const stock = stockClerk(ports, answered, random.fork(), `${customers}`, 4);
      await until(Promise.all([...round, ...messages, stock, services.pump()]));
      for (let shift = 0; shift < SHIFTS; shift++) {
        const orders = [...answered.orders.values()];
        const shipping = orders.map((orderId) => warehouse(ports, answered, random.fork(), orderId));
        const calls = orders.map((orderId) => call(orderId, `${shift}`));
        await until(Promise.all([...shipping, ...calls, services.pump()]));
        await until(services.pump());
      }
    }
    isHealed = true;
    for (let isMoving = true; isMoving; ) {
      await until(services.pump());
      const moved = [...answered.orders.values()].map((orderId) =>
        warehouse(ports, answered, random.fork(), orderId),
      );
      const results = Promise.all(moved);
      await until(results);
      isMoving = (await results).includes(true);
    }
    // Workflows write after the pump has ended; what they write is carried too.
    for (let carried = -1; carried !== stream.events.length; ) {
      carried = stream.events.length;
      await until(services.pump());
      taken += await turns.run(MAX_TURNS, after);
    }
    await turns.unscheduled(() => check.atTheEnd({ answered, services, stream, heard }));
  } catch (error) {
    const message = `seed ${seed}, turn ${taken}, trace ${turns.trace()}: ${(error as Error).message}`;
    throw new Error(message, { cause: error });
  } finally {
    turns.end();
  }
  return {
    seed,
    steps: taken,
    rate,
    orders: answered.orders.size,
    writes: stream.writes,
    events: stream.events.length,
    faults,
    trace: turns.trace(),
  };
}

interface End {
  readonly answered: ReturnType<typeof nothingAnswered>;
  readonly services: ReturnType<typeof machinery>;
  readonly stream: ReturnType<typeof captureStream>;
  readonly heard: Listeners;
}

/** What must hold, read past all faults. */
function promises(table: Table) {
  const [orders, stock, ledger, invoices] = [
    orderStore(table),
    stockStore(table),
    ledgerStore(table),
    invoiceStore(table),
  ];
  const lots = async () => [...(await stock.lotsOf(SKUS)).values()].flat();
  const historyOf = (orderId: string) => orders.history(orderId, 0, 10_000);

  return {
    async afterWrite(touched: ReadonlySet<string>) {
      for (const lot of await lots()) {
        if (lot.available < 0 || lot.reserved < 0) throw new Error(`oversold: ${JSON.stringify(lot)}`);
      }
      const { items } = await findDrift(table, null, Number.POSITIVE_INFINITY);
      if (items.length > 0) throw new Error(`drift: ${JSON.stringify(items)}`);
      for (const orderId of touched) {
        const events = await historyOf(orderId);
        const gap = events.findIndex(({ sequence }, index) => sequence !== index + 1);
        if (gap !== -1) throw new Error(`${orderId} has a gap before event ${gap + 1}`);
        const stored = await orders.load(orderId);
        const folded = apply(null, events, orderId);
        if (!isDeepStrictEqual(plain(stored), plain(folded))) {
          throw new Error(`${orderId} is not what its history says: ${JSON.stringify({ stored, folded })}`);
        }
      }
    },
    async atTheEnd({ answered, services, stream, heard }: End) {
      const lost = stream.events.filter(({ eventId }) => !services.carried.has(eventId));
      if (lost.length > 0) throw new Error(`the bus never heard of ${lost.map(({ type }) => type)}`);
      const received = stream.events.filter(({ type }) => type === 'OrderReceived');
      if (received.length !== answered.orders.size) {
        throw new Error(`${answered.orders.size} orders were sent and ${received.length} received`);
      }
      const shipments = stream.events.flatMap((event) => (event.type === 'ShipmentShipped' ? [event] : []));
      const tracked = new Set(shipments.map(({ data }) => data.trackingNumber));
      if (tracked.size !== shipments.length) throw new Error('a shipment was recorded twice');
      const missing = [...answered.shipped].filter((trackingNumber) => !tracked.has(trackingNumber));
      if (missing.length > 0) throw new Error(`confirmed and lost: ${missing}`);

      for (const orderId of answered.orders.values()) {
        const order = await orders.load(orderId);
        const isOver = order?.state === 'CLOSED' || order?.state === 'CANCELLED';
        if (isOver && !services.ended.has(orderId)) throw new Error(`the workflow of ${orderId} never ended`);
        const isStuck =
          order?.state === 'DELIVERED' || (order?.state === 'ALLOCATED' && order.holds.length === 0);
        if (isStuck) throw new Error(`${orderId} is stuck in ${order?.state}`);
      }
      const loaded = await Promise.all([...answered.orders.values()].map((orderId) => orders.load(orderId)));
      heard.check(
        loaded.filter((order) => order !== null),
        answered.answers,
      );
      const requested = stream.events.filter(
        ({ type }) => type === 'InvoiceRequested' || type === 'CreditRequested',
      ).length;
      const { items } = await invoices.list(100_000, null);
      if (items.length !== requested)
        throw new Error(`${requested} invoices asked for, ${items.length} booked`);
      for (const sku of SKUS) {
        const sums = new Map<string, number>();
        for (const { kind, quantity } of (await ledger.list(sku, 100_000, null)).items) {
          sums.set(kind, (sums.get(kind) ?? 0) + quantity);
        }
        const of = (kind: string) => sums.get(kind) ?? 0;
        const own = (await stock.lotsOf([sku])).get(sku) ?? [];
        const available = own.reduce((sum, lot) => sum + lot.available, 0);
        const reserved = own.reduce((sum, lot) => sum + lot.reserved, 0);
        const adds =
          of('RECEIPT') === (answered.received.get(sku) ?? 0) &&
          of('RECEIPT') - of('SHIPMENT') + of('RETURN') === available + reserved &&
          of('ALLOCATION') - of('RELEASE') - of('SHIPMENT') === reserved;
        if (!adds) throw new Error(`the ledger of ${sku} does not add up: ${JSON.stringify([...sums])}`);
      }
    },
  };
}

/** Without the fields that are there and say nothing. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
