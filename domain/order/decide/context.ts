import type { Supply } from '../../inventory/allocate.ts';
import type { Location } from '../../inventory/location.ts';
import type { OrderEvent } from '../events.ts';
import { evolve } from '../evolve.ts';
import type { Order } from '../order.ts';

/** What a decision may know besides the order: the time, and the stock of the SKUs it asked for. */
export interface Facts {
  readonly orderId: string;
  /** The instant of the command, in UTC. */
  readonly now: string;
  /** Lots by SKU; null when stock could not be looked at, which leaves everything open. */
  readonly stock: ReadonlyMap<string, readonly Supply[]> | null;
  /** All locations; absent where all stock is in a MAIN that serves every order. */
  readonly locations?: readonly Location[] | undefined;
  /** Locations that nothing comes into: they were removed, or are being removed. */
  readonly closedLocations?: ReadonlySet<string> | undefined;
  /** How many reservations one step may make or give up, so that it fits into one transaction. */
  readonly mostReservations: number;
  /** How many lines and lots one request may name. @default as many as a step may reserve */
  readonly mostNamed?: number | undefined;
}

/** @returns how many lines and lots one request may name. */
export function mostNamed(facts: Facts): number {
  return facts.mostNamed ?? facts.mostReservations;
}

/** @returns the order as it would be after these events, without their place in the history. */
export function after(order: Order | null, events: readonly OrderEvent[], facts: Facts): Order {
  const result = events.reduce<Order | null>(
    (state, event) =>
      evolve(state, { ...event, sequence: (state?.sequence ?? 0) + 1, occurredAt: facts.now }, facts.orderId),
    order,
  );
  if (result === null) throw new Error('no order and no events');
  return result;
}
