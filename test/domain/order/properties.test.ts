import { expect, it } from 'vitest';
import { isBelowZero, minus, sum } from '../../../domain/money.ts';
import type { OrderEvent } from '../../../domain/order/events.ts';
import { fold } from '../../../domain/order/evolve.ts';
import { LIFECYCLE } from '../../../domain/order/lifecycle.ts';
import { allocated, type Order, open } from '../../../domain/order/order.ts';
import fc from '../../../testing/fast-check.ts';
import { propertyRuns } from '../../../testing/property-runs.ts';
import { lot, Warehouse, type WrittenCommand } from '../warehouse.ts';
import { history, MAX_ORDERS, type Step } from './random-steps.ts';

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
        bringToAnEnd(warehouse, orderId);
        expectTruth(warehouse);
        expectBills(warehouse, orderId);
      }
    }),
    propertyRuns(60),
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
  if (warehouse.orders.size < MAX_ORDERS) take(warehouse, `O-${warehouse.orders.size + 1}`, written);
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

/** Nothing is stuck: whatever came before, an order continues to its end, or what it waits for can be cancelled. */
function bringToAnEnd(warehouse: Warehouse, orderId: string): void {
  const order = () => warehouse.order(orderId);
  for (let steps = 0; !['CLOSED', 'CANCELLED'].includes(order().state) && !order().voided; steps++) {
    const { version } = order();
    take(warehouse, orderId, next(order()));
    if (order().version === version)
      take(warehouse, orderId, { type: 'CancelOrder', reason: 'waits too long' });
    if (order().version === version || steps > 200)
      throw new Error(`${orderId} is stuck in ${order().state}`);
  }
}

/** What is charged is the total where all of it left, and never more; no more is credited than was charged. */
function expectBills(warehouse: Warehouse, orderId: string): void {
  const { orderType, currency, total, lines } = warehouse.order(orderId);
  const history = warehouse.histories.get(orderId) ?? [];
  const billed = (type: 'InvoiceRequested' | 'CreditRequested') =>
    sum(
      history.flatMap((event) => (event.type === type && 'total' in event.data ? [event.data.total] : [])),
      currency,
    );
  const charged = billed('InvoiceRequested');
  const exceeds = (amount: string, most: string) => isBelowZero(minus(most, amount, currency), currency);
  expect(exceeds(charged, total), `${charged} of ${total}`).toBe(false);
  expect(exceeds(billed('CreditRequested'), charged)).toBe(false);
  const complete = lines.every((line) => line.shipped === line.ordered || !line.requiresShipping);
  const shipped = lines.some((line) => line.shipped > 0);
  const cancelled = lines.some((line) => line.cancelled > 0);
  if (orderType === 'B2B' && shipped && complete && !cancelled) expect(charged).toBe(total);
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
  if (!LIFECYCLE[order.state].includes('ContinueSteps'))
    expect([order.shipping, order.cancelling]).toEqual([undefined, undefined]);
  if (order.state === 'ALLOCATED' && order.cancelling === undefined) expect(nothingHeld).toBe(false);
}
