import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { OrderEvent } from '../../../domain/order/events.ts';
import { fold } from '../../../domain/order/evolve.ts';
import { LIFECYCLE } from '../../../domain/order/lifecycle.ts';
import { allocated, type Order, open } from '../../../domain/order/order.ts';
import type { Lot } from '../../../domain/stock/lot.ts';
import { reception } from '../specification.ts';
import { lot, Warehouse, type WrittenCommand } from '../warehouse.ts';

/** PROPERTY_RUNS=1000 is the long run; without it, as many runs as take a few seconds. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 60);
const COMMANDS_A_RUN = 50;

const MOST_ORDERS = 6;
const SKUS = ['BRS', 'NYL', 'GEL'];
const LOTS = ['A', 'B', 'C', 'D'];

/** Whatever is asked of an order, or what happens to a lot between two commands. */
type Step =
  | { readonly order: number; readonly command: WrittenCommand | 'NEXT' }
  | { readonly sku: string; readonly lotNumber: string; readonly change: Partial<Lot> & { units?: number } };

const units = fc.integer({ min: 1, max: 6 });
const lineNumber = fc.integer({ min: 1, max: 4 });
const lineQuantity = { lineNumber, quantity: units };
const lotNumber = fc.constantFrom(...LOTS);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const some = <Value>(value: fc.Arbitrary<Value>, most = 4) =>
  fc.array(value, { minLength: 1, maxLength: most });

const received = fc
  .record({
    orderType: fc.constantFrom('DTC', 'B2B'),
    backorderPolicy: fc.constantFrom(
      'SHIP_PARTIAL',
      'SHIP_PARTIAL',
      'SHIP_PARTIAL',
      'SHIP_COMPLETE',
      'REJECT',
    ),
    unmetPins: fc.constantFrom('BACKORDER', 'BACKORDER', 'REFUSE'),
    minimumShelfLifeDays: maybe(fc.constantFrom(0, 30)),
    discount: maybe(fc.constant('0.07')),
    tax: maybe(fc.constant('3.33')),
    lines: some(
      fc.record({
        sku: fc.constantFrom(...SKUS),
        quantity: fc.integer({ min: 1, max: 12 }),
        unitsPerCase: maybe(fc.constantFrom(1, 2, 3)),
        lotPin: fc.option(lotNumber, { nil: undefined, freq: 4 }),
        requiresShipping: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0),
      }),
    ),
  })
  .map(({ lines, ...terms }) =>
    // Whole cases, so that most of what comes in is taken.
    reception({
      ...terms,
      lines: lines.map((each) => ({ ...each, quantity: each.quantity * (each.unitsPerCase ?? 1) })),
    }),
  );

const command: fc.Arbitrary<WrittenCommand | 'NEXT'> = fc.oneof(
  { weight: 15, arbitrary: fc.constant('NEXT' as const) },
  { weight: 1, arbitrary: received },
  { weight: 3, arbitrary: fc.constant({ type: 'AllocateOrder' as const }) },
  {
    weight: 3,
    arbitrary: some(fc.record({ lineNumber, lotNumber, quantity: maybe(units) }), 3).map((pins) => ({
      type: 'AllocateOrder' as const,
      pins,
    })),
  },
  { weight: 3, arbitrary: fc.constant({ type: 'CompleteAllocation' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'ReleaseAllocation' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ sku: fc.constantFrom(...SKUS), lotNumber }).map((which) => ({
      type: 'ReplaceLot' as const,
      ...which,
      reason: 'recalled',
    })),
  },
  { weight: 10, arbitrary: fc.constant({ type: 'QueueFulfillment' as const }) },
  {
    weight: 12,
    arbitrary: fc
      .option(some(fc.record({ ...lineQuantity, lotNumber: maybe(lotNumber) }), 2), {
        nil: undefined,
        freq: 2,
      })
      .map((lines) => ({
        type: 'RecordShipment' as const,
        carrier: 'UPS',
        trackingNumber: '1Z999',
        lines,
      })),
  },
  { weight: 4, arbitrary: fc.constant({ type: 'ContinueSteps' as const }) },
  {
    weight: 10,
    arbitrary: fc.integer({ min: 1, max: 3 }).map((which) => ({
      type: 'ConfirmDelivery' as const,
      shipmentId: `S${which}`,
      deliveredAt: '2026-03-04T10:00:00Z',
    })),
  },
  { weight: 2, arbitrary: fc.constant({ type: 'CloseOrder' as const }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<WrittenCommand>(
      { type: 'CancelOrder', reason: 'changed their mind' },
      { type: 'ContinueSteps' },
    ),
  },
  {
    weight: 3,
    arbitrary: some(fc.record(lineQuantity), 2).map((lines) => ({
      type: 'CancelOrder' as const,
      reason: 'fewer, please',
      lines,
    })),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'PlaceHold' as const, reason: 'OTHER' }) },
  {
    weight: 4,
    arbitrary: fc.integer({ min: 1, max: 9 }).map((which) => ({
      type: 'ReleaseHold' as const,
      holdId: `H${which}`,
    })),
  },
  {
    weight: 3,
    arbitrary: some(fc.record({ ...lineQuantity, unitPrice: maybe(fc.constant('3.075')) }), 2).map(
      (lines) => ({ type: 'AmendOrder' as const, lines }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('2026-03-20', '2026-05-01').map((end) => ({
      type: 'AmendOrder' as const,
      deliveryWindow: { start: '2026-03-10', end },
    })),
  },
  {
    weight: 3,
    arbitrary: some(
      fc.record({
        ...lineQuantity,
        disposition: fc.constantFrom('RESTOCK', 'QUARANTINE', 'WRITE_OFF'),
        lotNumber: maybe(lotNumber),
      }),
      2,
    ).map((lines) => ({ type: 'ReceiveReturn' as const, lines })),
  },
  { weight: 1, arbitrary: fc.constantFrom<WrittenCommand>({ type: 'VoidOrder' }, { type: 'ContinueSteps' }) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ order: fc.nat(MOST_ORDERS - 1), command }) },
  {
    weight: 1,
    arbitrary: fc.record({
      sku: fc.constantFrom(...SKUS),
      lotNumber,
      change: fc.oneof(
        fc.record({ units }),
        fc.record({
          status: fc.constantFrom('AVAILABLE', 'HOLD', 'RECALLED') as fc.Arbitrary<Lot['status']>,
        }),
      ),
    }),
  },
);

