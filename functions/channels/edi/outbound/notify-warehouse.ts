import type { Connection } from '../../../../contract/connections.ts';
import type { Order } from '../../../../domain/order/order.ts';
import type { OrderEnvelope } from '../../../events/envelope.ts';
import type { Ports } from '../../../orders/ports.ts';
import { Busy } from '../../../write-failures.ts';
import type { ControlNumbers, NumberedDocument } from '../../core/control-numbers.ts';
import { type DispatchLog, notifyOnce } from '../../core/dispatch-log.ts';
import type { DocumentStore } from '../../core/documents.ts';
import type { Notifier } from '../../core/notify-channel.ts';
import { ediIdentity } from '../descriptor.ts';
import { acknowledgeBy, type Deliver, isReachable, type Partner } from './common.ts';
import { keepDocument } from './keep-document.ts';
import {
  digestOfShipment,
  shippingOrder,
  shippingOrderName,
  shippingOrderNumber,
  unitsOf,
  unitsOrderedBy,
  wantedShipment,
} from './shipping-order.ts';

export interface WarehouseDependencies {
  readonly ports: Pick<Ports, 'now' | 'orders'>;
  readonly deliveries: DispatchLog;
  readonly numbers: ControlNumbers;
  readonly documents: DocumentStore;
  readonly deliver: Deliver;
  /** @returns every connection, in the order of their ids */
  connections(): Promise<readonly Connection[]>;
}

/** Events after which a warehouse may have to ship something else than it knows. */
const CHANGES: ReadonlySet<OrderEnvelope['type']> = new Set([
  'FulfillmentQueued',
  'BackorderAllocated',
  'AllocationChanged',
  'OrderHoldReleased',
  'OrderAmended',
  'LinesCancelled',
  'OrderCancelled',
]);

/** Documents of one event. */
const ATTEMPTS = 5;
/** Shipping orders of one order, and revisions of one, before somebody has to look. */
const MAX_ROUNDS = 50;
const MAX_REVISIONS = 200;

/** What begins the note of the hold under which a warehouse closed a shipping order; the number follows. */
export function closedShort(number: string): string {
  return `Shipping order ${number} was closed short`;
}

/** A shipping order as the warehouse knows it. */
interface Round {
  readonly number: string;
  /** Its 940s so far. */
  readonly revisions: readonly NumberedDocument[];
}

/**
 * Has a third party's warehouse ship what is queued for it: a 940 when the order is queued, a change (W05 R) with all lines
 * as they are now, a cancellation (F) when nothing is left. It compares the order with what the warehouse was sent, so
 * that events may repeat and come in any order; what is left when the warehouse has shipped or closed a shipping order is
 * ordered under a new number.
 */
export function warehouseNotifier(dependencies: WarehouseDependencies): Notifier {
  return async (event, order) => {
    // A cancellation in steps is sent when it is whole.
    const isUnfinished = event.type === 'LinesCancelled' && event.data.continues === true;
    if (!CHANGES.has(event.type) || isUnfinished || order.cancelling !== undefined) return;
    const warehouse = await warehouseOf(dependencies, order);
    if (warehouse === null) return;
    // What another event has made meanwhile may be of the order as it was before.
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const round = await lastRound(dependencies, warehouse, order);
      for (const { name, content } of round.revisions)
        await send(dependencies, order, warehouse, name, content);
      const next = await nextDocument(dependencies, order, round);
      if (next === null) {
        const unneeded = shippingOrderName(round.number, round.revisions.length + 1);
        await dependencies.documents.removeBlocked(order.orderId, unneeded);
        return;
      }
      if (!(await make(dependencies, order, warehouse, next))) return;
    }
    throw new Busy(`${order.orderId} is just being ordered of the warehouse`);
  };
}

/** @returns whether the 940 was made and sent; false where it is blocked */
async function make(
  dependencies: WarehouseDependencies,
  order: Order,
  warehouse: Partner,
  { status, number, name }: NextDocument,
): Promise<boolean> {
  const wanted = wantedShipment(order);
  const kept = await keepDocument(dependencies, warehouse, {
    ...{ kind: '940', documentId: name, owners: [order.orderId], isTest: order.isTest === true },
    fingerprint: `${order.sequence} ${order.shipments.length} ${digestOf(status, order)}`,
    prepare: async () => (stamp) => shippingOrder(wanted, status, number, warehouse, stamp),
  });
  if (!('content' in kept)) return false;
  await send(dependencies, order, warehouse, name, kept.content);
  return true;
}

function digestOf(status: 'N' | 'R' | 'F', order: Order): string {
  return status === 'F' ? 'cancelled' : digestOfShipment(wantedShipment(order));
}

/** The warehouse that knows the order, or else the first one that serves it: one alone ships it. */
async function warehouseOf(
  { connections, numbers }: WarehouseDependencies,
  order: Order,
): Promise<Partner | null> {
  const warehouses = (await connections()).filter(
    (each): each is Partner => each.kind === 'EDI' && each.settings.warehouse !== undefined,
  );
  const name = shippingOrderName(shippingOrderNumber(order, 1), 1);
  for (const warehouse of warehouses)
    if ((await numbers.find(identityOf(warehouse), name)) !== null) return warehouse;
  return warehouses.find((warehouse) => serves(warehouse, order)) ?? null;
}

