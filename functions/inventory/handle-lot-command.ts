import type { Rejection } from '../../domain/decider.ts';
import { decideLot, evolveLot, type Lot, type LotCommand } from '../../domain/inventory/lot.ts';
import type { Origin, StockEnvelope } from '../events/envelope.ts';
import type { IdempotencyRecord } from '../idempotency.ts';
import { mayRetry } from '../orders/handle-order-command.ts';
import type { Ports } from '../orders/ports.ts';
import { Busy, WriteFailed } from '../write-failures.ts';

const ATTEMPTS = 12;

export interface LotRequest {
  readonly command: LotCommand;
  readonly origin: Origin;
  /** The threshold of the SKU, for a command that reports stock below it. */
  readonly lowStockThreshold?: number | undefined;
  readonly remember?: ((lot: Lot) => IdempotencyRecord) | undefined;
}

export type LotOutcome =
  | { readonly kind: 'done'; readonly lot: Lot; readonly events: readonly StockEnvelope[] }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  | { readonly kind: 'key-used' };

/**
 * Carries out one command on one lot: load, decide, save, all of it again while others get in between.
 *
 * @throws WriteFailed `low-stock-published` for a report that is not needed any more
 * @throws Busy when contention outlasted every attempt; nothing was written
 */
export async function handleLotCommand(ports: Ports, request: LotRequest): Promise<LotOutcome> {
  const { command, origin } = request;
  const { sku, lotNumber } = command;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const lots = (await ports.stock.lotsOf([sku])).get(sku) ?? [];
    const lot = lots.find((each) => each.lotNumber === lotNumber) ?? null;
    const decision = decideLot(command, lot);
    if ('rejection' in decision) return { kind: 'refused', rejection: decision.rejection };
    if (decision.events.length === 0 && lot !== null) return { kind: 'done', lot, events: [] };
    const occurredAt = ports.now();
    const events = decision.events.map(
      (event, index) =>
        ({
          eventId: ports.newId(),
          ...event,
          version: 1,
          sku,
          lotNumber,
          sequence: (lot?.sequence ?? 0) + index + 1,
          occurredAt,
          ...origin,
        }) as StockEnvelope,
    );
    const after = events.reduce<Lot | null>(
      (state, event) => evolveLot(state, event, { sku, lotNumber }),
      lot,
    ) as Lot;
    try {
      await ports.stock.save({
        before: lot,
        after,
        events,
        lowStockThreshold: request.lowStockThreshold,
        idempotency: request.remember?.(after),
      });
      return { kind: 'done', lot: after, events };
    } catch (error) {
      if (error instanceof WriteFailed && error.conflict === 'idempotency-key-used')
        return { kind: 'key-used' };
      if (!mayRetry(error)) throw error;
      await ports.pause(attempt);
    }
  }
  throw new Busy(`lot ${lotNumber} is changed by many at once; ${command.type} was not done, send it again`);
}
