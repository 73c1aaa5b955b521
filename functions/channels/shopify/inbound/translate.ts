import type * as z from 'zod';
import { CurrencyCode, toCurrencyDigits, UnitPrice } from '../../../../domain/money.ts';
import { type CommandOf, ReceiveOrder } from '../../../../domain/order/commands.ts';
import { MAX_LINES } from '../../../../domain/order/terms.ts';
import { isDeliverable } from '../../core/address.ts';
import { identifier, isGiven, manyLines, oneLine } from '../../core/clean.ts';
import { type Problem, problem } from '../../core/problem.ts';
import { describeIssues } from '../../core/schema-issues.ts';
import { deliveryWindowOf, isBusinessOrder, paymentTermsOf } from './agreements.ts';
import { includedTax, lineAmounts, shippingAmounts, unitPrice } from './amounts.ts';
import { holdsFor } from './holds.ts';
import { customerOf, shipToOf } from './parties.ts';
import type { ShopifyLine, ShopifyOrder } from './payload.ts';
import { currentQuantity, isRemoved } from './quantities.ts';

type ReceivedLine = z.input<typeof ReceiveOrder>['lines'][number];

export interface Translation {
  readonly receive: CommandOf<'ReceiveOrder'>;
  /** Carried out right after the reception, of an order that is known only as cancelled; it must never hold stock. */
  readonly cancellation: CommandOf<'CancelOrder'> | null;
}

const MAX_UNITS = 1_000_000;

/**
 * Turns a full order of Shopify into the command that takes it in: as it was placed, or, when it was edited before
 * it became known here, as it is now. The command satisfies `ReceiveOrder`'s schema.
 *
 * @param shop the shop's domain, `northfield-test.myshopify.com`
 * @returns the command, or the problem for which no order can hold what was sent; never throws
 */
export function translateOrder(
  order: ShopifyOrder,
  shop: string,
): Translation | { readonly problem: Problem } {
  if (!CurrencyCode.safeParse(order.currency).success) {
    return problem(
      'currency_unknown',
      `${JSON.stringify(order.currency.slice(0, 40))} is no currency in use`,
    );
  }
  if (order.line_items.length > MAX_LINES) {
    return problem('too_many_lines', `${order.line_items.length} lines; ${MAX_LINES} are the most`);
  }
  const cancellation = cancellationOf(order);
  // A cancelled order keeps what had been ordered; what is current of it is nothing.
  const quantityOf = (line: ShopifyLine) =>
    cancellation === null ? currentQuantity(line, order) : line.quantity;
  // Lines that an edit removed are no longer part of the order.
  const wanted = order.line_items.filter((line) => quantityOf(line) > 0);
  const conflict = blockerOf(order, wanted, quantityOf);
  if (conflict !== null) return { problem: conflict };

  const isEdited = order.line_items.some((line) => quantityOf(line) !== line.quantity);
  const isBusiness = isBusinessOrder(order);
  const shipTo = shipToOf(order);
  const terms = order.payment_terms ? paymentTermsOf(order.payment_terms) : null;
  const unreadable: string[] = [];
  const lines = wanted.map((line) => translateLine(line, quantityOf(line), order, unreadable));
  const purchaseOrderNumber = identifier(order.po_number);
  if (isGiven(order.po_number) && purchaseOrderNumber === undefined) {
    unreadable.push(`The purchase order number cannot be kept: ${oneLine(order.po_number, 200) ?? ''}`);
  }
  if (order.payment_terms && terms === null) {
    unreadable.push(
      `The payment terms are not known here: ${oneLine(order.payment_terms.payment_terms_name, 200) ?? 'no name'}`,
    );
  }
  const findings = {
    isBusiness,
    isOnTerms: Boolean(order.payment_terms),
    hasDeliverableAddress: isDeliverable(shipTo),
    needsShipping: lines.some((line) => line.requiresShipping),
    unreadable,
  };

  return received(
    {
      type: 'ReceiveOrder',
      channel: 'SHOPIFY',
      orderType: isBusiness ? 'B2B' : 'DTC',
      source: shop,
      externalId: order.id,
      currency: order.currency,
      customer: customerOf(order, isBusiness),
      shipTo,
      purchaseOrderNumber,
      paymentTerms: terms ?? undefined,
      deliveryWindow: deliveryWindowOf(order),
      ...shippingAmounts(order),
      channelTotal: channelTotalOf(order, isEdited),
      note: noteOf(order),
      lines,
      // Nobody has to look at an order that is over.
      holds: cancellation === null ? [...holdsFor(order, findings)] : [],
      // The shop has sold it: a pin that cannot be met makes the order wait, it does not turn it away.
      unmetPins: 'BACKORDER',
    },
    cancellation,
  );
}

