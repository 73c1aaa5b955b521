import type * as z from 'zod';
import { CurrencyCode, UnitPrice } from '../../../../domain/money.ts';
import { type CommandOf, ReceiveOrder } from '../../../../domain/order/commands.ts';
import { DeliveryWindow, type HoldRequest, MAX_LINES } from '../../../../domain/order/terms.ts';
import { identifier, isGiven, manyLines, oneLine } from '../../core/clean.ts';
import { type Problem, problem } from '../../core/problem.ts';
import { describeIssues } from '../../core/schema-issues.ts';
import {
  chargeAmount,
  currencyOf,
  decimal,
  includedTaxOf,
  isShipping,
  lineAmounts,
  shippingAmounts,
  taxOnTop,
} from './amounts.ts';
import { holdsFor, type Skus } from './holds.ts';
import { customerOf, notesOf, shipToOf } from './parties.ts';
import type { SquareLine, SquareOrder } from './payload.ts';
import { isGoods, wholeQuantity } from './quantities.ts';

type ReceivedLine = z.input<typeof ReceiveOrder>['lines'][number];

export interface Translation {
  readonly receive: CommandOf<'ReceiveOrder'>;
  /** Carried out right with the reception, of an order that is known only as cancelled; it must never hold stock. */
  readonly cancellation: CommandOf<'CancelOrder'> | null;
}

const MAX_UNITS = 1_000_000;

/** The line under which a tip is kept; no uid of Square has a blank. */
const TIP_LINE = 'the tip';

/**
 * Turns an order of Square into the command that takes it in, as it is now. The command satisfies `ReceiveOrder`'s
 * schema.
 *
 * @param merchant Square's id of the merchant, which becomes the order's `source`
 * @param skus what the catalog says of the order's items
 * @param holds what has to be seen to before the goods go
 * @returns the command, or the problem for which no order can hold what was sent; never throws
 */
export function translateOrder(
  order: SquareOrder,
  merchant: string,
  skus: Skus,
): Translation | { readonly problem: Problem } {
  const currency = currencyOf(order);
  if (!CurrencyCode.safeParse(currency).success) {
    return problem('currency_unknown', `${JSON.stringify(currency.slice(0, 40))} is no currency in use`);
  }
  const conflict = blockerOf(order);
  if (conflict !== null) return { problem: conflict };
  const lines = [
    ...order.lineItems.filter(isWanted).map((line) => translateLine(line, order, skus)),
    ...feesOf(order),
  ];
  if (lines.length > MAX_LINES) {
    return problem('too_many_lines', `${lines.length} lines; ${MAX_LINES} are the most`);
  }
  const cancellation = cancellationOf(order);
  return received(
    {
      type: 'ReceiveOrder',
      channel: 'SQUARE',
      orderType: 'DTC',
      source: merchant,
      externalId: order.id,
      currency,
      customer: customerOf(order),
      shipTo: shipToOf(order),
      deliveryWindow: deliveryWindowOf(order),
      ...shippingAmounts(order),
      channelTotal: decimal(order.totalMoney.amount, currency),
      note: noteOf(order),
      lines,
      // Nobody has to look at an order that is over.
      holds: cancellation === null ? ([...holdsFor(order, skus)] satisfies HoldRequest[]) : [],
      // The merchant has sold it: a pin that cannot be met makes the order wait, it does not turn it away.
      unmetPins: 'BACKORDER',
    },
    cancellation,
  );
}

/** @returns how an order that Square says is cancelled is cancelled here; else null. */
export function cancellationOf(order: SquareOrder): CommandOf<'CancelOrder'> | null {
  return order.state === 'CANCELED' ? { type: 'CancelOrder', reason: 'Cancelled in Square' } : null;
}

/** @returns whether anything of the line is ordered. */
export function isWanted(line: SquareLine): boolean {
  return wholeQuantity(line.quantity) !== 0;
}

function translateLine(line: SquareLine, order: SquareOrder, skus: Skus): ReceivedLine {
  const quantity = wholeQuantity(line.quantity) ?? 0;
  const variation = oneLine(line.variationName, 100);
  // Square calls the only variation of an item "Regular".
  const names = [oneLine(line.name, 300), variation === 'Regular' ? undefined : variation];
  const sku = isGoods(line) ? identifier(skus.get(line.catalogObjectId ?? '')) : undefined;
  const lotPin = isGoods(line) ? identifier(line.metadata.lot_pin) : undefined;
  return {
    sku: sku ?? null,
    description: names.filter((name) => name !== undefined).join(', ') || undefined,
    quantity,
    ...lineAmounts(line, quantity, order),
    lotPin,
    requiresShipping: isGoods(line),
    channelLineId: line.uid,
  };
}

/** Service charges other than shipping, and the tip: charged, and never shipped. */
function feesOf(order: SquareOrder): readonly ReceivedLine[] {
  const currency = currencyOf(order);
  const fee = { sku: null, quantity: 1, requiresShipping: false } as const;
  const charges = order.serviceCharges
    .filter((charge) => !isShipping(charge) && chargeAmount(charge) > 0n)
    .map((charge) => ({
      ...fee,
      description: oneLine(charge.name, 500) ?? 'Service charge',
      unitPrice: decimal(chargeAmount(charge), currency),
      tax: taxOnTop(charge, order),
      channelLineId: charge.uid,
    }));
  const tip = order.totalTipMoney.amount;
  if (tip <= 0n) return charges;
  const line = { ...fee, description: 'Tip', unitPrice: decimal(tip, currency), channelLineId: TIP_LINE };
  return [...charges, line];
}

/** What no order of ours can hold. The order is kept aside whole: never dropped, and never taken in part. */
function blockerOf(order: SquareOrder): Problem | null {
  if (!order.lineItems.some(isWanted)) {
    return problem('no_lines', 'the order has no line with a quantity').problem;
  }
  for (const line of order.lineItems) {
    const name = `line ${line.uid} (${oneLine(line.name, 100) ?? 'no name'})`;
    const quantity = wholeQuantity(line.quantity);
    if (quantity === null) {
      return problem('quantity_not_whole', `${name}: ${line.quantity} is no whole number of units`).problem;
    }
    if (quantity > MAX_UNITS) {
      return problem('quantity_too_large', `${name}: ${quantity} units; ${MAX_UNITS} are the most`).problem;
    }
    const price = quantity === 0 ? '0' : lineAmounts(line, quantity, order).unitPrice;
    if (!UnitPrice.safeParse(price).success) {
      return problem('price_unsupported', `${name}: ${price}; 0 or more and less than 10000000`).problem;
    }
  }
  return null;
}

/** The delivery window that a merchant's checkout leaves in the metadata: `2026-03-16/2026-03-18`. */
function deliveryWindowOf(order: SquareOrder): DeliveryWindow | undefined {
  const [start, end, ...more] = (order.metadata.delivery_window ?? '').split('/').map((date) => date.trim());
  const window = DeliveryWindow.safeParse({ start, end });
  return more.length === 0 && window.success ? window.data : undefined;
}

function noteOf(order: SquareOrder): string | undefined {
  const tax = includedTaxOf(order);
  const reference = oneLine(order.referenceId, 100);
  const parts = [
    ...notesOf(order).map((note) => manyLines(note)?.slice(0, 500)),
    reference === undefined ? undefined : `Square reference ${reference}.`,
    /^[0.]*$/.test(tax) ? undefined : `The prices include taxes of ${tax} ${currencyOf(order)}.`,
  ];
  return manyLines(parts.filter(isGiven).join('\n'));
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
