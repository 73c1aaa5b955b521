import type { InboundMessage, MessageOutcome } from '../channels/channel.ts';
import { receiptOf } from '../channels/core/process-message.ts';
import type { OrderEnvelope, Origin } from '../events/envelope.ts';
import type { QuarantinedMessages } from '../messages/quarantined-messages.ts';
import { handleOrderCommand } from '../orders/handle-order-command.ts';
import { Busy, type Ports } from '../orders/ports.ts';
import { CarrierMessage } from './generic/message.ts';

/** One shipment of an order, as a tracking update is applied to it. */
interface Travelling {
  readonly orderId: string;
  readonly shipmentId: string;
}

/** Who did it, where no operator did. */
const BY_ITSELF = 'carrier-news';

/**
 * Applies a carrier's tracking update, once: a delivery confirms every shipment under the tracking number. An update
 * that is ahead of its shipment is quarantined, and processed when the shipment is recorded.
 *
 * @throws Busy when contention outlasted every attempt, or the shipment is still being recorded; the carrier sends it
 *   again
 */
export async function processTrackingUpdate(
  ports: Ports,
  update: CarrierMessage,
  message: InboundMessage,
): Promise<MessageOutcome> {
  const { trackingNumber } = update;
  const { topic, body } = message;
  const found = await ports.orders.findTracking(trackingNumber);
  if (found.length > 0) return carryOut(ports, update, found, message);
  const reason = `no shipment travels under ${trackingNumber}`;
  const awaits = awaited(trackingNumber);
  await ports.receipts.quarantine(receiptOf(message), { topic, reason, body, awaits });
  // A shipment that was entered since the first look did not find this update.
  const since = await ports.orders.findTracking(trackingNumber);
  if (since.length === 0) return { kind: 'quarantined', reason };
  return carryOut(ports, update, since, message);
}

/**
 * Processes the updates that came before their shipment was recorded, the oldest first. One may have been processed for another
 * shipment under the same tracking number already; what an operator dismissed stays so.
 *
 * @throws Busy as {@link takeInNews} does; the event is brought again
 */
export async function processEarlyTrackingUpdates(
  ports: Ports,
  kept: Pick<QuarantinedMessages, 'awaiting' | 'find' | 'settle'>,
  event: OrderEnvelope,
): Promise<void> {
  if (event.type !== 'ShipmentShipped') return;
  const { orderId, correlationId, eventId, data } = event;
  const origin = { actor: { type: 'channel', id: 'carrier' }, correlationId, causationId: eventId } as const;
  const early = await Promise.all(
    (await kept.awaiting(awaited(data.trackingNumber))).map((keptMessageId) => kept.find(keptMessageId)),
  );
  const news = early
    .flatMap((each) => (each === null || each.message.status === 'DISMISSED' ? [] : [each]))
    .map(({ message, body }) => ({ message, news: updateIn(body) }))
    .sort((one, other) => (one.news.occurredAt < other.news.occurredAt ? -1 : 1));
  for (const { message, news: told } of news) {
    await tell(ports, told, { orderId, shipmentId: data.shipmentId }, origin);
    if (message.status !== 'WAITING') continue;
    await kept.settle(message.keptMessageId, {
      ...{ status: 'TAKEN_IN', orderIds: [orderId] },
      ...{ decidedBy: BY_ITSELF, decidedAt: ports.now() },
    });
  }
}

async function carryOut(
  ports: Ports,
  update: CarrierMessage,
  shipments: readonly Travelling[],
  message: InboundMessage,
): Promise<MessageOutcome> {
  const origin = { ...message.origin, actor: { type: 'channel', id: 'carrier' } } as const;
  for (const shipment of shipments) await tell(ports, update, shipment, origin);
  await ports.receipts.note([receiptOf(message)]);
  const orderIds = [...new Set(shipments.map(({ orderId }) => orderId))];
  return { kind: 'processed', orderIds, detail: update.status };
}

/** Tells one shipment; what it knows already, or is past, changes nothing. */
async function tell(
  ports: Ports,
  { status, occurredAt, signedBy }: CarrierMessage,
  { orderId, shipmentId }: Travelling,
  origin: Origin,
): Promise<void> {
  if (status === 'in_transit') return; // Says nothing that the shipment does not say already.
  const order = await ports.orders.load(orderId);
  if (order?.shipping?.shipmentId === shipmentId) {
    throw new Busy(`${shipmentId} is still being recorded; send it again`);
  }
  if (status === 'delivered') {
    // Carriers report one delivery under several event ids; only the first has an effect.
    if (order?.shipments.find((each) => each.shipmentId === shipmentId)?.deliveredAt !== undefined) return;
    const command = { type: 'ConfirmDelivery', shipmentId, deliveredAt: occurredAt, signedBy } as const;
    await handleOrderCommand(ports, { orderId, command, origin });
    return;
  }
  const command = { type: 'RecordDeliveryException', shipmentId, news: status, occurredAt } as const;
  await handleOrderCommand(ports, { orderId, command, origin });
}

/** What was kept to wait for a shipment was read once already. */
function updateIn(body: Uint8Array): CarrierMessage {
  return CarrierMessage.parse(JSON.parse(Buffer.from(body).toString('utf8')));
}

function awaited(trackingNumber: string): string {
  return `CARRIER ${trackingNumber}`;
}