/** @returns how an order that Shopify has cancelled, or emptied line by line, is cancelled here; else null. */
export function cancellationOf(order: ShopifyOrder): CommandOf<'CancelOrder'> | null {
  if (isGiven(order.cancelled_at)) {
    const why = oneLine(order.cancel_reason, 100);
    return { type: 'CancelOrder', reason: `Cancelled in Shopify${why === undefined ? '' : `: ${why}`}` };
  }
  const ordered = order.line_items.filter((line) => line.quantity > 0);
  const isEmptied = ordered.length > 0 && ordered.every((line) => isRemoved(line, order));
  return isEmptied ? { type: 'CancelOrder', reason: 'Every line was removed in Shopify' } : null;
}

/**
 * One line. `unreadable` collects what is lost in it, so that the order is held and a person is told, in place of
 * refusing the order for one line or shipping it without a word.
 */
function translateLine(
  line: ShopifyLine,
  quantity: number,
  order: ShopifyOrder,
  unreadable: string[],
): ReceivedLine & { readonly requiresShipping: boolean } {
  const description = oneLine(line.name, 500) ?? oneLine(line.title, 500);
  const name = `${description?.slice(0, 100) ?? 'a line without a name'} (${quantity})`;
  // Vouchers, downloads and fees are charged and never shipped. A voucher printed on card says that it is shipped.
  const requiresShipping = line.requires_shipping ?? line.gift_card !== true;
  const sku = identifier(line.sku);
  if (sku === undefined && requiresShipping) {
    const given = isGiven(line.sku) ? `a SKU that cannot be kept (${oneLine(line.sku, 60) ?? ''})` : 'no SKU';
    unreadable.push(`${name} has ${given}, so it cannot be allocated.`);
  }
  const pin = requiresShipping ? lotPinOf(line) : {};
  if (pin.problem !== undefined) unreadable.push(`${name}: ${pin.problem}`);
  return {
    sku: sku ?? null,
    description,
    quantity,
    unitPrice: unitPrice(line.price, order.currency),
    ...lineAmounts(line, quantity, order),
    lotPin: pin.lotNumber,
    requiresShipping,
    channelLineId: line.id,
  };
}

/** A lot that the shop promised to the customer stands in a property that buyers do not see. */
function lotPinOf(line: ShopifyLine): { readonly lotNumber?: string; readonly problem?: string } {
  const values = line.properties.filter((each) => each.name === '_lot_pin').map((each) => each.value);
  const pins = new Set(values.filter(isGiven));
  if (pins.size === 0) return {};
  const [only] = pins;
  const lotNumber = pins.size === 1 ? identifier(only) : undefined;
  // A line that was to be bound to a lot must not ship from just any.
  if (lotNumber === undefined) {
    return {
      problem: `the lot it is bound to cannot be read (${oneLine([...pins].join(', '), 100) ?? ''}).`,
    };
  }
  return { lotNumber };
}

/** What no order of ours can hold. The order is kept aside whole: never dropped, and never taken in part. */
function blockerOf(
  order: ShopifyOrder,
  wanted: readonly ShopifyLine[],
  quantityOf: (line: ShopifyLine) => number,
): Problem | null {
  if (wanted.length === 0) return problem('no_lines', 'the order has no line with a quantity').problem;
  for (const line of wanted) {
    const name = `line ${line.id} (${oneLine(line.name ?? line.title ?? line.sku, 100) ?? 'no name'})`;
    if (quantityOf(line) > MAX_UNITS) {
      return problem('quantity_too_large', `${name}: ${quantityOf(line)} units; ${MAX_UNITS} are the most`)
        .problem;
    }
    const price = unitPrice(line.price, order.currency);
    if (!UnitPrice.safeParse(price).success) {
      return problem(
        'price_unsupported',
        `${name}: ${price}; less than 10000000 and six decimals are the most`,
      ).problem;
    }
  }
  return null;
}

/**
 * Shopify's own total. `total_price` stays the original one when an order is edited, so an edited order is compared
 * with the current total. Where it is not ours (tips, fees, rounded shares), the domain holds the order.
 */
function channelTotalOf(order: ShopifyOrder, isEdited: boolean): string | undefined {
  const total = isEdited ? (order.current_total_price ?? order.total_price) : order.total_price;
  return total === null || total === undefined ? undefined : toCurrencyDigits(total, order.currency);
}

function noteOf(order: ShopifyOrder): string | undefined {
  const tax = includedTax(order);
  const aboutTax = tax === null ? undefined : `The prices include taxes of ${tax} ${order.currency}.`;
  const fromShop = manyLines(order.note)?.slice(0, 1800);
  return manyLines([fromShop, aboutTax].filter((part) => part !== undefined).join('\n'));
}

/** The schema has the last word, so that whatever is sent leads to a valid command or to a named problem. */
function received(
  command: z.input<typeof ReceiveOrder>,
  cancellation: Translation['cancellation'],
): Translation | { readonly problem: Problem } {
  const parsed = ReceiveOrder.safeParse(command);
  return parsed.success
    ? { receive: parsed.data, cancellation }
    : problem('not_mappable', describeIssues(parsed.error.issues));
}
