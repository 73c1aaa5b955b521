import type { Order, Shipment } from '../../../domain/order/order.ts';

/** @returns the shipment of an event once all of it is recorded; a large one takes several steps. */
export function wholeShipment(order: Order, shipmentId: string): Shipment | null {
  if (order.shipping?.shipmentId === shipmentId) return null;
  return order.shipments.find((shipment) => shipment.shipmentId === shipmentId) ?? null;
}
