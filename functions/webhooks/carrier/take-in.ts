import type { CarrierMessage } from '../../../contract/carrier-message.ts';
import type { Origin } from '../../application/envelope.ts';
import { handleOrderCommand } from '../../application/handle-order-command.ts';
import type { Ports, Receipt } from '../../application/ports.ts';

/** What became of a carrier's news; «kept aside» waits for an operator. */
export type TakenIn =
  | { readonly kind: 'done'; readonly orderIds: readonly string[] }
  | { readonly kind: 'kept-aside'; readonly reason: string };

/**
 * Carries out a carrier's news, once: a delivery confirms every shipment that travels under the tracking number.
 *
 * @throws Busy when contention outlasted every attempt; the carrier sends it again
 */
export async function takeIn(
  ports: Ports,
  message: CarrierMessage,
  receipt: Receipt,
  body: Buffer,
  origin: Origin,
): Promise<TakenIn> {
  const keepAside = async (reason: string): Promise<TakenIn> => {
    await ports.receipts.keepAside(receipt, { topic: message.status, reason, body });
    return { kind: 'kept-aside', reason };
  };
  const shipments = await ports.orders.findTracking(message.trackingNumber);
  if (shipments.length === 0) return keepAside(`no shipment travels under ${message.trackingNumber}`);
  switch (message.status) {
    case 'delivered':
      for (const { orderId, shipmentId } of shipments) {
        const { occurredAt: deliveredAt, signedBy } = message;
        const command = { type: 'ConfirmDelivery', shipmentId, deliveredAt, signedBy } as const;
        if (!(await isDelivered(ports, orderId, shipmentId))) {
          await handleOrderCommand(ports, { orderId, command, origin });
        }
      }
      break;
    case 'failed_attempt':
    case 'returned_to_sender':
      for (const { orderId, shipmentId } of shipments) {
        const { status: news, occurredAt } = message;
        await handleOrderCommand(ports, {
          orderId,
          command: { type: 'NoteCarrierNews', shipmentId, news, occurredAt },
          origin,
        });
      }
      break;
    case 'in_transit':
      break; // Says nothing that the shipment does not say already.
  }
  await ports.receipts.note([receipt]);
  return { kind: 'done', orderIds: [...new Set(shipments.map((shipment) => shipment.orderId))] };
}

/** Carriers tell one delivery under several event ids; only the first is news. */
async function isDelivered(ports: Ports, orderId: string, shipmentId: string): Promise<boolean> {
  const order = await ports.orders.load(orderId);
  return order?.shipments.find((shipment) => shipment.shipmentId === shipmentId)?.deliveredAt !== undefined;
}
