import type { Address, Customer } from '../../../../domain/order/terms.ts';
import { isMailAddress } from '../../../../domain/order/terms.ts';
import { identifier, oneLine } from '../../core/clean.ts';
import type { ShopifyAddress, ShopifyOrder } from './payload.ts';

/**
 * Who bought. A company has an id but no name in the payload, so its name comes from the addresses, the billing one
 * first: it is the company that is asked to pay.
 */
export function customerOf(order: ShopifyOrder, isBusiness: boolean): Customer {
  const { customer, company, billing_address: billing, shipping_address: shipping } = order;
  const address = customer?.default_address;
  const companies = isBusiness ? [billing?.company, shipping?.company, address?.company] : [];
  const people = [customer && person(customer), person(shipping), person(billing), person(address)];
  const email = emailOf(order);
  const name = [...companies, ...people].map((each) => oneLine(each, 200)).find((each) => each !== undefined);
  // A purchase order number must be unique within the company, whichever of its people sends it.
  const reference = identifier((isBusiness ? company : null) ?? customer?.id);
  return {
    name: name ?? email ?? `Customer of Shopify order ${order.id}`,
    ...(email !== undefined && { email }),
    ...(reference !== undefined && { reference }),
  };
}

/** Where the goods go; undefined when Shopify has no shipping address. The billing address never stands in for it. */
export function shipToOf(order: ShopifyOrder): Address | undefined {
  const from = order.shipping_address;
  if (from === null || from === undefined) return undefined;
  const country = from.country_code?.trim().toUpperCase();
  const shipTo = {
    // The parcel needs the person and the company, and an address of ours has one name.
    name: oneLine([person(from), from.company].filter((each) => each?.trim()).join(', '), 200),
    address1: oneLine(from.address1, 200),
    address2: oneLine(from.address2, 200),
    city: oneLine(from.city, 100),
    region: oneLine(from.province_code, 100) ?? oneLine(from.province, 100),
    postalCode: oneLine(from.zip, 20),
    country: /^[A-Z]{2}$/.test(country ?? '') ? country : undefined,
  };
  return Object.fromEntries(Object.entries(shipTo).filter(([, value]) => value !== undefined));
}

function person(
  of:
    | (Pick<ShopifyAddress, 'first_name' | 'last_name'> & { name?: string | null | undefined })
    | null
    | undefined,
): string {
  const whole = of?.name?.trim();
  return whole ? whole : [of?.first_name, of?.last_name].filter((part) => part?.trim()).join(' ');
}

/** An address that is none does not keep the order out; it is left out. */
function emailOf(order: ShopifyOrder): string | undefined {
  const candidates = [order.email, order.contact_email, order.customer?.email];
  return candidates.map((each) => each?.trim()).find((each) => each !== undefined && isMailAddress(each));
}
