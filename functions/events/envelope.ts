import type { Actor } from '../../contract/events/envelope.ts';

export type { Actor, Envelope, OrderEnvelope, StockEnvelope } from '../../contract/events/envelope.ts';

/** Where a command comes from; every event that it leads to carries this. */
export interface Origin {
  readonly actor: Actor;
  /** The same for everything that one request or message leads to. */
  readonly correlationId: string;
  /** The event that led to the command, where one did. */
  readonly causationId?: string | undefined;
}
