import type { OrderEvent, OrderEventType } from '../../domain/order/events.ts';
import type { Channel, OrderType } from '../../domain/order/terms.ts';
import type { StockEvent, StockEventType } from '../../domain/stock/lot.ts';

/** Who asked for something: a person, a program of ours, an AI agent, or a sales channel. */
export interface Actor {
  readonly type: 'human' | 'automation' | 'ai-agent' | 'channel';
  readonly id: string;
}

/** Where a command comes from; every event that it leads to carries this. */
export interface Origin {
  readonly actor: Actor;
  /** The same for everything that one request or message leads to. */
  readonly correlationId: string;
  /** The event that led to the command, where one did. */
  readonly causationId?: string | undefined;
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
  readonly data: Data;
}

/** An order's event as it is kept in the history and told on the bus. */
export type OrderEnvelope = {
  [Type in OrderEventType]: EnvelopeOf<Type, Extract<OrderEvent, { type: Type }>['data']> & {
    readonly orderId: string;
    readonly channel: Channel;
    readonly orderType: OrderType;
  };
}[OrderEventType];

/** A lot's event as it is kept in the history and told on the bus. */
export type StockEnvelope = {
  [Type in StockEventType]: EnvelopeOf<Type, Extract<StockEvent, { type: Type }>['data']> & {
    readonly sku: string;
    readonly lotNumber: string;
  };
}[StockEventType];

export type Envelope = OrderEnvelope | StockEnvelope;
