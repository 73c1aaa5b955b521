import { dateOf } from '../../../domain/calendar.ts';
import type { LineUnits } from '../../../domain/order/events.ts';
import type { OrderState } from '../../../domain/order/lifecycle.ts';
import type { Channel, DeliveryWindow } from '../../../domain/order/terms.ts';
import type { OrderEnvelope } from '../../events/envelope.ts';

/** How the delivery of an order compares with the window that was agreed. */
export type Punctuality = 'EARLY' | 'IN_WINDOW' | 'LATE';

/** What the overview has to know of one order, and nothing else of it. */
export interface OrderProjection {
  readonly orderId: string;
  /** The number of the last event that is part of it. */
  readonly sequence: number;
  readonly state: OrderState;
  /** When the order came into its state. */
  readonly since: string;
  readonly receivedAt: string;
  readonly channel: Channel;
  readonly currency: string;
  readonly total: string;
  /** Units to be shipped, without those that were cancelled. */
  readonly unitsOrdered: number;
  /** Units that ever had to wait for stock, each time that they did. */
  readonly unitsWaited: number;
  /** Units that wait for stock now; each SKU once, none with zero. */
  readonly backorders: readonly { readonly sku: string; readonly units: number }[];
  readonly deliveryWindow?: DeliveryWindow | undefined;
  readonly punctuality?: Punctuality | undefined;
  /** States that the order has left: how often, and how many seconds it was in them. */
  readonly stays: Readonly<Partial<Record<OrderState, { readonly stays: number; readonly seconds: number }>>>;
  /**
   * By day, how many times it came into a state less how many times it left it; none with zero. Orders that were
   * counted before this was have none until they are counted again.
   */
  readonly moves?: Moves | undefined;
  readonly voided: boolean;
}

type Moves = Readonly<Record<string, Readonly<Partial<Record<OrderState, number>>>>>;

/**
 * The projection of an order after an event. Folding a whole history, from null, gives the same as folding what is new
 * onto what was known.
 *
 * @throws Error for a history that does not begin with the reception of the order
 */
export function evolveProjection(projection: OrderProjection | null, event: OrderEnvelope): OrderProjection {
  if (event.type === 'OrderReceived') return received(event);
  if (projection === null) throw new Error(`the history of ${event.orderId} starts with ${event.type}`);
  return { ...apply(projection, event), sequence: event.sequence };
}

function received(event: Extract<OrderEnvelope, { type: 'OrderReceived' }>): OrderProjection {
  const { orderId, sequence, occurredAt, channel, data } = event;
  return {
    orderId,
    sequence,
    state: 'RECEIVED',
    since: occurredAt,
    receivedAt: occurredAt,
    channel,
    currency: data.currency,
    total: data.total,
    unitsOrdered: goods(data.lines),
    unitsWaited: 0,
    backorders: [],
    deliveryWindow: data.deliveryWindow,
    stays: {},
    moves: { [dateOf(occurredAt)]: { RECEIVED: 1 } },
    voided: false,
  };
}

function apply(projection: OrderProjection, event: OrderEnvelope): OrderProjection {
  switch (event.type) {
    case 'OrderAllocated':
      return moveTo(projection, 'ALLOCATED', event);
    case 'AllocationReleased':
      return moveTo(projection, 'RECEIVED', event);
    case 'FulfillmentQueued':
      return moveTo(projection, 'FULFILLMENT_QUEUED', event);
    case 'OrderShipped':
      return moveTo(projection, 'SHIPPED', event);
    case 'OrderClosed':
      return moveTo(projection, 'CLOSED', event);
    case 'OrderDelivered': {
      const punctuality = punctualityOf(projection.deliveryWindow, dateOf(event.data.deliveredAt));
      return { ...moveTo(projection, 'DELIVERED', event), punctuality };
    }
    case 'OrderCancelled': {
      const cancelled = moveTo(cancel(projection, event.data), 'CANCELLED', event);
      return { ...cancelled, punctuality: undefined };
    }
    case 'LinesCancelled':
      return cancel(projection, event.data);
    case 'OrderBackordered':
      return wait(projection, event.data.backordered);
    case 'BackorderAllocated':
      return serve(projection, event.data.reserved);
    case 'AllocationChanged':
      return serve(wait(projection, event.data.backordered), event.data.recovered);
    case 'OrderAmended':
      return amend(projection, event.data);
    case 'DeliveryWindowMissed':
      return { ...projection, punctuality: 'LATE' };
    case 'OrderVoided':
      return { ...projection, voided: true };
    default:
      // What else happens to an order changes none of the numbers.
      return projection;
  }
}

