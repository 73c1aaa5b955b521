import type { CommandOf } from '../../../domain/order/commands.ts';
import { isGoods, type Line, type Order } from '../../../domain/order/order.ts';
import { manyLines } from './clean.ts';
import {
  cancellationsOf,
  fetchOrder,
  inParts,
  type Known,
  keepAside,
  type ShopifyOutcome,
  settled,
  type Units,
} from './outcome.ts';
import type { ShopifyRefund, ShopifyRefundLine } from './payload.ts';
import { problem } from './problem.ts';

type Snapshot = { readonly current: number; readonly fulfillable: number };

/**
 * A refund changes the order only where goods are concerned: `cancel` takes units off that have not shipped, `return`
 * brings shipped ones back into stock, `no_restock` is money alone. Shopify sends `orders/updated` for the same
 * refund, before or after; so each line is compared with the state in which the refund left it, and what the other
 * message has done is not done twice.
 */
export function changeByRefund(refund: ShopifyRefund, { order }: Known): ShopifyOutcome {
  const cancelled = new Map<Line, number>();
  const returned = new Map<Line, number>();
  for (const { item, kind } of togetherByLine(refund, order)) {
    const line = lineOf(order, item);
    if (line === undefined) {
      return keepAside(
        'unknown_line',
        `${order.orderId} has no line for Shopify's line ${item.line_item_id}`,
      );
    }
    const snapshot = snapshotOf(item);
    if (snapshot === null) return fetchOrder('the refund does not tell what it left of the lines');
    if (kind === 'cancel') note(cancelled, line, cancelledNow(line, item, snapshot));
    else note(returned, line, returnedNow(line, item, snapshot));
  }

  const late = notDelivered(returned);
  const canCancel = ['RECEIVED', 'ALLOCATED', 'FULFILLMENT_QUEUED'].includes(order.state);
  const shipped = !canCancel && order.state !== 'CANCELLED' && cancelled.size > 0;
  const commands = [
    ...(canCancel ? cancellations(order, cancelled, refund) : []),
    ...(late.length === 0 ? returns(returned) : []),
  ];
  const aside =
    late.length > 0
      ? problem('return_unexpected', `${describe(order, late)} came back, and no delivery of them is known`)
      : problem(
          'cancelled_after_shipping',
          `${order.orderId} is ${order.state}, and Shopify cancelled units of it`,
        );
  return settled(
    commands,
    late.length > 0 || shipped ? aside.problem : null,
    'the refund moves no goods, or the order shows it already',
  );
}

type Kind = 'cancel' | 'return' | 'money';

/** What moves goods, in one entry for each line and kind, so that what is left of the line is compared once. */
function togetherByLine(refund: ShopifyRefund, order: Order) {
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

function note(units: Map<Line, number>, line: Line, quantity: number): void {
  if (quantity > 0) units.set(line, quantity);
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

/**
 * Never more than the refund says, nor than either count of Shopify's leaves: units too few are made up for by the
 * order's next state, units too many by nothing.
 */
function cancelledNow(line: Line, item: ShopifyRefundLine, { current, fulfillable }: Snapshot): number {
  const leftToShip = line.ordered - line.cancelled - line.shipped;
  const held = line.ordered - line.cancelled - line.returned;
  return Math.min(item.quantity, leftToShip, leftToShip - fulfillable, held - current);
}

function returnedNow(line: Line, item: ShopifyRefundLine, { current }: Snapshot): number {
  if (!isGoods(line)) return 0;
  const held = line.ordered - line.cancelled - line.returned;
  return Math.min(item.quantity, held - current);
}

function snapshotOf({ line_item: line }: ShopifyRefundLine): Snapshot | null {
  const current = line?.current_quantity;
  const fulfillable = line?.fulfillable_quantity;
  return current == null || fulfillable == null ? null : { current, fulfillable };
}

function cancellations(order: Order, cancelled: ReadonlyMap<Line, number>, refund: ShopifyRefund) {
  return cancellationsOf(order, unitsOf(cancelled), 'Refunded in Shopify', manyLines(refund.note));
}

/** Shopify puts them back into stock, and so do we. */
function returns(returned: ReadonlyMap<Line, number>): readonly CommandOf<'ReceiveReturn'>[] {
  const lots = new Map([...returned.keys()].map((line) => [line.lineNumber, line.allocations.length]));
  return inParts(unitsOf(returned), ({ lineNumber }) => lots.get(lineNumber) ?? 1).map((units) => ({
    type: 'ReceiveReturn',
    lines: units.map((each) => ({ ...each, disposition: 'RESTOCK' })),
  }));
}

function notDelivered(returned: ReadonlyMap<Line, number>): readonly Units[] {
  return unitsOf(
    new Map([...returned].filter(([line, quantity]) => line.delivered - line.returned < quantity)),
  );
}

function unitsOf(lines: ReadonlyMap<Line, number>): readonly Units[] {
  return [...lines].map(([{ lineNumber }, quantity]) => ({ lineNumber, quantity }));
}

function describe(order: Order, units: readonly Units[]): string {
  const list = units.map(({ lineNumber, quantity }) => `${quantity} of line ${lineNumber}`).join(', ');
  return `${list} of ${order.orderId}`;
}

function lineOf(order: Order, item: ShopifyRefundLine): Line | undefined {
  return order.lines.find((line) => line.channelLineId === item.line_item_id);
}
