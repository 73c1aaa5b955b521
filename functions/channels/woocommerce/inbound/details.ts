import type { ChannelDetail } from '../../../../domain/order/channel-data.ts';
import { detail, details } from '../../core/channel-details.ts';
import { joined } from '../../core/clean.ts';
import { textOf } from '../../core/lenient.ts';
import { creditsOf } from './credits.ts';
import { LOT_PIN_KEYS, type WooLine, type WooOrder, type WooParty } from './payload.ts';

/** What WooCommerce says of an order and no other field of ours holds. */
export function orderDetails(order: WooOrder): readonly ChannelDetail[] {
  const { billing, shipping, currency } = order;
  return details(
    detail('OTHER', 'Sales channel', order.created_via),
    detail('NOTE', 'Note', order.customer_note),
    ...order.shipping_lines.flatMap(({ method_title, method_id, meta_data }) => [
      detail('ROUTING', 'Shipping method', joined([method_title, method_id], ', ')),
      ...metaDetails(meta_data),
    ]),
    detail('CONTACT', 'Phone', billing.phone),
    detail('CONTACT', 'Phone at the shipping address', shipping.phone),
    detail('PARTY', 'Bill to', addressText(billing)),
    detail('TERMS', 'Payment', order.status),
    detail('TERMS', 'Payment method', joined([order.payment_method_title, order.payment_method], ', ')),
    detail('REFERENCE', 'Payment transaction', order.transaction_id),
    detail(
      'CHARGE',
      'Discount codes',
      joined(
        order.coupon_lines.map(({ code }) => code),
        ', ',
      ),
    ),
    ...creditsOf(order).flatMap(({ name, total, meta_data }) => [
      detail('CHARGE', 'Discount', joined([`${total} ${currency}`, name], ', ')),
      ...metaDetails(meta_data),
    ]),
    ...order.refunds.map(({ total, reason }) =>
      detail('CHARGE', 'Refund', joined([`${total} ${currency}`, reason], ', ')),
    ),
    detail('DATE', 'Completed', order.date_completed_gmt),
    ...metaDetails(order.meta_data),
  );
}

/** What WooCommerce says of a line or a fee: attributes, engravings, what extensions keep there. A lot is a term of the line. */
export function lineDetails({ meta_data }: Pick<WooLine, 'meta_data'>): readonly ChannelDetail[] {
  return details(...metaDetails(meta_data.filter(({ key }) => !LOT_PIN_KEYS.includes(key))));
}

/** Extensions keep their own bookkeeping in meta data too; it is shown as far as it is text. */
function metaDetails(meta: WooOrder['meta_data']): readonly (readonly ChannelDetail[])[] {
  return meta.map(({ key, value, display_key, display_value }) =>
    detail('OTHER', display_key ?? key, display_value ?? textOf(value)),
  );
}

function addressText(of: WooParty): string {
  const { first_name, last_name, company, address_1, address_2, postcode, city, state, country } = of;
  const name = joined([first_name, last_name], ' ');
  return joined([name, company, address_1, address_2, postcode, city, state, country], ', ');
}
