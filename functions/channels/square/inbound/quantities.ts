import type { SquareFulfillment, SquareLine, SquareOrder } from './payload.ts';

/** @returns the line's quantity, or null where it is no whole number of units: `"12.5"` pounds. */
export function wholeQuantity(text: string): number | null {
  const [whole = '', decimals = ''] = text.split('.');
  return /^0*$/.test(decimals) ? Number(whole) : null;
}

/** Vouchers and amounts that were keyed in are charged and never leave a warehouse. */
export function isGoods(line: SquareLine): boolean {
  return line.itemType !== 'GIFT_CARD' && line.itemType !== 'CUSTOM_AMOUNT';
}

/** Fulfillments by which goods leave, or have left: neither cancelled nor failed. */
export function projection(order: SquareOrder): readonly SquareFulfillment[] {
  return order.fulfillments.filter(({ state }) => state !== 'CANCELED' && state !== 'FAILED');
}

/** Applications whose buyers are not at the counter: what they pay for is still to be brought to them. */
const FAR_FROM_COUNTER = /invoice|online|web|site|checkout|commerce|subscription/i;

/**
 * Sold at the counter: paid, closed, and nothing is to be fulfilled. The customer took the goods along. An invoice that
 * was paid online is closed too, and nobody took anything.
 */
export function isCounterSale(order: SquareOrder): boolean {
  const isFar = FAR_FROM_COUNTER.test(order.source?.name ?? '');
  return order.state === 'COMPLETED' && order.fulfillments.length === 0 && !isFar;
}

/** Units that a fulfillment is for, by the line's uid. */
export function unitsOf(fulfillment: SquareFulfillment, order: SquareOrder): ReadonlyMap<string, number> {
  const entries =
    fulfillment.lineItemApplication === 'ENTRY_LIST' || fulfillment.entries.length > 0
      ? fulfillment.entries.map(({ lineItemUid, quantity }) => [lineItemUid, quantity] as const)
      : order.lineItems.map(({ uid, quantity }) => [uid, quantity] as const);
  const units = new Map<string, number>();
  for (const [uid, quantity] of entries) {
    units.set(uid, (units.get(uid) ?? 0) + (wholeQuantity(quantity) ?? 0));
  }
  return units;
}
