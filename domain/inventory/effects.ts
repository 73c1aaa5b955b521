import { unreachable } from '../decider.ts';
import type { OrderEvent, Reservation } from '../order/events.ts';
import type { LotStatus } from './lot.ts';

/** The change of the counters of one lot by an order's events. On hand changes by `available + reserved`. */
export interface LotChange {
  readonly sku: string;
  readonly lotNumber: string;
  readonly expiryDate: string | null;
  readonly available: number;
  readonly reserved: number;
  /** Goods are reserved or shipped, so the lot must be AVAILABLE at that moment. */
  readonly draws: boolean;
  /** The status of the lot, if this change creates it. */
  readonly statusWhenNew: LotStatus;
}

/** A movement of a lot, as the stock ledger names it. */
export interface Movement {
  readonly kind: 'ALLOCATION' | 'RELEASE' | 'SHIPMENT' | 'RETURN';
  readonly sku: string;
  readonly lotNumber: string;
  readonly expiryDate: string | null;
  readonly lineNumber: number;
  readonly quantity: number;
  /** The lot is not AVAILABLE when the goods come in: returned goods that wait for inspection. */
  readonly quarantined?: boolean;
}

/** @returns the movements of lots that an order's event causes. */
export function movementsOf(event: OrderEvent): readonly Movement[] {
  switch (event.type) {
    case 'OrderAllocated':
    case 'BackorderAllocated':
      return event.data.reserved.map(allocation);
    case 'AllocationChanged':
      return [...event.data.released.map(release), ...event.data.reserved.map(allocation)];
    case 'AllocationReleased':
    case 'OrderAmended':
    case 'LinesCancelled':
    case 'OrderCancelled':
      return event.data.released.map(release);
    case 'ShipmentShipped':
      return event.data.lines.flatMap(({ sku, lineNumber, lots }) =>
        lots.flatMap(({ insteadOf, ...lot }): Movement[] => {
          const shipped: Movement = { kind: 'SHIPMENT', sku, lineNumber, ...lot };
          if (insteadOf === undefined) return [shipped];
          const units = { sku, lineNumber, quantity: lot.quantity };
          return [
            { kind: 'RELEASE', ...units, ...insteadOf },
            { kind: 'ALLOCATION', ...units, lotNumber: lot.lotNumber, expiryDate: lot.expiryDate },
            shipped,
          ];
        }),
      );
    case 'ReturnReceived':
      return event.data.lines.flatMap(
        ({ sku, lineNumber, quantity, expiryDate, intoLot, disposition }): Movement[] =>
          intoLot === undefined
            ? []
            : [
                {
                  kind: 'RETURN',
                  sku,
                  lineNumber,
                  quantity,
                  expiryDate,
                  lotNumber: intoLot,
                  quarantined: disposition === 'QUARANTINE',
                },
              ],
      );
    case 'OrderReceived':
    case 'OrderBackordered':
    case 'OrderHeld':
    case 'OrderHoldReleased':
    case 'FulfillmentQueued':
    case 'ShipmentCorrected':
    case 'OrderShipped':
    case 'ShipmentDelivered':
    case 'DeliveryTroubled':
    case 'OrderDelivered':
    case 'OrderClosed':
    case 'InvoiceRequested':
    case 'CreditRequested':
    case 'RefundCredited':
    case 'DeliveryWindowAtRisk':
    case 'DeliveryWindowMissed':
    case 'TransitionRejected':
    case 'OrderVoided':
    case 'PersonalDataErased':
      return [];
    default:
      return unreachable(event);
  }
}

/** Sums the changes of each lot over several events of an order, so that each lot is written once. */
export function lotChanges(events: readonly OrderEvent[]): readonly LotChange[] {
  const changes = new Map<string, LotChange>();
  for (const movement of events.flatMap(movementsOf)) {
    const key = JSON.stringify([movement.sku, movement.lotNumber]);
    const before = changes.get(key) ?? {
      sku: movement.sku,
      lotNumber: movement.lotNumber,
      expiryDate: movement.expiryDate,
      available: 0,
      reserved: 0,
      draws: false,
      statusWhenNew: movement.quarantined ? 'QUARANTINE' : 'AVAILABLE',
    };
    const { available, reserved } = COUNTERS[movement.kind];
    changes.set(key, {
      ...before,
      available: before.available + available * movement.quantity,
      reserved: before.reserved + reserved * movement.quantity,
      draws: before.draws || movement.kind === 'ALLOCATION' || movement.kind === 'SHIPMENT',
    });
  }
  return [...changes.values()];
}

/** The effect of one unit of each movement on the lot's counters. */
const COUNTERS: Readonly<Record<Movement['kind'], { available: number; reserved: number }>> = {
  ALLOCATION: { available: -1, reserved: +1 },
  RELEASE: { available: +1, reserved: -1 },
  SHIPMENT: { available: 0, reserved: -1 },
  RETURN: { available: +1, reserved: 0 },
};

function allocation({ lineNumber, sku, lotNumber, expiryDate, quantity }: Reservation): Movement {
  return { kind: 'ALLOCATION', lineNumber, sku, lotNumber, expiryDate, quantity };
}

function release({ lineNumber, sku, lotNumber, expiryDate, quantity }: Reservation): Movement {
  return { kind: 'RELEASE', lineNumber, sku, lotNumber, expiryDate, quantity };
}
