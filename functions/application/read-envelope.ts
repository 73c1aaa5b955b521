import { z } from 'zod';
import { ORDER_EVENT_DATA } from '../../domain/order/events.ts';
import { Channel, OrderType } from '../../domain/order/terms.ts';
import { STOCK_EVENT_DATA } from '../../domain/stock/lot.ts';
import type { Envelope } from './envelope.ts';

const head = {
  eventId: z.string().min(1),
  version: z.literal(1),
  sequence: z.int().min(1),
  occurredAt: z.iso.datetime(),
  actor: z.object({ type: z.enum(['human', 'automation', 'ai-agent', 'channel']), id: z.string() }),
  correlationId: z.string(),
  causationId: z.string().optional(),
};
const OrderHead = z.object({ ...head, orderId: z.string().min(1), channel: Channel, orderType: OrderType });
const StockHead = z.object({ ...head, sku: z.string().min(1), lotNumber: z.string().min(1) });

const Typed = z.object({ type: z.string(), data: z.unknown() });

/**
 * Reads an event as the bus delivers it. Fields that this version does not know are left out, so that newer events
 * can be read as long as they only add.
 *
 * @throws Error for what is no event of the loop, or one that lacks something
 */
export function readEnvelope(value: unknown): Envelope {
  const { type, data } = Typed.parse(value);
  if (Object.hasOwn(ORDER_EVENT_DATA, type)) {
    const schema = ORDER_EVENT_DATA[type as keyof typeof ORDER_EVENT_DATA];
    return { ...OrderHead.parse(value), type, data: schema.parse(data) } as Envelope;
  }
  if (Object.hasOwn(STOCK_EVENT_DATA, type)) {
    const schema = STOCK_EVENT_DATA[type as keyof typeof STOCK_EVENT_DATA];
    return { ...StockHead.parse(value), type, data: schema.parse(data) } as Envelope;
  }
  throw new Error(`${type} is no event of the loop`);
}
