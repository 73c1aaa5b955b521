import * as z from 'zod';
import type { StockEvent, StockEventType } from '../../domain/inventory/lot.ts';
import type { OrderEvent, OrderEventType } from '../../domain/order/events.ts';
import { Channel, OrderType } from '../../domain/order/terms.ts';

/** Who requested something: a person, a program of ours, an AI agent, or a sales channel. */
export interface Actor {
  readonly type: 'human' | 'automation' | 'ai-agent' | 'channel';
  readonly id: string;
  /** The person who approved the action of an agent, where the policy requires one. */
  readonly approvedBy?: string | undefined;
}

interface EnvelopeOf<Type extends string, Data> {
  readonly eventId: string;
  readonly type: Type;
  readonly version: 1;
  /** Counts the events of one order, or one lot, from 1 without gaps. */
  readonly sequence: number;
  readonly occurredAt: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId?: string | undefined;
  /** The event was republished from the history; it may have been published before. */
  readonly replay?: true | undefined;
  /** The same for all events of one replay. */
  readonly replayId?: string | undefined;
  readonly data: Data;
}

/** An order's event, as it is stored in the history and published on the bus. */
export type OrderEnvelope = {
  [Type in OrderEventType]: EnvelopeOf<Type, Extract<OrderEvent, { type: Type }>['data']> & {
    readonly orderId: string;
    readonly channel: Channel;
    readonly orderType: OrderType;
    /** The order is a test: its events have a source of their own on the bus. */
    readonly isTest?: true | undefined;
  };
}[OrderEventType];

/** A lot's event, as it is stored in the history and published on the bus. */
export type StockEnvelope = {
  [Type in StockEventType]: EnvelopeOf<Type, Extract<StockEvent, { type: Type }>['data']> & {
    readonly sku: string;
    readonly lotNumber: string;
    /** `MAIN` where it is absent. */
    readonly locationId?: string | undefined;
  };
}[StockEventType];

export type Envelope = OrderEnvelope | StockEnvelope;

const head = {
  eventId: z.string().min(1).meta({ description: 'The same for every delivery of the event.' }),
  version: z.literal(1),
  sequence: z.int().min(1).meta({ description: 'Counts the events of one order, or one lot, without gaps.' }),
  occurredAt: z.iso.datetime(),
  actor: z
    .object({
      type: z.enum(['human', 'automation', 'ai-agent', 'channel']),
      id: z.string(),
      approvedBy: z
        .string()
        .optional()
        .meta({ description: 'The person who approved the action of an agent.' }),
    })
    .meta({ description: 'Who requested it.' }),
  correlationId: z.string().meta({ description: 'The same for everything that one request led to.' }),
  causationId: z.string().optional().meta({ description: 'The event that led to this one.' }),
  replay: z
    .literal(true)
    .optional()
    .meta({ description: 'Present when the event was republished from the history.' }),
  replayId: z.string().optional().meta({ description: 'The same for all events of one replay.' }),
};

/** Fields of every event of an order, besides type and data. */
export const ORDER_HEAD = {
  ...head,
  orderId: z.string().min(1),
  channel: Channel,
  orderType: OrderType,
  isTest: z
    .literal(true)
    .optional()
    .meta({ description: 'Present for test orders, whose events have the source `order-loop.test`.' }),
} as const;

/** Fields of every event of a lot, besides type and data. */
export const STOCK_HEAD = {
  ...head,
  sku: z.string().min(1),
  lotNumber: z.string().min(1),
  locationId: z.string().optional().meta({
    description: 'Where the lot is; `MAIN` where it is absent. The same number elsewhere is another lot.',
  }),
} as const;
