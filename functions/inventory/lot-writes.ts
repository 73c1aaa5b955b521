import { recorded } from '../../domain/inventory/location.ts';
import { evolveLot, type Lot } from '../../domain/inventory/lot.ts';
import type { LotEvents } from '../../domain/inventory/transfer.ts';
import type { Origin, StockEnvelope } from '../events/envelope.ts';
import { mayRetry } from '../orders/handle-order-command.ts';
import type { Ports } from '../orders/ports.ts';
import { WriteFailed } from '../write-failures.ts';
import type { LotWrite, StockWrite } from './ports.ts';

/** How often a change of stock is decided again when a lot changed meanwhile. */
export const ATTEMPTS = 12;

/**
 * Makes the write of one lot from what was decided of it: the events with their envelopes, and the lot after them.
 *
 * @param occurredAt when it was decided
 * @throws Error where nothing was decided of a lot that there is not
 */
export function lotWrite(
  ports: Pick<Ports, 'newId'>,
  origin: Origin,
  occurredAt: string,
  { sku, lotNumber, locationId, lot, sibling, events: decided }: LotEvents,
): LotWrite {
  const identity = { sku, lotNumber, ...recorded(locationId) };
  const events = decided.map(
    (event, index) =>
      ({
        eventId: ports.newId(),
        ...event,
        version: 1,
        ...identity,
        sequence: (lot?.sequence ?? 0) + index + 1,
        occurredAt,
        ...origin,
      }) as StockEnvelope,
  );
  const after = events.reduce<Lot | null>((state, event) => evolveLot(state, event, identity), lot);
  if (after === null) throw new Error(`nothing happens to lot ${lotNumber}, which there is not`);
  return { before: lot, after, events, sibling };
}

/**
 * Writes a change of stock.
 *
 * @returns `changed` after a pause when another got in between and it is to be decided again; nothing was written
 */
export async function saveStock(
  ports: Pick<Ports, 'stock' | 'pause'>,
  write: StockWrite,
  attempt: number,
): Promise<'saved' | 'changed' | 'key-used'> {
  try {
    await ports.stock.save(write);
    return 'saved';
  } catch (error) {
    if (error instanceof WriteFailed && error.conflict === 'idempotency-key-used') return 'key-used';
    if (!mayRetry(error)) throw error;
    await ports.pause(attempt);
    return 'changed';
  }
}
