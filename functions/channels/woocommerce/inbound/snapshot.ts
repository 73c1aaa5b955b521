import { CurrencyCode, isBelowZero, minus, sum } from '../../../../domain/money.ts';
import { type Address, type Customer, isMailAddress } from '../../../../domain/order/terms.ts';
import { identifier, isGiven, manyLines, oneLine } from '../../core/clean.ts';
import {
  type ChannelOrderSnapshot,
  currencyUnknown,
  lineName,
  type SnapshotLine,
  type SnapshotPayment,
  type SnapshotRefund,
  type SnapshotResult,
} from '../../core/order-snapshot.ts';
import { problem } from '../../core/problem.ts';
import { unitPrice } from '../../core/unit-price.ts';
import type { PaymentState } from '../../payment-rules.ts';
import { creditsOf, isCredit } from './credits.ts';
import { lineDetails, orderDetails } from './details.ts';
import { LOT_PIN_KEYS, type WooLine, type WooOrder, type WooParty, type WooRefund } from './payload.ts';

/** An order of WooCommerce with its refunds, which the API lists apart. */
export interface WooOrderWithRefunds {
  readonly store: string;
  readonly order: WooOrder;
  readonly refunds: readonly WooRefund[];
}

export const SYSTEM = 'WooCommerce';

/** Ways of getting the goods for which the customer comes to the store. */
const PICKUP: ReadonlySet<string> = new Set(['local_pickup', 'pickup_location']);

/** Statuses of orders whose money has not come. One that is paid at the door is `processing` from the start. */
const UNPAID: ReadonlySet<string> = new Set(['pending', 'on-hold', 'failed']);

const KNOWN_STATUSES: ReadonlySet<string> = new Set([
  ...UNPAID,
  ...['processing', 'completed', 'cancelled', 'refunded', 'trash'],
]);

/**
 * An order of WooCommerce in the form that all channels share.
 *
 * @returns the snapshot, or the problem for which none can be made; never throws
 */
export function snapshotOf({ store, order, refunds }: WooOrderWithRefunds): SnapshotResult {
  const { currency } = order;
  if (!CurrencyCode.safeParse(currency).success) return currencyUnknown(currency);
  const split = order.line_items.find(({ quantity }) => !Number.isSafeInteger(quantity));
  if (split !== undefined) {
    const detail = `line ${split.id}: ${split.quantity} is no whole number of units`;
    return problem('quantity_not_whole', detail);
  }
  const back = unitsBack(refunds);
  const goods = order.line_items
    .filter((line) => !isCredit(line, order))
    .map((line) => lineOf(line, order, back));
  const snapshot: ChannelOrderSnapshot = {
    identity: { channel: 'WOOCOMMERCE', source: store, externalId: order.id },
    system: SYSTEM,
    name: oneLine(order.number && `#${order.number}`, 100),
    version: order.date_modified_gmt ?? null,
    currency,
    orderType: 'DTC',
    customer: customerOf(order),
    shipTo: addressOf(order.shipping),
    delivery: deliveryOf(order),
    note: manyLines(order.customer_note),
    lines: [...goods, ...feesOf(order)],
    fulfillments: null,
    isFulfilled: hasLeft(order),
    // No order leaves these statuses by itself.
    isFinished: order.status === 'completed' || order.status === 'refunded',
    refunds: refunds.map(refundOf),
    shippingAmount: order.shipping_total,
    ...amountsOf(order),
    total: sum([order.total, ...order.refunds.map(({ total }) => total)], currency),
    refundedBesides: refundedBesides(refunds, currency),
    payment: paymentOf(order),
    cancellation: cancellationOf(order),
    isCancellationFinal: false,
    holds: [],
    concerns: concernsOf(order),
    isFulfillmentGivenUp: false,
    channelData: orderDetails(order),
    hearsCancellations: false,
    earlierShipments: 'ELSEWHERE',
  };
  return { snapshot };
}

/**
 * Taxes and discounts that belong to no line. The order's tax is what is charged, and lines are rounded each by itself;
 * a credit is a discount, with the tax that it saves.
 */
