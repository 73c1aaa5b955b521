import * as z from 'zod';
import { STOCK_EVENT_DATA, type StockEventType } from '../../domain/inventory/lot.ts';
import { ORDER_EVENT_DATA, type OrderEventType } from '../../domain/order/events.ts';
import { ORDER_HEAD, STOCK_HEAD } from './envelope.ts';
import { MEANINGS } from './meanings.ts';

/** The name of any event of the loop. */
export type EventType = OrderEventType | StockEventType;

/** A version of an event that is published on the bus. */
export interface CataloguedEvent {
  readonly type: EventType;
  readonly version: 1;
  /** What the event belongs to; `sequence` counts the events of one subject. */
  readonly subject: 'order' | 'lot';
  readonly meaning: string;
  /** The whole envelope. */
  readonly schema: z.ZodObject;
}

/** Every published event in every version, orders first, in the order of declaration. */
export const EVENT_CATALOGUE: readonly CataloguedEvent[] = [
  ...Object.entries(ORDER_EVENT_DATA).map(([type, data]) =>
    catalogued(type as OrderEventType, 'order', ORDER_HEAD, data),
  ),
  ...Object.entries(STOCK_EVENT_DATA).map(([type, data]) =>
    catalogued(type as StockEventType, 'lot', STOCK_HEAD, data),
  ),
];

function catalogued(
  type: EventType,
  subject: 'order' | 'lot',
  head: typeof ORDER_HEAD | typeof STOCK_HEAD,
  data: z.ZodType,
): CataloguedEvent {
  const { eventId, ...rest } = head;
  const schema = z.object({ eventId, type: z.literal(type), ...rest, data });
  return { type, version: 1, subject, meaning: MEANINGS[type], schema };
}
