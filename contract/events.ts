import type { StockEventType } from '../domain/inventory/lot.ts';
import type { OrderEventType } from '../domain/order/events.ts';
import { EVENT_CATALOGUE, type EventType } from './events/catalogue.ts';
import type { Envelope } from './events/envelope.ts';

export { type CataloguedEvent, EVENT_CATALOGUE, type EventType } from './events/catalogue.ts';
export type { Actor, Envelope, OrderEnvelope, StockEnvelope } from './events/envelope.ts';

/** The envelope of one event, for example `EventOf<'OrderShipped'>`. */
export type EventOf<Type extends OrderEventType | StockEventType> = Extract<Envelope, { type: Type }>;

const SCHEMAS = new Map(EVENT_CATALOGUE.map(({ type, schema }) => [type as string, schema]));

/** @returns whether the loop has an event of this name. */
export function isEventType(type: unknown): type is EventType {
  return typeof type === 'string' && SCHEMAS.has(type);
}

/**
 * Parses an event as the bus delivers it in `detail`. Unknown fields are dropped, so newer events can be parsed as long
 * as they only add fields.
 *
 * @throws Error for a value that is not an event of the loop, or lacks a field
 */
export function parseEvent(value: unknown): Envelope {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  const schema = isEventType(type) ? SCHEMAS.get(type) : undefined;
  if (schema === undefined) throw new Error(`${String(type).slice(0, 100)} is not an event of the loop`);
  return schema.parse(value) as unknown as Envelope;
}
