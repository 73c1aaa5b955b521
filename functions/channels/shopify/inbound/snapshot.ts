import { CurrencyCode, minorUnits, minus, sum, toCurrencyDigits } from '../../../../domain/money.ts';
import { identifier, isGiven, manyLines, oneLine } from '../../core/clean.ts';
import {
  type ChannelOrderSnapshot,
  currencyUnknown,
  lineName,
  type SnapshotFulfillment,
  type SnapshotLine,
  type SnapshotPayment,
  type SnapshotRefund,
  type SnapshotRefundLine,
  type SnapshotResult,
} from '../../core/order-snapshot.ts';
import { isPaidOnDelivery, PAYMENT_STATES } from '../../payment-rules.ts';
import { deliveryWindowOf, isBusinessOrder, paymentTermsOf } from './agreements.ts';
import { cashRounding, includedTax, lineAmounts, orderAmounts, unitPrice } from './amounts.ts';
import { lineDetails, orderDetails } from './details.ts';
import { customerOf, shipToOf } from './parties.ts';
import type { ShopifyFulfillment, ShopifyLine, ShopifyOrder, ShopifyRefund } from './payload.ts';
import { activeQuantity, currentQuantity, isFailed } from './quantities.ts';

/** The channel's name for people to read. */
export const SYSTEM = 'Shopify';

/** Payment states in which the goods may go: the money is there or promised by the payment provider. */
const PAID: readonly string[] = ['paid', 'authorized', 'partially_refunded'];

/** The line under which a tip is kept, where no line of Shopify's has it. */
const TIP_LINE = 'tip';

/** Milliseconds after which goods that were sent are with the customer, whatever the carrier said. */
const LONG_AGO = 30 * 86_400_000;

/**
 * A full order of Shopify, of a webhook or of the Admin API, in the form that all channels share.
 *
 * @param shop the shop's domain, `northfield-test.myshopify.com`
 * @returns the snapshot, or the problem for which none can be made; never throws
 */
export function snapshotOf(order: ShopifyOrder, shop: string): SnapshotResult {
  const { currency } = order;
  if (!CurrencyCode.safeParse(currency).success) return currencyUnknown(currency);
  const lines = order.line_items.map((line) => lineOf(line, order));
  const isOver = isGiven(order.cancelled_at) || lines.every(({ current }) => current === 0);
  const isEdited = !isOver && lines.some(({ ordered, current }) => current !== ordered);
  const isBusiness = isBusinessOrder(order);
  const why = oneLine(order.cancel_reason, 100);
  const fulfillments = order.fulfillments?.map(fulfillmentOf) ?? null;
  const snapshot: ChannelOrderSnapshot = {
    identity: { channel: 'SHOPIFY', source: shop, externalId: order.id },
    system: SYSTEM,
    name: identifier(order.name),
    version: order.updated_at ?? null,
    currency,
    orderType: isBusiness ? 'B2B' : 'DTC',
    customer: customerOf(order, isBusiness),
    shipTo: shipToOf(order),
    delivery: isPickedUp(order) ? 'PICKED_UP' : 'SHIPPED',
    purchaseOrderNumber: identifier(order.po_number),
    paymentTerms: order.payment_terms ? (paymentTermsOf(order.payment_terms) ?? undefined) : undefined,
    deliveryWindow: deliveryWindowOf(order),
    note: noteOf(order),
    lines: [...lines, ...tipOf(order)],
    fulfillments,
    isFulfilled: order.fulfillment_status === 'fulfilled',
    isFinished: isFinished(order, fulfillments ?? []),
    refunds: order.refunds.map((refund) => {
      const { lines: refunded, ...rest } = refundOf(refund);
      // What only the message of the refund says.
      return { ...rest, lines: refunded.map((line) => ({ ...line, lineAfter: null })) };
    }),
    ...orderAmounts(order, isEdited),
    discount: '0',
    total: totalOf(order, isOver),
    cashRounding: cashRounding(order) ?? undefined,
    refundedBesides: refundedBesides(order),
    payment: paymentOf(order),
    cancellation: isGiven(order.cancelled_at)
      ? `Cancelled in Shopify${why === undefined ? '' : `: ${why}`}`
      : null,
    isCancellationFinal: true,
    holds: null,
    concerns: concernsOf(order, isOver),
    isFulfillmentGivenUp: false,
    channelData: orderDetails(order),
    hearsCancellations: true,
    earlierShipments: 'ELSEWHERE',
  };
  return { snapshot };
}

