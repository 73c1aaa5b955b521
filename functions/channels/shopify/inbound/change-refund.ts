import type { CommandOf } from '../../../../domain/order/commands.ts';
import { isGoods, type Line, type Order } from '../../../../domain/order/order.ts';
import { manyLines } from '../../core/clean.ts';
import {
  cancellationsOf,
  fetchOrder,
  inBatches,
  type KnownOrder,
  quarantine,
  type ShopOutcome,
  settled,
  type Units,
} from '../../core/outcome.ts';
import type { Problem } from '../../core/problem.ts';
import type { ShopifyRefund, ShopifyRefundLine } from './payload.ts';

type Snapshot = { readonly current: number; readonly fulfillable: number };

/**
 * A refund changes the order only where goods are concerned: `cancel` takes units off that have not shipped, `return`
 * brings shipped ones back into stock, `no_restock` is money alone. Shopify sends `orders/updated` for the same
 * refund, before or after; so each line is compared with the state in which the refund left it, and what the other
 * message has done is not done twice.
 */
export function changeByRefund(refund: ShopifyRefund, { order }: KnownOrder): ShopOutcome {
  const cancelled: Units[] = [];
  const returned: Units[] = [];
  const problems: Problem[] = [];
  for (const { item, kind } of groupByLine(refund, order)) {
    const line = lineOf(order, item);
    if (line === undefined) {
      return quarantine(
        'unknown_line',
        `${order.orderId} has no line for Shopify's line ${item.line_item_id}`,
      );
    }
    const snapshot = snapshotOf(item);
    if (snapshot === null) return fetchOrder('the refund does not tell what it left of the lines');
    const { lineNumber } = line;
    // What Shopify has taken off the line, and we have not.
    const units = Math.min(item.quantity, line.ordered - line.cancelled - line.returned - snapshot.current);
    if (units <= 0) continue;
    const where = `of line ${lineNumber} of ${order.orderId}`;
    if (kind === 'cancel') {
      const unshipped = line.ordered - line.cancelled - line.shipped;
      // Units too few are made up for by the order's next state, units too many by nothing: the lower count it is.
      const quantity = Math.min(units, unshipped - Math.min(unshipped, snapshot.fulfillable));
      if (quantity > 0) cancelled.push({ lineNumber, quantity });
      if (line.requiresShipping && units > unshipped) {
        const detail = `Shopify cancelled ${units - unshipped} ${where}, which have shipped`;
        problems.push({ code: 'cancelled_after_shipping', detail });
      }
    } else if (isGoods(line)) {
      if (units <= line.delivered - line.returned) returned.push({ lineNumber, quantity: units });
      else {
        const detail = `${units} ${where} came back, and no delivery of as many is known`;
        problems.push({ code: 'return_unexpected', detail });
      }
    }
  }
  const canCancel = ['RECEIVED', 'ALLOCATED', 'FULFILLMENT_QUEUED'].includes(order.state);
  const note = manyLines(refund.note);
  return settled(
    [
      ...(canCancel ? cancellationsOf(order, cancelled, 'Refunded in Shopify', note) : []),
      ...returnsOf(order, returned),
    ],
    together(problems),
    'the refund moves no goods, or the order shows it already',
  );
}

type Kind = 'cancel' | 'return' | 'money';

/** What moves goods, in one entry for each line and kind, so that what is left of the line is compared once. */
function groupByLine(refund: ShopifyRefund, order: Order) {
  const entries = new Map<string, { item: ShopifyRefundLine; kind: Kind }>();
  for (const item of refund.refund_line_items) {
    const kind = kindOf(item, order);
    if (kind === 'money') continue;
    const key = `${kind} ${item.line_item_id}`;
    const quantity = item.quantity + (entries.get(key)?.item.quantity ?? 0);
    entries.set(key, { item: { ...item, quantity }, kind });
  }
  return entries.values();
}

/** The old `legacy_restock` does not tell whether the goods had left; the line does. */
function kindOf(item: ShopifyRefundLine, order: Order): Kind {
  switch (item.restock_type) {
    case 'cancel':
    case 'return':
      return item.restock_type;
    case 'legacy_restock': {
      const line = lineOf(order, item);
      return line !== undefined && line.shipped > 0 ? 'return' : 'cancel';
    }
    default:
      return 'money';
  }
}

function snapshotOf({ line_item: line }: ShopifyRefundLine): Snapshot | null {
  const current = line?.current_quantity;
  const fulfillable = line?.fulfillable_quantity;
  return current == null || fulfillable == null ? null : { current, fulfillable };
}

/** Shopify puts them back into stock, and so do we. */
function returnsOf(order: Order, returned: readonly Units[]): readonly CommandOf<'ReceiveReturn'>[] {
  const lots = ({ lineNumber }: Units) => order.lines[lineNumber - 1]?.allocations.length ?? 1;
  return inBatches(returned, lots).map((units) => ({
    type: 'ReceiveReturn',
    lines: units.map((each) => ({ ...each, disposition: 'RESTOCK' })),
  }));
}

/** One problem that tells of all; it goes by the name of the first. */
function together(problems: readonly Problem[]): Problem | null {
  const [first] = problems;
  return first === undefined
    ? null
    : { code: first.code, detail: problems.map((each) => each.detail).join('; ') };
}

function lineOf(order: Order, item: ShopifyRefundLine): Line | undefined {
  return order.lines.find((line) => line.channelLineId === item.line_item_id);
}