const history = fc.record({
  mostReservations: fc.constantFrom(2, 3, 4, 25),
  lots: fc.array(
    fc.record({
      sku: fc.constantFrom(...SKUS),
      lotNumber,
      available: fc.integer({ min: 0, max: 40 }),
      expiryDate: fc.constantFrom(null, '2026-02-01', '2026-03-25', '2026-12-31'),
    }),
    { maxLength: 12 },
  ),
  receptions: fc.array(received, { minLength: 2, maxLength: 4 }),
  steps: fc.array(step, { minLength: COMMANDS_A_RUN, maxLength: COMMANDS_A_RUN }),
});

it('keeps orders and lots true, whatever is asked of them in whatever order', { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(history, ({ mostReservations, lots, receptions, steps }) => {
      const warehouse = new Warehouse(lots, mostReservations);
      for (const each of receptions) receive(warehouse, each);
      for (const each of steps) {
        if ('command' in each) aim(warehouse, each.order, each.command);
        else change(warehouse, each);
        expectTruth(warehouse);
      }
      for (const orderId of warehouse.orders.keys()) {
        finish(warehouse, orderId, { type: 'ContinueSteps' });
        finish(warehouse, orderId, { type: 'CompleteAllocation' });
        expectTruth(warehouse);
      }
    }),
    { numRuns: RUNS },
  );
});

function take(warehouse: Warehouse, orderId: string, written: WrittenCommand): void {
  const before = warehouse.orders.get(orderId);
  const snapshot = JSON.stringify([before, warehouse.lots()]);
  const decision = warehouse.handle(orderId, written);
  if ('events' in decision) {
    expectStep(decision.events, warehouse.mostReservations, written);
    if (written.type === 'ReceiveOrder' && warehouse.orders.has(orderId))
      finish(warehouse, orderId, { type: 'CompleteAllocation' });
    return;
  }
  expect(JSON.stringify([warehouse.orders.get(orderId), warehouse.lots()])).toBe(snapshot);
  const { rejection } = decision;
  expect(rejection.detail).not.toMatch(/undefined|NaN|null/);
  if (rejection.code === 'illegal_transition' && before !== undefined)
    expect(rejection).toMatchObject({ state: before.state, allowed: LIFECYCLE[before.state] });
}

function receive(warehouse: Warehouse, written: WrittenCommand): void {
  if (warehouse.orders.size < MOST_ORDERS) take(warehouse, `O-${warehouse.orders.size + 1}`, written);
}

/** Gives a random command to an order that is there, about lines that it has. */
function aim(warehouse: Warehouse, which: number, written: WrittenCommand | 'NEXT'): void {
  const orders = [...warehouse.orders.values()];
  const order = orders[which % Math.max(1, orders.length)];
  if (order === undefined) return;
  const command = written === 'NEXT' ? next(order) : written;
  if (command.type === 'ReceiveOrder') {
    receive(warehouse, command);
    take(warehouse, order.orderId, command);
  } else take(warehouse, order.orderId, addressed(order, command));
}