/** One fulfillment, of a full order or of a message of its own. */
export function fulfillmentOf(fulfillment: ShopifyFulfillment): SnapshotFulfillment {
  const { id, status, tracking, tracking_numbers, tracking_number, tracking_company } = fulfillment;
  const numbers = [...tracking_numbers, tracking_number, ...tracking.map(({ number }) => number)];
  const isUnfinished = status === 'pending' || status === 'open';
  const isDelivered = fulfillment.delivered_at != null || fulfillment.shipment_status === 'delivered';
  return {
    fulfillmentId: id,
    status: isFailed(fulfillment) ? 'FAILED' : isUnfinished ? 'UNFINISHED' : 'SENT',
    lines: fulfillment.line_items.map((line) => ({ channelLineId: line.id, quantity: line.quantity })),
    // What Shopify calls the parcels of a carrier that nobody named.
    carrier: oneLine(tracking_company ?? tracking[0]?.company, 100) ?? 'Other',
    trackingNumbers: [...new Set(numbers.map(identifier).filter((number) => number !== undefined))],
    reference: `Shopify fulfillment ${id}`,
    shippedAt: fulfillment.created_at ?? null,
    isDelivered,
    deliveredAt: isDelivered ? (fulfillment.delivered_at ?? fulfillment.updated_at ?? null) : null,
  };
}

/** What Shopify's restock types say of the goods; the old `legacy_restock` does not say whether they had left. */
const GOODS: Readonly<Record<string, SnapshotRefundLine['goods']>> = {
  cancel: 'CANCELLED',
  return: 'RETURNED',
  legacy_restock: 'CANCELLED_OR_RETURNED',
};

function goodsOf(restockType: string | null | undefined): SnapshotRefundLine['goods'] {
  return GOODS[restockType ?? ''] ?? 'KEPT';
}

/** One refund, of a full order or of a message of its own. */
export function refundOf(refund: ShopifyRefund): SnapshotRefund {
  const { id, created_at, note, refund_line_items, transactions, total, order_adjustments } = refund;
  const paidBack = transactions
    .filter(({ kind, status }) => kind === 'refund' && (status ?? 'success') === 'success')
    .flatMap(({ amount }) => amount ?? []);
  const kept = refund_line_items.filter(({ restock_type }) => goodsOf(restock_type) === 'KEPT');
  const shipping = order_adjustments.filter(({ kind }) => kind === 'shipping_refund');
  const adjusted = (amount: string | null | undefined) => amount?.replace('-', '') ?? [];
  return {
    refundId: id ?? null,
    createdAt: created_at ?? null,
    note: manyLines(note),
    amounts: total == null ? paidBack : [total],
    shipping: shipping.flatMap(({ amount }) => adjusted(amount)),
    kept: kept.flatMap(({ subtotal }) => subtotal ?? []),
    taxes: [
      ...shipping.flatMap(({ tax_amount }) => adjusted(tax_amount)),
      ...kept.flatMap(({ total_tax }) => total_tax ?? []),
    ],
    lines: refund_line_items.map(({ line_item_id: channelLineId, quantity, restock_type, line_item }) => {
      const { current_quantity: current, fulfillable_quantity: unfulfilled } = line_item ?? {};
      const lineAfter = current == null || unfulfilled == null ? null : { current, unfulfilled };
      return { channelLineId, quantity, goods: goodsOf(restock_type), lineAfter };
    }),
  };
}

/** Money that went back for shipping, or as a reduction; Shopify's current total may be less by it. */
function refundedBesides({ refunds, currency }: ShopifyOrder): string {
  const all = refunds.flatMap((refund) => refundOf(refund).amounts);
  const forUnits = refunds
    .flatMap(({ refund_line_items }) => refund_line_items)
    .flatMap(({ subtotal, total_tax }) => [subtotal ?? '0', total_tax ?? '0']);
  return minus(sum(all, currency), sum(forUnits, currency), currency);
}

