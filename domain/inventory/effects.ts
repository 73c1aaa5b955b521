import { unreachable } from '../decider.ts';
import type { OrderEvent, Reservation } from '../order/events.ts';
import { type LotPlace, recorded, stockIdentity } from './location.ts';
import type { LotStatus } from './lot.ts';

/** The change of the counters of one lot by an order's events. On hand changes by `available + reserved`. */
export interface LotChange extends LotPlace {
  readonly sku: string;
  readonly expiryDate: string | null;
  readonly available: number;
  readonly reserved: number;
  /** Goods are reserved or shipped, so the lot must be AVAILABLE at that moment. */
  readonly draws: boolean;
  /** The status of the lot, if this change creates it. */
  readonly statusWhenNew: LotStatus;
}

/** A movement of a lot, as the stock ledger names it. */
export interface Movement extends LotPlace {
  readonly kind: 'ALLOCATION' | 'RELEASE' | 'SHIPMENT' | 'RETURN';
  readonly sku: string;
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
          const { quantity } = lot;
          return [
            { kind: 'RELEASE', sku, lineNumber, quantity, ...insteadOf },
            { ...shipped, kind: 'ALLOCATION' },
            shipped,
          ];
        }),
      );
    case 'ReturnReceived':
      return event.data.lines.flatMap(
        ({ sku, lineNumber, quantity, lotNumber, locationId, expiryDate, ...into }): Movement[] =>
          into.intoLot === undefined
            ? []
            : [
                {
                  kind: 'RETURN',
                  sku,
                  lineNumber,
                  quantity,
                  expiryDate,
                  lotNumber: into.intoLot,
                  ...recorded(into.intoLocationId ?? locationId),
                  quarantined: into.intoLot !== lotNumber,
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
    const key = stockIdentity(movement.sku, movement);
    const before = changes.get(key) ?? {
      sku: movement.sku,
      lotNumber: movement.lotNumber,
      ...recorded(movement.locationId),
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

function allocation(reserved: Reservation): Movement {
  return { kind: 'ALLOCATION', ...unitsOf(reserved) };
}

function release(reserved: Reservation): Movement {
  return { kind: 'RELEASE', ...unitsOf(reserved) };
}

function unitsOf({ lineNumber, sku, lotNumber, locationId, expiryDate, quantity }: Reservation) {
  return { lineNumber, sku, lotNumber, ...recorded(locationId), expiryDate, quantity };
}
