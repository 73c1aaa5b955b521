import type { HoldRequest } from '../../../../domain/order/terms.ts';
import { isDeliverable } from '../../core/address.ts';
import { identifier, isGiven, manyLines, oneLine } from '../../core/clean.ts';
import { amountDue, currencyOf, decimal } from './amounts.ts';
import { isTravelling, shipToOf } from './parties.ts';
import type { SquareOrder } from './payload.ts';
import { isCounterSale, isGoods, projection } from './quantities.ts';

/** SKUs of catalog items by Square's id of the item; an item without SKU is missing. */
export type Skus = ReadonlyMap<string, string>;

/** By these notes a later message finds the holds that were placed here, and leaves those of people alone. */
export const AWAITING_PAYMENT_NOTE = 'Square reports as not paid yet:';
export const ADDRESS_NOTE = 'Square gives no complete address for goods that have to be delivered.';
export const NO_FULFILLMENT_NOTE =
  'Square tells no fulfillment of the order: where its goods go is not known.';

export const CANCELED_FULFILLMENT_NOTE =
  'Square has given up the fulfillment of the order, and not the order: see whether its goods still go.';

/** @returns the holds that an order starts with; an order without any goes straight through. */
export function holdsFor(order: SquareOrder, skus: Skus): readonly HoldRequest[] {
  const holds: HoldRequest[] = [];
  const payment = paymentHold(order);
  if (payment !== null) holds.push(payment);
  const travels = projection(order).some(isTravelling);
  if (travels && !isDeliverable(shipToOf(order))) {
    holds.push({ reason: 'INCORRECT_ADDRESS', note: ADDRESS_NOTE });
  }
  const goods = order.lineItems.filter(isGoods);
  if (goods.length > 0 && order.fulfillments.length === 0 && !isCounterSale(order)) {
    holds.push({ reason: 'INCORRECT_ADDRESS', note: NO_FULFILLMENT_NOTE });
  }
  if (isGivenUp(order)) holds.push({ reason: 'OTHER', note: CANCELED_FULFILLMENT_NOTE });
  // An order of vouchers and amounts alone would wait for a shipment for ever.
  if (goods.length === 0) {
    holds.push({ reason: 'OTHER', note: 'There is nothing to ship: no line of the order is goods.' });
  }
  const unreadable = unreadableOf(order, skus);
  if (unreadable.length > 0) holds.push({ reason: 'OTHER', note: manyLines(unreadable.join('\n')) });
  return holds;
}

/** Every fulfillment was cancelled or failed, while the order goes on. */
export function isGivenUp(order: SquareOrder): boolean {
  return order.state === 'OPEN' && order.fulfillments.length > 0 && projection(order).length === 0;
}

/** Who has not paid gets no goods; an order that does not tell what is due does not wait. */
function paymentHold(order: SquareOrder): HoldRequest | null {
  const due = amountDue(order) ?? 0n;
  if (due <= 0n) return null;
  const currency = currencyOf(order);
  return {
    reason: 'AWAITING_PAYMENT',
    note: `${AWAITING_PAYMENT_NOTE} ${decimal(due, currency)} ${currency}.`,
  };
}

/** What of the lines could not be taken over as it stands, a sentence each. */
function unreadableOf(order: SquareOrder, skus: Skus): readonly string[] {
  const sentences: string[] = [];
  for (const line of order.lineItems) {
    const name = `${oneLine(line.name, 100) ?? 'A line without a name'} (${line.quantity})`;
    if (isGoods(line) && identifier(skus.get(line.catalogObjectId ?? '')) === undefined) {
      const why = isGiven(line.catalogObjectId) ? 'has no SKU in the catalog' : 'is no item of the catalog';
      sentences.push(`${name} ${why}, so it cannot be allocated.`);
    }
    // A line that was to be bound to a lot must not ship from just any.
    if (isGiven(line.metadata.lot_pin) && identifier(line.metadata.lot_pin) === undefined) {
      sentences.push(`${name}: the lot it is bound to cannot be read.`);
    }
  }
  return sentences;
}