function lineOf(line: ShopifyLine, order: ShopifyOrder): SnapshotLine {
  return {
    channelLineId: line.id,
    sku: identifier(line.sku) ?? null,
    description: oneLine(line.name, 500) ?? oneLine(line.title, 500),
    ordered: line.quantity,
    current: currentQuantity(line, order),
    active: activeQuantity(line, order),
    unitPrice: unitPrice(line.price, order.currency),
    ...lineAmounts(line, order),
    requiresShipping: requiresShipping(line),
    fulfilledBy: fulfilledBy(line),
    lotPin: requiresShipping(line) && pinsOf(line).length === 1 ? identifier(pinsOf(line)[0]) : undefined,
    channelData: lineDetails(line),
  };
}

/** Vouchers, downloads and fees are charged and never shipped. A voucher printed on card says that it is shipped. */
function requiresShipping({ requires_shipping, gift_card }: ShopifyLine): boolean {
  return requires_shipping ?? gift_card !== true;
}

/** `manual` is the merchant, whose warehouse we are. */
function fulfilledBy({ fulfillment_service: service }: ShopifyLine): string | undefined {
  return service === 'manual' || service === 'gift_card' ? undefined : oneLine(service, 100);
}

/** A lot that the shop promised to the customer stands in a property that buyers do not see. */
function pinsOf({ properties }: ShopifyLine): readonly string[] {
  const values = properties.filter(({ name }) => name === '_lot_pin').map(({ value }) => value);
  return [...new Set(values.filter(isGiven))];
}

/** A tip is part of the total; a line of Shopify's may have it already. */
function tipOf({ total_tip_received: tip, line_items, currency }: ShopifyOrder): readonly SnapshotLine[] {
  const isListed = line_items.some(({ name, title }) => /^tip$/i.test(name ?? title ?? ''));
  if (tip == null || isListed || minorUnits(tip, currency) === 0n) return [];
  return [
    {
      channelLineId: TIP_LINE,
      sku: null,
      description: 'Tip',
      ...{ ordered: 1, current: 1, active: 1, requiresShipping: false },
      unitPrice: unitPrice(tip, currency),
      ...{ discount: '0', tax: '0', channelData: [] },
    },
  ];
}

/** Goods that the customer fetches, or took along, need no address. */
function isPickedUp({ shipping_lines, shipping_address, source_name }: ShopifyOrder): boolean {
  const isFetched = shipping_lines.length > 0 && shipping_lines.every(isPickup);
  return isFetched || (source_name === 'pos' && shipping_address == null);
}

function isPickup({ delivery_category, code, title }: ShopifyOrder['shipping_lines'][number]): boolean {
  return [delivery_category, code, title].some((text) => /pick.?up/i.test(text ?? ''));
}

function isFinished(order: ShopifyOrder, fulfillments: readonly SnapshotFulfillment[]): boolean {
  if (order.closed_at != null || (order.source_name === 'pos' && order.shipping_address == null)) return true;
  const sent = fulfillments.filter(({ status }) => status === 'SENT');
  const now = Date.parse(order.updated_at ?? '');
  return sent.length > 0 && sent.every(({ shippedAt }) => now - Date.parse(shippedAt ?? '') > LONG_AGO);
}

function paymentOf(order: ShopifyOrder): SnapshotPayment {
  const { financial_status: status, payment_terms, payment_gateway_names } = order;
  const gateways = payment_gateway_names.filter(isGiven);
  // A payload that does not say does not make the goods wait.
  const isPaid = status === null || PAID.includes(status);
  const isLater = payment_terms != null || (status === 'pending' && isPaidOnDelivery(gateways));
  return {
    // Who buys on terms, or pays on delivery, gets the goods before the money is there.
    isAwaited: !isPaid && status !== 'refunded' && !isLater,
    isRefunded: status === 'refunded',
    state: PAYMENT_STATES.find((state) => state.toLowerCase() === status) ?? 'UNKNOWN',
    gateways,
    detail: oneLine(status, 100) ?? 'unknown',
  };
}

