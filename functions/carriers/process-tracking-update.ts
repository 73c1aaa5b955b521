import { LATE_RECORD } from '../../domain/order/decide/fulfill.ts';
import type { Shipment } from '../../domain/order/order.ts';
import type { InboundMessage, MessageOutcome } from '../channels/channel.ts';
import type { ConnectionStore } from '../channels/core/connections.ts';
import type { OrderEnvelope, Origin } from '../events/envelope.ts';
import type { MessageWrite } from '../messages/message.ts';
import { type MessageLog, refOf } from '../messages/message-log.ts';
import { handleOrderCommand, type NotReceiving } from '../orders/handle-order-command.ts';
import type { Ports } from '../orders/ports.ts';
import { Busy } from '../write-failures.ts';
import type { CarrierFormat, TrackingUpdate } from './carrier.ts';
import { isCarrier } from './carrier-name.ts';
import { carrierScope } from './carrier-sender.ts';

/** One shipment of an order, as updates of its parcel are applied to it. */
interface Travelling {
  readonly orderId: string;
  readonly shipmentId: string;
}

/**
 * How far a carrier may date a receipt ahead of our clock, in milliseconds: carriers give local time as UTC (EasyPost says
 * so), which is up to 14 hours ahead, and clocks differ.
 */
const CLOCKS_DIFFER = 15 * 60 * 60_000;

/** How often an update is applied anew when its order changes meanwhile. */
const ATTEMPTS = 8;

/** Who had a message processed that waited for its shipment. */
const BY_ITSELF = 'carrier-news';

/** Who brings about what carriers report. */
const ACTOR = { type: 'channel', id: 'carrier' } as const;

/**
 * Carries out a tracking update, once: a delivery confirms every shipment that travels under the tracking number. An
 * update ahead of its shipment is quarantined, and processed when the shipment is entered.
 *
 * @param speaksFor whether the sender speaks for a carrier, see `carrierScope`
 * @throws Busy when contention outlasted every attempt, or the shipment is still being recorded; the carrier sends it
 *   again
 */
export async function processTrackingUpdate(
  ports: Ports,
  update: TrackingUpdate,
  speaksFor: (carrier: string) => boolean,
  { ref, origin }: Pick<InboundMessage, 'ref' | 'origin'>,
): Promise<MessageOutcome> {
  const { trackingNumber, status } = update;
  const found = await ports.orders.findTracking(trackingNumber);
  const theirs: (Travelling & { readonly shippedAt: string })[] = [];
  for (const travelling of found) {
    const shipment = await shipmentOf(ports, travelling);
    if (shipment !== undefined && concerns(update, speaksFor, shipment.carrier))
      theirs.push({ ...travelling, shippedAt: shipment.shippedAt });
  }
  const shipments = theirs.filter(({ shippedAt }) => isWithinBounds(update, shippedAt, ports.now()));
  if (theirs.length > 0 && shipments.length === 0) {
    const reason = `${update.occurredAt} is in the future, or long before the shipment under ${trackingNumber} was recorded`;
    return { kind: 'quarantined', reason };
  }
  if (shipments.length === 0) {
    const reason =
      found.length === 0
        ? `no shipment travels under ${trackingNumber}`
        : `what travels under ${trackingNumber} is with another carrier than the one that reports`;
    return { kind: 'quarantined', reason, awaits: awaited(trackingNumber) };
  }
  const orderIds = [...new Set(shipments.map(({ orderId }) => orderId))];
  const settlement = { state: 'PROCESSED', detail: status, orderIds } as const;
  let isLogged = false;
  for (const [index, shipment] of shipments.entries()) {
    const isLast = index === shipments.length - 1;
    const message = { message: ref, ...(isLast && { settlement }) };
    isLogged = await applyUpdate(ports, update, shipment, { origin: { ...origin, actor: ACTOR }, message });
  }
  return { kind: 'processed', orderIds, detail: status, isLogged };
}

/** What processing early updates needs from outside. */
export interface EarlyUpdateDependencies {
  readonly ports: Ports;
  readonly log: Pick<MessageLog, 'awaiting' | 'find' | 'settle'>;
  readonly connections: Pick<ConnectionStore, 'list'>;
  /** Reads a body in the format of its endpoint. */
  readonly readUpdate: (endpoint: string, body: Buffer) => ReturnType<CarrierFormat['read']>;
}

/**
 * Processes updates that came before their shipment was entered, the oldest first, if the shipment's own carrier reported
 * them. One may have been processed for another shipment under the same tracking number already; what an operator
 * dismissed stays so.
 *
 * @throws Busy as {@link processTrackingUpdate} does; the event is brought again
 */
