import type { Movement } from '../../contract/movements.ts';
import { movementsOf } from '../../domain/inventory/effects.ts';
import { recorded } from '../../domain/inventory/location.ts';
import type { Envelope } from '../events/envelope.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

export interface MovementLedger {
  /** Writes movements down; one that is there already stays as it is. */
  write(movements: readonly Movement[]): Promise<void>;
  /** @returns movements of a SKU, newest first, that come after a position. */
  list(sku: string, limit: number, after: string | null): Promise<Page<Movement>>;
  /** Movements of a SKU from an instant on, without what they belong to. */
  since(sku: string, from: string): AsyncIterable<Pick<Movement, 'kind' | 'quantity' | 'occurredAt'>>;
}

/** The movements that an event stands for in the ledger, each with an id that the event fixes. */
export function ledgerOf(event: Envelope): readonly Movement[] {
  const { eventId, occurredAt } = event;
  const entry = (index: number) => ({
    movementId: `${eventId}-${String(index + 1).padStart(4, '0')}`,
    eventId,
    occurredAt,
  });
  if ('orderId' in event) {
    const { orderId } = event;
    return movementsOf(event).map(({ expiryDate: _, quarantined, ...movement }, index) => ({
      ...entry(index),
      ...movement,
      ...(movement.kind === 'RETURN' && { disposition: quarantined ? 'QUARANTINE' : 'RESTOCK' }),
      orderId,
    }));
  }
  const { sku, lotNumber } = event;
  const lot = { sku, lotNumber, ...recorded(event.locationId) };
  switch (event.type) {
    case 'StockReceived':
      return [{ ...entry(0), kind: 'RECEIPT', ...lot, quantity: event.data.quantity }];
    case 'StockAdjusted': {
      const { adjustment, reason } = event.data;
      return [{ ...entry(0), kind: 'ADJUSTMENT', ...lot, quantity: adjustment, reason }];
    }
    case 'TransferShipped':
    case 'TransferReceived': {
      const { transferId, quantity } = event.data;
      const kind = event.type === 'TransferShipped' ? 'TRANSFER_OUT' : 'TRANSFER_IN';
      return [{ ...entry(0), kind, ...lot, quantity, transferId }];
    }
    case 'LotStatusChanged':
    case 'StockLow':
      return [];
  }
}

/**
 * SKUs whose waiting orders are to be served after an event: it leaves more to be reserved than there was, or it lets
 * an order wait, for which stock may have come while the order was written.
 */
export function skusToServe(event: Envelope): readonly string[] {
  if (!('orderId' in event)) {
    const setsFree =
      event.type === 'StockReceived' ||
      event.type === 'TransferReceived' ||
      (event.type === 'StockAdjusted' && event.data.adjustment > 0) ||
      (event.type === 'LotStatusChanged' && event.data.after === 'AVAILABLE');
    return setsFree ? [event.sku] : [];
  }
  if (event.type === 'OrderBackordered') {
    return [...new Set(event.data.backordered.flatMap(({ sku }) => sku ?? []))];
  }
  const given = movementsOf(event).filter(({ kind }) => kind === 'RELEASE' || kind === 'RETURN');
  return [...new Set(given.map(({ sku }) => sku))];
}
