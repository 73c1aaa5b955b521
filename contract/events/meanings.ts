import type { StockEventType } from '../../domain/inventory/lot.ts';
import type { OrderEventType } from '../../domain/order/events.ts';

/** The meaning of each event, in one sentence. */
export const MEANINGS: Readonly<Record<OrderEventType | StockEventType, string>> = {
  OrderReceived: 'An order was accepted. Contains all of its terms and lines.',
  OrderAllocated: 'Stock is reserved for the order, which is now ALLOCATED.',
  OrderBackordered: 'Units of the order wait for stock.',
  BackorderAllocated: 'Stock is reserved for backordered units.',
  AllocationReleased: 'All reservations are released; the order is RECEIVED again.',
  AllocationChanged: 'The order reserves other lots, or other quantities of them, and keeps its state.',
  OrderHeld: 'The order is on hold: it must not be queued or shipped, for the given reason.',
  OrderHoldReleased: 'One hold is released.',
  FulfillmentQueued: 'The order may be picked. Contains the pick list by lot.',
  ShipmentShipped: 'Goods left under a tracking number. Contains the lots that were really used.',
  ShipmentCorrected: 'The channel gave a shipment another carrier, tracking number or fulfillment id.',
  OrderShipped: 'Nothing of the order is left to ship.',
  ShipmentDelivered: 'The customer has a shipment.',
  DeliveryTroubled: 'The carrier reports a delivery exception for a shipment.',
  OrderDelivered: 'The customer has every shipment of the order.',
  OrderClosed: 'The order is closed.',
  OrderAmended: 'Terms or lines were changed; surplus reservations are released.',
  LinesCancelled: 'Units of the order are cancelled; the rest continues.',
  OrderCancelled: 'The order is cancelled; its reservations are released.',
  ReturnReceived: 'Goods were returned. Contains their disposition.',
  InvoiceRequested: 'A shipment of a B2B order is to be invoiced. Contains the whole invoice.',
  CreditRequested: 'A return of a B2B order is to be credited. Contains the whole credit note.',
  RefundCredited:
    'The channel gave money back for shipping or for goods that stay with the customer, of an order that is invoiced. Contains the whole credit note.',
  DeliveryWindowAtRisk: 'The end of the delivery window is near, and the order has not shipped.',
  DeliveryWindowMissed: 'The delivery window is over, and the order is not delivered.',
  TransitionRejected: 'A command that the state of the order does not allow was refused; nothing changed.',
  OrderVoided: 'An order that was entered by mistake is hidden; its history stays.',
  PersonalDataErased:
    'The personal data of the order was erased, here and in its history. Erase what you keep of it.',
  StockReceived: 'Stock was received into a lot.',
  StockAdjusted: 'The quantity of a lot was corrected.',
  LotStatusChanged: 'A lot became available, or is no longer available.',
  TransferShipped: 'Stock left a location for another one; until it arrives it is on hand nowhere.',
  TransferReceived: 'Stock that was sent from another location arrived.',
  StockLow: 'The available quantity of the SKU fell below its threshold.',
};