export async function processEarlyTrackingUpdates(
  { ports, log, connections, readUpdate }: EarlyUpdateDependencies,
  event: OrderEnvelope,
): Promise<void> {
  if (event.type !== 'ShipmentShipped') return;
  const { orderId, correlationId, eventId, data } = event;
  const origin = { actor: ACTOR, correlationId, causationId: eventId };
  const ids = await log.awaiting(awaited(data.trackingNumber));
  if (ids.length === 0) return;
  const found = await Promise.all(ids.map((messageId) => log.find(messageId)));
  const connected = await connections.list();
  const early = found
    .flatMap((each) => (each === null || each.message.state === 'DISMISSED' ? [] : [each]))
    .flatMap(({ message, body }) => {
      if (body === null) return [];
      const read = readUpdate(message.endpoint, body);
      if ('problem' in read) return [];
      const isMeant =
        concerns(read.update, carrierScope(connected, message), data.carrier) &&
        isWithinBounds(read.update, data.shippedAt, ports.now());
      return isMeant ? [{ message, update: read.update }] : [];
    })
    .sort((one, other) => (one.update.occurredAt < other.update.occurredAt ? -1 : 1));
  for (const { message, update } of early) {
    const ref = refOf(message, BY_ITSELF);
    const settlement = { state: 'PROCESSED', detail: update.status, orderIds: [orderId] } as const;
    const shipment = { orderId, shipmentId: data.shipmentId };
    const isOpen = message.state !== 'PROCESSED';
    const written = { message: ref, ...(isOpen && { settlement }) };
    const isLogged = await applyUpdate(ports, update, shipment, { origin, message: written });
    if (isOpen && !isLogged) await log.settle(ref, settlement);
  }
}

/**
 * Applies an update to one shipment; what it knows already, or is past, changes nothing.
 *
 * @returns whether the order changed, and with it the message was written
 */
async function applyUpdate(
  ports: Ports,
  { status, occurredAt, signedBy }: TrackingUpdate,
  { orderId, shipmentId }: Travelling,
  written: { readonly origin: Origin; readonly message: MessageWrite },
): Promise<boolean> {
  if (status === 'in_transit') return false; // Says nothing that the shipment does not say already.
  // No order has arrived, and no parcel is in trouble, later than now: a later report would count as older than this one.
  const now = ports.now();
  const at = Date.parse(occurredAt) > Date.parse(now) ? now : occurredAt;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const order = await ports.orders.load(orderId);
    if (order?.shipping?.shipmentId === shipmentId) {
      throw new Busy(`${shipmentId} is still being recorded; send it again`);
    }
    // Carriers report one delivery under several event ids; only the first says something new.
    const isKnown =
      order?.shipments.find((each) => each.shipmentId === shipmentId)?.deliveredAt !== undefined;
    if (status === 'delivered' && isKnown) return false;
    const command: NotReceiving =
      status === 'delivered'
        ? { type: 'ConfirmDelivery', shipmentId, deliveredAt: at, signedBy }
        : { type: 'RecordDeliveryException', shipmentId, news: status, occurredAt: at };
    // On the version that was looked at: a repeat may have applied the update meanwhile.
    const expectedVersion = order?.version;
    const outcome = await handleOrderCommand(ports, { orderId, command, expectedVersion, ...written });
    if (outcome.kind !== 'stale') return outcome.kind === 'done' && outcome.events.length > 0;
  }
  throw new Busy(`${orderId} kept changing; send it again`);
}

/** Whether an update is about a shipment: its sender speaks for the carrier, and names no other one. */
function concerns(
  { carrier }: TrackingUpdate,
  speaksFor: (carrier: string) => boolean,
  carrierOfShipment: string | undefined,
): boolean {
  if (carrierOfShipment === undefined || !speaksFor(carrierOfShipment)) return false;
  return carrier === undefined || isCarrier(carrierOfShipment, carrier);
}

async function shipmentOf(
  { orders }: Ports,
  { orderId, shipmentId }: Travelling,
): Promise<Shipment | undefined> {
  const order = await orders.load(orderId);
  return order?.shipments.find((each) => each.shipmentId === shipmentId);
}

/**
 * Whether a report may be true: a carrier cannot date a receipt before the goods left, or after today. A scan
 * on the way changes nothing, whatever its date.
 */
function isWithinBounds({ status, occurredAt }: TrackingUpdate, shippedAt: string, now: string): boolean {
  if (status === 'in_transit') return true;
  const at = Date.parse(occurredAt);
  return at >= Date.parse(shippedAt) - LATE_RECORD && at <= Date.parse(now) + CLOCKS_DIFFER;
}

function awaited(trackingNumber: string): string {
  return `CARRIER ${trackingNumber}`;
}
