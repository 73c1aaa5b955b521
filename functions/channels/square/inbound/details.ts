import type { ChannelDetail } from '../../../../domain/order/channel-data.ts';
import { detail, details } from '../../core/channel-details.ts';
import { joined } from '../../core/clean.ts';
import { currencyOf, decimal } from './amounts.ts';
import type { SquareFulfillment, SquareLine, SquareOrder } from './payload.ts';

/** Keys of metadata that are terms of the order or of a line. */
const TERMS: readonly string[] = ['delivery_window', 'lot_pin'];

/** What Square says of an order and no other field of ours holds. */
export function orderDetails(order: SquareOrder): readonly ChannelDetail[] {
  return details(
    detail('OTHER', 'Sales channel', order.source?.name),
    detail('REFERENCE', 'Reference', order.referenceId),
    detail('REFERENCE', 'Ticket', order.ticketName),
    detail('OTHER', 'Location', order.locationId),
    ...order.fulfillments.flatMap(fulfillmentDetails),
    detail(
      'TERMS',
      'Payment method',
      joined(
        order.tenders.map(({ type }) => type),
        ', ',
      ),
    ),
    ...order.tenders.map(({ note }) => detail('TERMS', 'Payment note', note)),
    ...order.refunds.map(({ reason, status, amountMoney: { amount, currency } }) => {
      const code = currency ?? currencyOf(order);
      return detail('CHARGE', 'Refund', joined([`${decimal(amount, code)} ${code}`, reason, status], ', '));
    }),
    ...order.discounts.map(({ name }) => detail('CHARGE', 'Discount', name)),
    ...metadataDetails(order.metadata),
  );
}

/** What Square says of a line: its notes, modifiers, and what apps keep there. */
export function lineDetails({ note, modifiers, metadata }: SquareLine): readonly ChannelDetail[] {
  return details(
    detail('NOTE', 'Note', note),
    ...modifiers.map(({ name, quantity }) =>
      // Square counts them for the line as a whole.
      detail('ITEM', 'Modifier', joined([name, quantity === '1' ? null : quantity], ' × ')),
    ),
    ...metadataDetails(metadata),
  );
}

function fulfillmentDetails(of: SquareFulfillment): readonly (readonly ChannelDetail[])[] {
  const { type, shipmentDetails, deliveryDetails, pickupDetails } = of;
  const recipient = shipmentDetails?.recipient ?? deliveryDetails?.recipient ?? pickupDetails?.recipient;
  return [
    detail('ROUTING', 'Fulfillment', type),
    detail('ROUTING', 'Shipping method', shipmentDetails?.shippingType),
    detail('CONTACT', 'Phone', recipient?.phoneNumber),
    detail('NOTE', 'Note', shipmentDetails?.shippingNote ?? deliveryDetails?.note ?? pickupDetails?.note),
    detail('DATE', 'Ship by', shipmentDetails?.expectedShippedAt),
    detail('DATE', 'Pickup at', pickupDetails?.pickupAt),
    detail('DATE', 'Pickup window', pickupDetails?.pickupWindowDuration),
    detail('DATE', 'Pickup schedule', pickupDetails?.scheduleType),
    detail('NOTE', 'Curbside pickup', curbsideOf(of)),
    detail('DATE', 'Deliver at', deliveryDetails?.deliverAt),
    detail('DATE', 'Delivery window', deliveryDetails?.deliveryWindowDuration),
    detail('NOTE', 'Drop-off', deliveryDetails?.dropoffNotes),
    detail('NOTE', 'Delivery', deliveryDetails?.isNoContactDelivery === true ? 'no contact' : null),
    detail('ROUTING', 'Courier', deliveryDetails?.courierProviderName),
    detail('CONTACT', 'Courier support', deliveryDetails?.courierSupportPhoneNumber),
    detail('REFERENCE', 'Delivery', deliveryDetails?.externalDeliveryId ?? deliveryDetails?.squareDeliveryId),
    detail('PARTY', 'Organization', recipient?.address?.organization),
  ];
}

function curbsideOf({ pickupDetails }: SquareFulfillment): string | null {
  const { isCurbsidePickup, curbsidePickupDetails } = pickupDetails ?? {};
  return curbsidePickupDetails?.curbsideDetails ?? (isCurbsidePickup === true ? 'yes' : null);
}

function metadataDetails(metadata: SquareOrder['metadata']): readonly (readonly ChannelDetail[])[] {
  return Object.entries(metadata)
    .filter(([key]) => !TERMS.includes(key))
    .map(([key, value]) => detail('OTHER', key, value));
}
