import type { Decision } from '../../domain/decider.ts';
import { lotChanges } from '../../domain/inventory/effects.ts';
import { type LotPlace, lotIdentity, recorded } from '../../domain/inventory/location.ts';
import type { Lot } from '../../domain/inventory/lot.ts';
import { OrderCommand } from '../../domain/order/commands.ts';
import { decide, stockNeeded } from '../../domain/order/decide/decide.ts';
import type { OrderEvent, RecordedOrderEvent } from '../../domain/order/events.ts';
import { evolve } from '../../domain/order/evolve.ts';
import type { Order } from '../../domain/order/order.ts';

/** Terms of a lot for a test: what is not given is ordinary. */
export type TestLot = Pick<Lot, 'sku' | 'lotNumber' | 'available'> & Partial<Lot>;

/** A command as a caller would write it: defaults may be left out. */
export type WrittenCommand = { readonly type: OrderCommand['type']; readonly [term: string]: unknown };

/** @returns a lot of a SKU; it never expires and may be sold, unless a test says otherwise. */
export function lot(
  sku: string,
  lotNumber: string,
  available: number,
  terms: Partial<Pick<Lot, 'expiryDate' | 'status' | 'locationId'>> = {},
): Lot {
  return {
    sku,
    lotNumber,
    available,
    expiryDate: null,
    status: 'AVAILABLE',
    reserved: 0,
    sequence: 1,
    ...terms,
  };
}

/**
 * Orders and lots in memory, changed by the real decisions alone: events go through `evolve` and `lotChanges`, and
 * a lot refuses what the store would refuse. A decision is told only the stock that `stockNeeded` asks for.
 */
export class Warehouse {
  now = '2026-03-01T08:00:00.000Z';
  readonly mostReservations: number;
  readonly orders = new Map<string, Order>();
  readonly histories = new Map<string, readonly RecordedOrderEvent[]>();
  readonly #lots = new Map<string, Lot>();

  constructor(lots: readonly TestLot[], mostReservations = 25) {
    this.mostReservations = mostReservations;
    for (const each of lots) this.put({ ...lot(each.sku, each.lotNumber, each.available), ...each });
  }

  /** Puts a lot there as it is, or in place of the one that was. */
  put(changed: Lot): void {
    this.#lots.set(keyOf(changed.sku, changed), changed);
  }

  lots(): readonly Lot[] {
    return [...this.#lots.values()];
  }

  lot(sku: string, lotNumber: string, locationId?: string): Lot {
    const found = this.#lots.get(keyOf(sku, { lotNumber, locationId }));
    if (found === undefined) throw new Error(`there is no lot ${lotNumber} of ${sku}`);
    return found;
  }

  order(orderId: string): Order {
    const order = this.orders.get(orderId);
    if (order === undefined) throw new Error(`there is no order ${orderId}`);
    return order;
  }

  /** Decides a command without carrying it out. */
  decide(orderId: string, written: WrittenCommand): Decision<OrderEvent> {
    const command = OrderCommand.parse(written);
    const order = this.orders.get(orderId) ?? null;
    const skus = stockNeeded(command, order, this.mostReservations);
    const stock = new Map(skus.map((sku) => [sku, this.lots().filter((each) => each.sku === sku)]));
    return decide(command, order, { orderId, now: this.now, stock, mostReservations: this.mostReservations });
  }

  /** Decides a command and lets its events happen. A refusal changes nothing. */
  handle(orderId: string, written: WrittenCommand): Decision<OrderEvent> {
    const decision = this.decide(orderId, written);
    if ('events' in decision) this.#happen(orderId, decision.events);
    return decision;
  }

  #happen(orderId: string, events: readonly OrderEvent[]): void {
    for (const change of lotChanges(events)) {
      const key = keyOf(change.sku, change);
      const before = this.#lots.get(key) ?? {
        ...lot(change.sku, change.lotNumber, 0, recorded(change.locationId)),
        expiryDate: change.expiryDate,
        status: change.statusWhenNew,
      };
      if (change.draws && before.status !== 'AVAILABLE')
        throw new Error(`${orderId} draws on lot ${change.lotNumber}, which is ${before.status}`);
      const available = before.available + change.available;
      const reserved = before.reserved + change.reserved;
      if (available < 0 || reserved < 0)
        throw new Error(`lot ${change.lotNumber} would have ${available} available and ${reserved} reserved`);
      this.#lots.set(key, { ...before, available, reserved });
    }
    let history = this.histories.get(orderId) ?? [];
    let order = this.orders.get(orderId) ?? null;
    for (const event of events) {
      const recorded = { ...event, sequence: history.length + 1, occurredAt: this.now };
      history = [...history, recorded];
      order = evolve(order, recorded, orderId);
    }
    this.histories.set(orderId, history);
    if (order !== null) this.orders.set(orderId, order);
  }
}

function keyOf(sku: string, place: LotPlace): string {
  return JSON.stringify([sku, lotIdentity(place)]);
}