function amountsOf(order: WooOrder) {
  const { currency, fee_lines, line_items, shipping_tax } = order;
  const charged = [...line_items, ...fee_lines].filter((each) => !isCredit(each, order));
  const credits = creditsOf(order).map(({ total }) => total);
  const taxOfLines = sum(
    charged.map(({ total_tax }) => total_tax),
    currency,
  );
  const rest = minus(order.total_tax, taxOfLines, currency);
  const saved = isBelowZero(rest, currency) ? [rest] : [];
  const tax = atLeastZero(rest, currency);
  return {
    tax,
    shippingTax: isBelowZero(minus(tax, shipping_tax, currency), currency) ? tax : shipping_tax,
    discount: minus('0', sum([...credits, ...saved], currency), currency),
  };
}

/** An order that was refunded in full keeps the date of its completion. */
function hasLeft({ status, date_completed_gmt: completedAt }: WooOrder): boolean {
  return status === 'completed' || (status === 'refunded' && completedAt != null);
}

/** WooCommerce does not say whether the goods of a refund had left. */
function refundOf({ id, reason, amount, line_items }: WooRefund): SnapshotRefund {
  return {
    refundId: id,
    createdAt: null,
    note: manyLines(reason),
    amounts: [amount],
    ...{ shipping: [], kept: [], taxes: [] },
    lines: line_items
      .filter(({ quantity }) => quantity > 0)
      .map(({ lineId, quantity }) => ({
        ...{ channelLineId: lineId, quantity: Math.trunc(quantity) },
        ...{ goods: 'CANCELLED_OR_RETURNED', lineAfter: null },
      })),
  };
}

/** Money that went back for shipping, or as a reduction: no unit came off the lines for it. */
function refundedBesides(refunds: readonly WooRefund[], currency: string): string {
  const forUnits = refunds
    .flatMap(({ line_items }) => line_items)
    .flatMap(({ quantity, amounts }) => (quantity > 0 ? amounts : []));
  const all = refunds.map(({ amount }) => amount);
  return minus(sum(all, currency), sum(forUnits, currency), currency);
}

/** Units that refunds gave back, by the line's id. */
function unitsBack(refunds: readonly WooRefund[]): ReadonlyMap<string, number> {
  const units = new Map<string, number>();
  for (const { lineId, quantity } of refunds.flatMap(({ line_items }) => line_items)) {
    units.set(lineId, (units.get(lineId) ?? 0) + quantity);
  }
  return units;
}

function lineOf(line: WooLine, order: WooOrder, back: ReadonlyMap<string, number>): SnapshotLine {
  const { quantity } = line;
  const current = Math.max(0, quantity - Math.trunc(back.get(line.id) ?? 0));
  return {
    channelLineId: line.id,
    sku: identifier(line.sku) ?? null,
    description: oneLine(line.name, 500),
    ordered: quantity,
    current,
    active: current,
    unitPrice: unitPrice(line.subtotal, quantity),
    discount: minus(line.subtotal, line.total, order.currency),
    tax: line.total_tax,
    requiresShipping: order.needs_processing !== false,
    lotPin: lotPinOf(line),
    channelData: lineDetails(line),
  };
}

/** Fees are charged and never shipped. */
function feesOf(order: WooOrder): SnapshotLine[] {
  const units = {
    ...{ ordered: 1, current: 1, active: 1 },
    ...{ sku: null, discount: '0', requiresShipping: false },
  };
  return order.fee_lines
    .filter((fee) => !isCredit(fee, order))
    .map((fee) => {
      const { id, name, total, total_tax: tax } = fee;
      const description = oneLine(name, 500) ?? 'Fee';
      return {
        ...{ channelLineId: id, description, unitPrice: total, tax, ...units },
        channelData: lineDetails(fee),
      };
    });
}

/** The lot that the store promised, as an extension or the theme keeps it with the line. */
function lotPinOf({ meta_data }: WooLine): string | undefined {
  const value = meta_data.find(({ key }) => LOT_PIN_KEYS.includes(key))?.value;
  return typeof value === 'string' ? identifier(value) : undefined;
}