function identityOf({ settings }: Partner): string {
  return ediIdentity(settings.isaQualifier, settings.isaId);
}

function serves({ settings }: Partner, { channel, orderType }: Order): boolean {
  const { channels, orderTypes } = settings.warehouse ?? {};
  return (channels?.includes(channel) ?? true) && (orderTypes?.includes(orderType) ?? true);
}

/** The last shipping order that was made of an order; the first, without a 940, where none was. */
async function lastRound(
  { numbers }: WarehouseDependencies,
  warehouse: Partner,
  order: Order,
): Promise<Round> {
  const identity = identityOf(warehouse);
  let last: Round = { number: shippingOrderNumber(order, 1), revisions: [] };
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const number = shippingOrderNumber(order, round);
    const revisions: NumberedDocument[] = [];
    for (let revision = 1; revision <= MAX_REVISIONS; revision++) {
      const made = await numbers.find(identity, shippingOrderName(number, revision));
      if (made === null) break;
      revisions.push(made);
    }
    if (revisions.length === 0) break;
    last = { number, revisions };
  }
  return last;
}

interface NextDocument {
  readonly status: 'N' | 'R' | 'F';
  readonly number: string;
  readonly name: string;
}

/** @returns the 940 that the warehouse lacks; null where it knows what it is to ship */
async function nextDocument(
  { ports }: WarehouseDependencies,
  order: Order,
  { number, revisions }: Round,
): Promise<NextDocument | null> {
  const isQueued = order.state === 'FULFILLMENT_QUEUED';
  const wanted = wantedShipment(order);
  const mayBeOrdered = isQueued && order.holds.length === 0 && wanted.items.length > 0;
  const latest = revisions.at(-1);
  if (latest === undefined)
    return mayBeOrdered ? { status: 'N', number, name: shippingOrderName(number, 1) } : null;
  const [sequence = '0', shipmentsBefore = '0', digest = ''] = latest.fingerprint.split(' ');
  // It was made of the order as it has been since.
  if (Number(sequence) > order.sequence) return null;
  const ordered = unitsOrderedBy(latest.content);
  const shippedSince = unitsOf(
    order.shipments.slice(Number(shipmentsBefore)).flatMap(({ lines }) =>
      lines.map(({ lineNumber, quantity }) => ({
        lineNumber: String(lineNumber),
        quantity: String(quantity),
      })),
    ),
  );
  const left = new Map(
    [...ordered].flatMap(([line, units]) => {
      const rest = units - (shippedSince.get(line) ?? 0);
      return rest > 0 ? [[line, rest] as const] : [];
    }),
  );
  if (left.size === 0 || (await wasClosed(ports, order, number))) {
    if (!mayBeOrdered) return null;
    const next = shippingOrderNumber(order, roundAfter(order, number));
    return { status: 'N', number: next, name: shippingOrderName(next, 1) };
  }
  const name = shippingOrderName(number, revisions.length + 1);
  if (revisions.length >= MAX_REVISIONS) throw new Error(`${number} has ${MAX_REVISIONS} revisions`);
  if (wanted.items.length === 0 || !isQueued) return { status: 'F', number, name };
  const isKnown =
    shippedSince.size === 0 ? digest === digestOfShipment(wanted) : isEqual(left, unitsOf(wanted.items));
  return isKnown ? null : { status: 'R', number, name };
}

function roundAfter(order: Order, number: string): number {
  for (let round = 1; round < MAX_ROUNDS; round++)
    if (shippingOrderNumber(order, round) === number) return round + 1;
  throw new Error(`${order.orderId} has ${MAX_ROUNDS} shipping orders`);
}

function isEqual(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  return one.size === other.size && [...one].every(([line, units]) => other.get(line) === units);
}

/** Whether the warehouse said that it ships no more of a shipping order. */
async function wasClosed(
  ports: WarehouseDependencies['ports'],
  order: Order,
  number: string,
): Promise<boolean> {
  if (order.shipments.length === 0) return false;
  const history = await ports.orders.history(order.orderId, 0, order.sequence);
  const note = closedShort(number);
  return history.some(
    (event) => event.type === 'OrderHeld' && event.data.note?.startsWith(`${note}:`) === true,
  );
}

async function send(
  { ports, deliveries, documents, deliver }: WarehouseDependencies,
  order: Order,
  warehouse: Partner,
  name: string,
  content: string,
): Promise<void> {
  if (!isReachable(warehouse)) return;
  const { orderId, isTest = false } = order;
  await notifyOnce(deliveries, `EDI ${orderId} ${name}`, async () => {
    await deliver(warehouse, name, content);
    const sentAt = ports.now();
    await documents.noteSent(orderId, name, sentAt, isTest ? undefined : acknowledgeBy(warehouse, sentAt));
  });
}
