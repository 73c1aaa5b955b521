import type { ChannelDetail } from '../../../../domain/order/channel-data.ts';
import { detail, details } from '../../core/channel-details.ts';
import { joined } from '../../core/clean.ts';
import { deliveryWindowOf } from './agreements.ts';
import { cashRounding } from './amounts.ts';
import type { ShopifyAddress, ShopifyLine, ShopifyOrder, ShopifyPlace } from './payload.ts';

/** What Shopify says of an order and no other field of ours holds. */
export function orderDetails(order: ShopifyOrder): readonly ChannelDetail[] {
  const { customer, shipping_address: shipTo, billing_address: billTo, currency } = order;
  const attributes = order.note_attributes.filter(
    // The window is a term of the order.
    ({ name }) => name !== 'delivery_window' || deliveryWindowOf(order) === undefined,
  );
  return details(
    detail('OTHER', 'Sales channel', order.source_name),
    detail('OTHER', 'Location', order.location_id),
    detail('OTHER', 'Tags', order.tags),
    detail('NOTE', 'Note', order.note),
    ...attributes.map(({ name, value }) => detail('OTHER', name ?? 'Note attribute', value)),
    ...order.shipping_lines
      .filter(({ is_removed }) => is_removed !== true)
      .map(({ title, code }) => detail('ROUTING', 'Shipping method', joined([title, code], ', '))),
    detail('CONTACT', 'Phone', order.phone ?? customer?.phone),
    detail('CONTACT', 'Phone at the shipping address', shipTo?.phone),
    detail('PARTY', 'Bill to', billTo && addressText(billTo)),
    detail('TERMS', 'Payment', order.financial_status),
    detail('TERMS', 'Payment method', joined(order.payment_gateway_names, ', ')),
    detail('CHARGE', 'Cash rounding', cashRounding(order)),
    detail('TERMS', 'Payment terms', order.payment_terms?.payment_terms_name),
    detail('CHARGE', 'Discount codes', joined(order.discount_codes, ', ')),
    ...order.refunds.map(({ note, total, transactions }) => {
      const amounts = total == null ? transactions.map(({ amount }) => amount) : [total];
      return detail(
        'CHARGE',
        'Refund',
        joined([...amounts.map((amount) => amount && `${amount} ${currency}`), note], ', '),
      );
    }),
    detail('DATE', 'Archived', order.closed_at),
  );
}

/** What Shopify says of a line: gift messages, engravings, what apps keep there. A lot is a term of the line. */
export function lineDetails(line: ShopifyLine): readonly ChannelDetail[] {
  const { properties, origin_location, assigned_location, assigned_location_id } = line;
  return details(
    detail('ROUTING', 'Assigned location', placeText(assigned_location) || assigned_location_id),
    detail('ROUTING', 'Origin location', placeText(origin_location)),
    ...properties
      .filter(({ name }) => name !== '_lot_pin')
      .map(({ name, value }) => detail('ITEM', name ?? 'Property', value)),
  );
}

function placeText(place: ShopifyPlace | null): string {
  return place === null ? '' : joined([place.name, place.id], ', ');
}

function addressText(of: ShopifyAddress): string {
  const name = of.name ?? joined([of.first_name, of.last_name], ' ');
  const { company, address1, address2, zip, city, province_code, country_code } = of;
  return joined([name, company, address1, address2, zip, city, province_code, country_code], ', ');
}
