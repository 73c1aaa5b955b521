import type { AgentTool } from '../../contract/agents.ts';
import type { Lot } from '../../domain/inventory/lot.ts';
import { isFinal, LIFECYCLE } from '../../domain/order/lifecycle.ts';
import { isGoods, type Line, type Order, open, type Shipment } from '../../domain/order/order.ts';
import { skuNamed } from '../../domain/text.ts';
import { stockSums } from '../inventory/lot-view.ts';
import { toolsGiving } from './actions.ts';

/** Something that keeps an order from its next state, and what would take it away. */
export interface Blocker {
  readonly kind: 'HOLD' | 'BACKORDER' | 'NOT_LOOKED_AT' | 'RELEASED' | 'STEPS' | 'SHIPMENT' | 'DELIVERY';
  readonly detail: string;
  readonly remedy: string;
  readonly lineNumber?: number;
  readonly shipment?: Pick<Shipment, 'shipmentId' | 'carrier' | 'trackingNumber'>;
}

export interface Explanation {
  readonly orderId: string;
  readonly state: string;
  /** What the loop does next by itself, or waits for. */
  readonly next: string;
  readonly blockers: readonly Blocker[];
  /** Tools whose commands the state takes; a blocker may stand against one all the same. */
  readonly allowedTools: readonly AgentTool[];
}

/**
 * Explains the state of an order: which guards it does not pass yet, and what would let it pass.
 *
 * @param stock the lots of every SKU of the order
 * @param today a calendar date in UTC, which decides the lots that have expired
 */
export function explainOrder(
  order: Order,
  stock: ReadonlyMap<string, readonly Lot[]>,
  today: string,
): Explanation {
  return {
    orderId: order.orderId,
    state: order.state,
    next: NEXT[order.state],
    blockers: blockersOf(order, stock, today),
    allowedTools: toolsGiving(LIFECYCLE[order.state]),
  };
}

const NEXT: Readonly<Record<Order['state'], string>> = {
  RECEIVED: 'Stock is reserved as soon as there is some; the order is then ALLOCATED.',
  ALLOCATED: 'The workflow queues the order for fulfillment unless it is held.',
  FULFILLMENT_QUEUED: 'A shipment has to be recorded for everything that is left to ship.',
  SHIPPED: 'The delivery of every shipment has to be confirmed, by the carrier or by hand.',
  DELIVERED: 'The workflow closes the order.',
  CLOSED: 'Nothing: the loop is closed. Goods can still come back.',
  CANCELLED: 'Nothing: the order was cancelled.',
};

function blockersOf(
  order: Order,
  stock: ReadonlyMap<string, readonly Lot[]>,
  today: string,
): readonly Blocker[] {
  if (isFinal(order.state) || order.state === 'DELIVERED') return [];
  if (order.state === 'SHIPPED') return undelivered(order);
  return [
    ...order.holds.map(
      ({ holdId, reason }): Blocker => ({
        kind: 'HOLD',
        detail: `the hold ${holdId} (${reason}) stops queueing and shipping`,
        remedy: 'settle its reason, then release_hold',
      }),
    ),
    ...(order.cancelling === undefined && order.shipping === undefined ? [] : [STEPS]),
    ...(order.allocationReleased ? [RELEASED] : []),
    ...order.lines.filter(isGoods).flatMap((line) => missing(line, stock.get(line.sku) ?? [], today)),
    ...undelivered(order),
  ];
}

const STEPS: Blocker = {
  kind: 'STEPS',
  detail: 'a large shipment or cancellation is being recorded in steps',
  remedy: 'wait: the workflow continues automatically',
};

const RELEASED: Blocker = {
  kind: 'RELEASED',
  detail: 'the reservation was released on purpose',
  remedy: 'allocate_order reserves again',
};

function missing(line: Line & { readonly sku: string }, lots: readonly Lot[], today: string): Blocker[] {
  const { lineNumber, sku, backordered } = line;
  if (backordered > 0) {
    const { available, unavailable } = stockSums(lots, today);
    return [
      {
        kind: 'BACKORDER',
        lineNumber,
        detail: `line ${lineNumber} lacks ${backordered} of ${skuNamed(sku)}; ${available} are available and ${unavailable} are on hand but not to be promised`,
        remedy:
          available >= backordered
            ? 'allocate_order reserves them, unless a pin, the shelf life or the case pack stands against it'
            : 'receive stock, or cancel what is left of the line',
      },
    ];
  }
  if (open(line) === 0) return [];
  return [
    {
      kind: 'NOT_LOOKED_AT',
      lineNumber,
      detail: `${open(line)} of line ${lineNumber} have not been looked at by allocation yet`,
      remedy: 'wait for the workflow, or allocate_order',
    },
  ];
}

function undelivered(order: Order): readonly Blocker[] {
  return order.shipments
    .filter(({ deliveredAt }) => deliveredAt === undefined)
    .map(({ shipmentId, carrier, trackingNumber }) => ({
      kind: 'DELIVERY',
      detail: `the shipment ${shipmentId} is on its way`,
      remedy: 'wait for the carrier, or confirm_delivery',
      shipment: { shipmentId, carrier, trackingNumber },
    }));
}