function moveTo(
  projection: OrderProjection,
  state: OrderState,
  { occurredAt }: OrderEnvelope,
): OrderProjection {
  const before = projection.stays[projection.state] ?? { stays: 0, seconds: 0 };
  const seconds = Math.max(0, Math.round((Date.parse(occurredAt) - Date.parse(projection.since)) / 1000));
  const stay = { stays: before.stays + 1, seconds: before.seconds + seconds };
  return {
    ...projection,
    state,
    since: occurredAt,
    stays: { ...projection.stays, [projection.state]: stay },
    ...(projection.moves !== undefined && {
      moves: movedOn(projection.moves, dateOf(occurredAt), projection.state, state),
    }),
  };
}

function movedOn(moves: Moves, date: string, from: OrderState, to: OrderState): Moves {
  const day: Partial<Record<OrderState, number>> = { ...moves[date] };
  day[from] = (day[from] ?? 0) - 1;
  day[to] = (day[to] ?? 0) + 1;
  return { ...moves, [date]: Object.fromEntries(Object.entries(day).filter(([, net]) => net !== 0)) };
}

function punctualityOf(window: DeliveryWindow | undefined, day: string): Punctuality | undefined {
  if (window === undefined) return undefined;
  if (day > window.end) return 'LATE';
  return day < window.start ? 'EARLY' : 'IN_WINDOW';
}

type Units = readonly Pick<LineUnits, 'sku' | 'quantity'>[];

function wait(projection: OrderProjection, units: Units): OrderProjection {
  const unitsWaited = projection.unitsWaited + total(units);
  return { ...projection, unitsWaited, backorders: moved(projection.backorders, units, +1) };
}

function serve(projection: OrderProjection, units: Units): OrderProjection {
  return { ...projection, backorders: moved(projection.backorders, units, -1) };
}

function cancel(
  projection: OrderProjection,
  { lines, recovered }: { lines: Units; recovered: Units },
): OrderProjection {
  const unitsOrdered = Math.max(0, projection.unitsOrdered - total(lines));
  return { ...serve(projection, recovered), unitsOrdered };
}

function amend(
  projection: OrderProjection,
  data: Extract<OrderEnvelope, { type: 'OrderAmended' }>['data'],
): OrderProjection {
  const more = (data.lines ?? []).reduce(
    (sum, { quantity }) => sum + (quantity === undefined ? 0 : quantity.after - quantity.before),
    goods(data.addedLines ?? []),
  );
  const amended = {
    ...serve(projection, data.recovered),
    unitsOrdered: Math.max(0, projection.unitsOrdered + more),
    total: data.total?.after ?? projection.total,
  };
  if (data.deliveryWindow === undefined) return amended;
  return { ...amended, deliveryWindow: data.deliveryWindow.after ?? undefined, punctuality: undefined };
}

function moved(
  backorders: OrderProjection['backorders'],
  units: Units,
  sign: 1 | -1,
): OrderProjection['backorders'] {
  const next = new Map(backorders.map(({ sku, units: waiting }) => [sku, waiting]));
  for (const { sku, quantity } of units) {
    if (sku !== null) next.set(sku, (next.get(sku) ?? 0) + sign * quantity);
  }
  return [...next].filter(([, waiting]) => waiting > 0).map(([sku, waiting]) => ({ sku, units: waiting }));
}

function total(units: Units): number {
  return units.reduce((sum, { quantity }) => sum + quantity, 0);
}

function goods(lines: readonly { readonly quantity: number; readonly requiresShipping: boolean }[]): number {
  return lines.reduce((sum, line) => sum + (line.requiresShipping ? line.quantity : 0), 0);
}
