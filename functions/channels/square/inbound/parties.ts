import type { Address, Customer } from '../../../../domain/order/terms.ts';
import { isMailAddress } from '../../../../domain/order/terms.ts';
import { identifier, joined, oneLine } from '../../core/clean.ts';
import type { SquareFulfillment, SquareOrder } from './payload.ts';

type Recipient = NonNullable<SquareFulfillment['shipmentDetails']>['recipient'];

/** Who bought: Square sends an id of the customer, and a name only with the goods' recipient. */
export function customerOf(order: SquareOrder): Customer {
  const recipients = order.fulfillments.map(recipientOf);
  const name = recipients.map(nameOf).find((each) => each !== undefined);
  const email = recipients.map((each) => each?.emailAddress?.trim()).find(isEmail);
  const reference = identifier(order.customerId);
  return {
    name: name ?? email ?? `Customer of Square order ${order.id}`,
    ...(email !== undefined && { email }),
    ...(reference !== undefined && { reference }),
  };
}

/** Where the goods go; undefined where no fulfillment takes them anywhere. */
export function shipToOf(order: SquareOrder): Address | undefined {
  const travelling = order.fulfillments.find(isTravelling);
  if (travelling === undefined) return undefined;
  const recipient = recipientOf(travelling);
  const from = recipient?.address;
  const country = from?.country?.trim().toUpperCase();
  const shipTo = {
    name: nameOf(recipient),
    address1: oneLine(from?.addressLine1, 200),
    address2: oneLine(joined([from?.addressLine2, from?.addressLine3, from?.sublocality], ', '), 200),
    city: oneLine(from?.locality, 100),
    region: oneLine(from?.administrativeDistrictLevel1, 100),
    postalCode: oneLine(from?.postalCode, 20),
    country: /^[A-Z]{2}$/.test(country ?? '') ? country : undefined,
  };
  return Object.fromEntries(Object.entries(shipTo).filter(([, value]) => value !== undefined));
}

/** @returns whether the goods are sent to the customer, who does not fetch them. */
export function isTravelling({ type }: SquareFulfillment): boolean {
  return type === 'SHIPMENT' || type === 'DELIVERY';
}

/** What the customer asks of those who bring the goods. */
export function notesOf(order: SquareOrder): readonly string[] {
  return order.fulfillments
    .flatMap(({ shipmentDetails, deliveryDetails, pickupDetails }) => [
      shipmentDetails?.shippingNote,
      deliveryDetails?.note,
      pickupDetails?.note,
    ])
    .filter((note) => typeof note === 'string');
}

/** Some applications give the name with the address alone. */
function nameOf(recipient: Recipient | undefined): string | undefined {
  const { firstName, lastName } = recipient?.address ?? {};
  return oneLine(recipient?.displayName, 200) ?? oneLine(joined([firstName, lastName], ' '), 200);
}

function recipientOf({ shipmentDetails, deliveryDetails, pickupDetails }: SquareFulfillment): Recipient {
  return shipmentDetails?.recipient ?? deliveryDetails?.recipient ?? pickupDetails?.recipient ?? null;
}

/** An address that is none does not keep the order out; it is left out. */
function isEmail(text: string | undefined): text is string {
  return text !== undefined && isMailAddress(text);
}
