import type { Amendment, CommandOf } from '../../../../domain/order/commands.ts';
import type { Line, Order } from '../../../../domain/order/order.ts';
import { isSame } from '../../core/address.ts';
import { oneLine } from '../../core/clean.ts';
import type { Units } from '../../core/outcome.ts';
import type { ShopifyLine, ShopifyOrder } from './payload.ts';
import { activeQuantity, currentQuantity } from './quantities.ts';

/** How an order of ours differs from what Shopify says now. */
export interface Differences {
  /** Units to cancel. */
  readonly fewer: readonly Units[];
  /** The number of units that lines should be ordered with, where it is a greater one. */
  readonly more: readonly Units[];
  /** Terms that are others in Shopify; what Shopify leaves out stays as it is. */
  readonly terms: Pick<Amendment, 'shipTo' | 'deliveryWindow' | 'purchaseOrderNumber'>;
  /** What no command of ours can follow, a sentence each. */
  readonly beyond: readonly string[];
}

/**
 * Compares an order with a full order of Shopify. The shop is where customers change their orders, so its word counts
 * also against what was amended here.
 *
 * @param translated the order as it would be taken in now
 */
export function differencesOf(
  shopify: ShopifyOrder,
  order: Order,
  translated: CommandOf<'ReceiveOrder'>,
): Differences {
  const ours = new Map(order.lines.map((line) => [line.channelLineId, line]));
  const fewer: Units[] = [];
  const more: Units[] = [];
  const beyond: string[] = [];
  for (const line of shopify.line_items) {
    const current = currentQuantity(line, shopify);
    const known = ours.get(line.id);
    if (known === undefined) {
      // A line that was removed before the order became known here was never taken in.
      if (current > 0)
        beyond.push(`Shopify added ${current} × ${nameOf(line)}, and an order cannot grow by a line.`);
      continue;
    }
    const { lineNumber } = known;
    const active = known.ordered - known.cancelled;
    const wanted = activeQuantity(line, shopify);
    if (wanted < active) fewer.push({ lineNumber, quantity: active - wanted });
    // Compared with the current quantity: what came back after its delivery is not ordered once more.
    else if (current > active) {
      more.push({ lineNumber, quantity: current + known.cancelled });
      if (isPricedAnew(known, translated)) {
        const total = `${translated.channelTotal ?? 'not told'} ${order.currency}`;
        beyond.push(
          `Discount or tax of line ${lineNumber} changed with its quantity; Shopify's total is ${total}.`,
        );
      }
    }
  }
  return { fewer, more, beyond, terms: termsThatDiffer(order, translated) };
}

function termsThatDiffer(order: Order, now: CommandOf<'ReceiveOrder'>): Differences['terms'] {
  const { shipTo, deliveryWindow, purchaseOrderNumber } = now;
  return {
    ...(shipTo && !isSame(shipTo, order.shipTo) && { shipTo }),
    ...(deliveryWindow && !isSame(deliveryWindow, order.deliveryWindow) && { deliveryWindow }),
    ...(purchaseOrderNumber && purchaseOrderNumber !== order.purchaseOrderNumber && { purchaseOrderNumber }),
  };
}

/** An amendment changes quantity and price of a line, never its discount and tax. */
function isPricedAnew(line: Line, translated: CommandOf<'ReceiveOrder'>): boolean {
  const now = translated.lines.find((each) => each.channelLineId === line.channelLineId);
  return now?.discount !== line.discount || now?.tax !== line.tax;
}

function nameOf(line: ShopifyLine): string {
  return oneLine(line.sku, 100) ?? oneLine(line.name, 100) ?? `line ${line.id}`;
}