/** What would bring the order on. */
function next(order: Order): WrittenCommand {
  const arriving = order.shipments.find((each) => each.deliveredAt === undefined);
  const deliveredAt = '2026-03-04T10:00:00Z';
  if (order.cancelling !== undefined || order.shipping !== undefined) return { type: 'ContinueSteps' };
  const [hold] = order.holds;
  if (hold !== undefined) return { type: 'ReleaseHold', holdId: hold.holdId };
  switch (order.state) {
    case 'RECEIVED':
      return { type: 'CompleteAllocation' };
    case 'ALLOCATED':
      return { type: 'QueueFulfillment' };
    case 'FULFILLMENT_QUEUED':
      return { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z999' };
    case 'SHIPPED':
      return { type: 'ConfirmDelivery', shipmentId: arriving?.shipmentId ?? 'none', deliveredAt };
    default:
      return { type: 'CloseOrder' };
  }
}

/** Random commands name lines, shipments and holds by small numbers. */
function addressed({ orderId, lines }: Order, written: WrittenCommand): WrittenCommand {
  const { type } = written;
  if (type === 'ConfirmDelivery') return { ...written, shipmentId: `${orderId}-${written.shipmentId}` };
  if (type === 'ReleaseHold') return { ...written, holdId: `${orderId}-${written.holdId}` };
  const there = (value: unknown) =>
    Array.isArray(value)
      ? value.map((each) => ({ ...each, lineNumber: ((each.lineNumber - 1) % lines.length) + 1 }))
      : undefined;
  return {
    ...written,
    ...(written.lines !== undefined && { lines: there(written.lines) }),
    ...(written.pins !== undefined && { pins: there(written.pins) }),
  };
}

function change(warehouse: Warehouse, { sku, lotNumber: number, change }: Exclude<Step, { order: number }>) {
  const { units: more = 0, ...terms } = change;
  const before = warehouse.lots().find((each) => each.sku === sku && each.lotNumber === number);
  const changed = before ?? lot(sku, number, 0);
  warehouse.put({ ...changed, ...terms, available: changed.available + more });
  if (terms.status === undefined || terms.status === 'AVAILABLE') return;
  for (const orderId of warehouse.orders.keys())
    finish(warehouse, orderId, { type: 'ReplaceLot', sku, lotNumber: number, reason: 'recalled' });
}

/** Repeats a step of a large order until it has nothing to do; it comes to an end. */
function finish(warehouse: Warehouse, orderId: string, written: WrittenCommand): void {
  for (let steps = 0; ; steps++) {
    const decision = warehouse.handle(orderId, written);
    if ('rejection' in decision || decision.events.length === 0) return;
    expectStep(decision.events, warehouse.mostReservations, written);
    expectTruth(warehouse);
    if (steps > 200) throw new Error(`${written.type} of ${orderId} never comes to an end`);
  }
}

/** One step fits into one transaction: it touches no more lots of lines than it may. */
function expectStep(events: readonly OrderEvent[], most: number, { type }: WrittenCommand): void {
  const moved = events.flatMap((event) => [
    ...('reserved' in event.data ? event.data.reserved : []),
    ...('released' in event.data ? event.data.released : []),
  ]);
  const touched = new Set(moved.map((each) => `${each.lineNumber} ${each.lotNumber}`));
  // An amendment frees lots, and then reserves at least one.
  const allowed = type === 'AmendOrder' ? most + 1 : most;
  expect(touched.size, `${type}: ${JSON.stringify(events)}`).toBeLessThanOrEqual(allowed);
}

function expectTruth(warehouse: Warehouse): void {
  const held = new Map<string, number>();
  for (const [orderId, order] of warehouse.orders) {
    expectLines(order);
    for (const { sku, allocations } of order.lines) {
      for (const { lotNumber: number, quantity } of allocations)
        held.set(`${sku} ${number}`, (held.get(`${sku} ${number}`) ?? 0) + quantity);
    }
    const history = warehouse.histories.get(orderId) ?? [];
    expect(history.map((event) => event.sequence)).toEqual(history.map((_, index) => index + 1));
    expect(fold(history, orderId)).toEqual(order);
  }
  for (const { sku, lotNumber: number, available, reserved } of warehouse.lots()) {
    expect(available).toBeGreaterThanOrEqual(0);
    expect(reserved, `reserved of ${sku} ${number}`).toBe(held.get(`${sku} ${number}`) ?? 0);
  }
}

function expectLines(order: Order): void {
  for (const line of order.lines) {
    const { backordered, shipped, delivered, cancelled, returned, allocations } = line;
    const counts = { open: open(line), backordered, shipped, delivered, cancelled, returned };
    const told = `line ${line.lineNumber}: ${JSON.stringify(counts)}`;
    expect(Math.min(...Object.values(counts)), told).toBeGreaterThanOrEqual(0);
    expect(allocated(line) + open(line) + backordered + shipped + cancelled, told).toBe(line.ordered);
    expect(delivered, told).toBeLessThanOrEqual(shipped);
    expect(returned, told).toBeLessThanOrEqual(delivered);
    expect(allocations.reduce((total, each) => total + each.shipped, 0)).toBe(shipped);
    for (const each of allocations)
      expect(Math.min(each.quantity, each.shipped - each.returned)).toBeGreaterThanOrEqual(0);
  }
  const nothingHeld = order.lines.every((line) => allocated(line) === 0);
  if (['SHIPPED', 'DELIVERED', 'CLOSED', 'CANCELLED'].includes(order.state)) expect(nothingHeld).toBe(true);
  if (order.state === 'ALLOCATED' && order.cancelling === undefined) expect(nothingHeld).toBe(false);
}