/** What of the payload could not be taken over as it stands, so that a person sees to it in place of a refusal. */
function concernsOf(order: ShopifyOrder, isOver: boolean): readonly string[] {
  const concerns = order.line_items.flatMap((line) => {
    const quantity = isOver ? line.quantity : currentQuantity(line, order);
    if (quantity === 0 || !requiresShipping(line)) return [];
    const name = lineName(oneLine(line.name, 500) ?? oneLine(line.title, 500), quantity);
    const sku = isGiven(line.sku) ? `a SKU that cannot be kept (${oneLine(line.sku, 60) ?? ''})` : 'no SKU';
    const isUnknown = identifier(line.sku) === undefined && fulfilledBy(line) === undefined;
    const pins = pinsOf(line);
    // A line that was to be bound to a lot must not ship from just any.
    const isLost = pins.length > 1 || (pins.length === 1 && identifier(pins[0]) === undefined);
    return [
      ...(isUnknown ? [`${name} has ${sku}, so it cannot be allocated.`] : []),
      ...(isLost
        ? [`${name}: the lot it is bound to cannot be read (${oneLine(pins.join(', '), 100) ?? ''}).`]
        : []),
    ];
  });
  const { po_number: po, payment_terms: terms } = order;
  if (isGiven(po) && identifier(po) === undefined) {
    concerns.push(`The purchase order number cannot be kept: ${oneLine(po, 200) ?? ''}`);
  }
  if (terms && paymentTermsOf(terms) === null) {
    concerns.push(
      `The payment terms are not known here: ${oneLine(terms.payment_terms_name, 200) ?? 'no name'}`,
    );
  }
  const isPartial =
    order.fulfillment_status === 'partial' || order.fulfillment_status === 'partially_fulfilled';
  if (isPartial && (order.fulfillments ?? []).length === 0) {
    concerns.push(
      'Shopify has fulfilled some of the goods, and does not say which; see that they are not shipped twice.',
    );
  }
  for (const { id, status, line_items } of order.fulfillments ?? []) {
    const isBegun = status === 'pending' || status === 'open';
    const isOfGoods = line_items.some((item) =>
      order.line_items.some((line) => line.id === item.id && requiresShipping(line)),
    );
    if (!isBegun || !isOfGoods) continue;
    concerns.push(`Shopify has begun fulfillment ${id}; see that its goods are not shipped twice.`);
  }
  if (order.shipping_lines.some(isPickup) && !order.shipping_lines.every(isPickup)) {
    concerns.push(
      'The customer fetches some of the goods and has others sent: see that each goes its own way.',
    );
  }
  // Shopify archives what it has sent; what was archived by hand may have left in another way, or not be wanted.
  const isLeft = order.line_items.some(
    (line) => requiresShipping(line) && (line.fulfillable_quantity ?? 0) > 0,
  );
  if (order.closed_at != null && order.fulfillment_status !== 'fulfilled' && isLeft && !isOver) {
    concerns.push(
      'Shopify has archived the order, and not all of it has been sent: see whether its goods still go.',
    );
  }
  // The goods of a test order are real to the warehouse.
  if (order.test === true) concerns.push('This is a test order of the shop.');
  return concerns;
}

/**
 * Shopify's own total. `total_price` stays the original one when an order is edited, so the current total counts, but
 * for an order that is over. Where it is not ours (fees, rounded shares), the order is held.
 */
function totalOf(order: ShopifyOrder, isOver: boolean): string | undefined {
  const total = isOver ? order.total_price : (order.current_total_price ?? order.total_price);
  return total === null || total === undefined ? undefined : toCurrencyDigits(total, order.currency);
}

function noteOf(order: ShopifyOrder): string | undefined {
  const tax = includedTax(order);
  const aboutTax = tax === null ? undefined : `The prices include taxes of ${tax} ${order.currency}.`;
  const fromShop = manyLines(order.note)?.slice(0, 1800);
  return manyLines([fromShop, aboutTax].filter((part) => part !== undefined).join('\n'));
}