function customerOf({ id, billing, shipping, customer_id }: WooOrder): Customer {
  const name = [nameOf(billing), billing.company, nameOf(shipping), billing.email]
    .map((each) => oneLine(each, 200))
    .find((each) => each !== undefined);
  const email = billing.email?.trim();
  return {
    name: name ?? `Customer of WooCommerce order ${id}`,
    ...(email !== undefined && isMailAddress(email) && { email }),
    // Zero is a guest.
    ...(customer_id && { reference: String(customer_id) }),
  };
}

/** Where the goods go; undefined where no shipping address was entered. The billing address never takes its place. */
function addressOf(party: WooParty): Address | undefined {
  const country = party.country?.trim().toUpperCase();
  const address = {
    name: oneLine([nameOf(party), party.company].filter((each) => each?.trim()).join(', '), 200),
    address1: oneLine(party.address_1, 200),
    address2: oneLine(party.address_2, 200),
    city: oneLine(party.city, 100),
    region: oneLine(party.state, 100),
    postalCode: oneLine(party.postcode, 20),
    country: /^[A-Z]{2}$/.test(country ?? '') ? country : undefined,
  };
  const given = Object.entries(address).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function nameOf({ first_name, last_name }: WooParty): string {
  return [first_name, last_name].filter((part) => part?.trim()).join(' ');
}

/** An order without a way of shipping may still get one while it is edited by hand. */
function deliveryOf({ shipping, shipping_lines: ways }: WooOrder): ChannelOrderSnapshot['delivery'] {
  if (ways.length > 0 && ways.every(isPickup)) return 'PICKED_UP';
  return ways.length > 0 || addressOf(shipping) !== undefined ? 'SHIPPED' : 'UNKNOWN';
}

function isPickup({ method_id }: WooOrder['shipping_lines'][number]): boolean {
  return PICKUP.has(method_id ?? '');
}

function paymentOf({ status, payment_method_title, payment_method }: WooOrder): SnapshotPayment {
  const by = oneLine(payment_method_title, 100) ?? oneLine(payment_method, 100);
  return {
    isAwaited: UNPAID.has(status),
    isRefunded: status === 'refunded',
    state: STATES[status] ?? 'UNKNOWN',
    gateways: [payment_method, payment_method_title].filter(isGiven),
    detail: by === undefined ? status : `${status}, by ${by}`,
  };
}

const STATES: Readonly<Record<string, PaymentState>> = {
  pending: 'PENDING',
  'on-hold': 'PENDING',
  failed: 'VOIDED',
  processing: 'PAID',
  completed: 'PAID',
  refunded: 'REFUNDED',
  cancelled: 'VOIDED',
};

function cancellationOf({ status }: WooOrder): string | null {
  if (status === 'cancelled') return `Cancelled in ${SYSTEM}`;
  return status === 'trash' ? `Deleted in ${SYSTEM}` : null;
}

/** What of the order could not be taken over as it stands, a sentence each. */
function concernsOf(order: WooOrder): readonly string[] {
  const { status, line_items, shipping_lines: ways } = order;
  return [
    ...(ways.some(isPickup) && !ways.every(isPickup)
      ? ['The customer fetches some of the goods and has others sent: see that each goes its own way.']
      : []),
    // Extensions add statuses of their own: whether such an order may leave only the store knows.
    ...(KNOWN_STATUSES.has(status) ? [] : [`${SYSTEM} gives the order the status ${oneLine(status, 100)}.`]),
    ...line_items
      .filter((line) => identifier(line.sku) === undefined && !isCredit(line, order))
      .filter(() => order.needs_processing !== false)
      .map(
        ({ name, quantity }) =>
          `${lineName(oneLine(name, 100), quantity)} has no SKU, so it cannot be allocated.`,
      ),
  ];
}

function atLeastZero(amount: string, currency: string): string {
  return isBelowZero(amount, currency) ? '0' : amount;
}
