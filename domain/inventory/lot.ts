import * as z from 'zod';
import { accept, type Decision, invalid, refuse, unreachable } from '../decider.ts';
import { CalendarDate, LotNumber, Quantity, Reference, Sku, text } from '../text.ts';
import { type Leases, withoutUnits } from './lease.ts';
import { LocationId, type LotPlace, recorded } from './location.ts';

/** Whether a lot may be reserved and shipped; only AVAILABLE may. */
export const LotStatus = z.enum(['AVAILABLE', 'HOLD', 'QUARANTINE', 'RECALLED']).meta({ id: 'LotStatus' });
export type LotStatus = z.infer<typeof LotStatus>;

/** Stock of one SKU that was made or received together. On hand is always `available + reserved`. */
export interface Lot extends LotPlace {
  readonly sku: string;
  readonly expiryDate: string | null;
  /** Where in its location it lies, such as a bin. */
  readonly location?: string | undefined;
  readonly status: LotStatus;
  readonly available: number;
  readonly reserved: number;
  /** Units of `available` that only some senders may sell; absent where none are leased. */
  readonly leases?: Leases | undefined;
  /** The number of the last stock event of the lot. */
  readonly sequence: number;
}

/** Maximum quantity of a lot, so that sums of lots stay safe integers. */
const MAX_UNITS_IN_A_LOT = 1_000_000_000;

/** The lot that test orders take all goods of. No store has it. */
const TEST_LOT = 'TEST';

/** @returns stock that never ends, for orders that are only tried out */
export function testStock(skus: readonly string[]): ReadonlyMap<string, readonly Lot[]> {
  const lot = {
    lotNumber: TEST_LOT,
    expiryDate: null,
    status: 'AVAILABLE',
    reserved: 0,
    sequence: 0,
  } as const;
  return new Map(skus.map((sku) => [sku, [{ ...lot, sku, available: MAX_UNITS_IN_A_LOT }]]));
}

const reason = text(500).refine((value) => value.trim() !== '', 'a reason is not blank');

export const ReceiveStock = z.strictObject({
  type: z.literal('ReceiveStock'),
  sku: Sku,
  lotNumber: LotNumber,
  locationId: LocationId.optional(),
  quantity: Quantity,
  expiryDate: CalendarDate.optional(),
  location: text(200).optional(),
  status: LotStatus.optional(),
  /** Under which it was announced; it is expected no more. */
  reference: Reference.optional(),
});

export const AdjustStock = z.strictObject({
  type: z.literal('AdjustStock'),
  sku: Sku,
  lotNumber: LotNumber,
  /** Needed where the lot is in several locations. */
  locationId: LocationId.optional(),
  adjustment: z
    .int()
    .min(-1_000_000)
    .max(1_000_000)
    .refine((units) => units !== 0, 'an adjustment is not zero'),
  reason,
});

export const ChangeLotStatus = z.strictObject({
  type: z.literal('ChangeLotStatus'),
  sku: Sku,
  lotNumber: LotNumber,
  status: LotStatus,
  reason,
});

/** Issued by the inventory consumer for a lot of a SKU that fell below its threshold. */
export const ReportLowStock = z.strictObject({
  type: z.literal('ReportLowStock'),
  sku: Sku,
  lotNumber: LotNumber,
  locationId: LocationId.optional(),
  available: z.int().min(0),
  threshold: z.int().min(1),
});

/** Every command to a lot; orders reserve and ship by their own commands. */
export const LotCommand = z.discriminatedUnion('type', [
  ReceiveStock,
  AdjustStock,
  ChangeLotStatus,
  ReportLowStock,
]);
export type LotCommand = z.infer<typeof LotCommand>;

const StockReceived = z.object({
  quantity: z.int(),
  expiryDate: z.string().nullable(),
  location: z.string().optional(),
  status: LotStatus,
  /** Under which it was announced. */
  reference: z.string().optional(),
});
const StockAdjusted = z.object({ adjustment: z.int(), reason: z.string() });
/** Units left for another location; they are on hand nowhere until they are received there. */
const TransferShipped = z.object({ transferId: z.string(), toLocationId: z.string(), quantity: z.int() });
/** Units that were sent from another location came in; what differs follows as an adjustment. */
const TransferReceived = z.object({
  transferId: z.string(),
  fromLocationId: z.string(),
  quantity: z.int(),
  expiryDate: z.string().nullable(),
  status: LotStatus,
});
const LotStatusChanged = z.object({ before: LotStatus, after: LotStatus, reason: z.string() });
const StockLow = z.object({ available: z.int(), threshold: z.int() });

/** The data of every stock event by its name; all are at version 1. */
export const STOCK_EVENT_DATA = {
  StockReceived,
  StockAdjusted,
  LotStatusChanged,
  StockLow,
  TransferShipped,
  TransferReceived,
} as const;
export type StockEventType = keyof typeof STOCK_EVENT_DATA;
export type StockEvent = {
  [Type in StockEventType]: {
    readonly type: Type;
    readonly data: z.infer<(typeof STOCK_EVENT_DATA)[Type]>;
  };
}[StockEventType];

/**
 * Decides what a command does to a lot; `lot` is null when the SKU has no lot of this number in the location.
 *
 * @param elsewhere a lot of the same number in another location, of which expiry and status are the same
 */
export function decideLot(command: LotCommand, lot: Lot | null, elsewhere?: Lot): Decision<StockEvent> {
  if (command.type === 'ReceiveStock') return receiveStock(command, lot, elsewhere);
  if (lot === null) {
    return refuse({ code: 'not_found', detail: `${command.sku} has no lot ${command.lotNumber}` });
  }
  switch (command.type) {
    case 'AdjustStock': {
      if (lot.available + command.adjustment < 0) {
        return refuse({
          code: 'insufficient_stock',
          detail: `lot ${lot.lotNumber} has ${lot.available} available and ${lot.reserved} reserved: it cannot lose ${-command.adjustment}`,
          shortages: [
            {
              sku: lot.sku,
              lotNumber: lot.lotNumber,
              requested: -command.adjustment,
              available: lot.available,
            },
          ],
        });
      }
      return (
        refuseTooMany('adjustment', lot.available + command.adjustment) ??
        accept({
          type: 'StockAdjusted',
          data: { adjustment: command.adjustment, reason: command.reason },
        })
      );
    }
    case 'ChangeLotStatus':
      // A status that is set already is a repeat: its reservations were moved the first time.
      if (lot.status === command.status) return accept();
      return accept({
        type: 'LotStatusChanged',
        data: { before: lot.status, after: command.status, reason: command.reason },
      });
    case 'ReportLowStock':
      return accept({
        type: 'StockLow',
        data: { available: command.available, threshold: command.threshold },
      });
    default:
      return unreachable(command);
  }
}

function receiveStock(
  command: z.infer<typeof ReceiveStock>,
  lot: Lot | null,
  elsewhere: Lot | undefined,
): Decision<StockEvent> {
  const known = lot ?? elsewhere;
  if (known !== undefined) {
    if (command.expiryDate !== undefined && command.expiryDate !== known.expiryDate) {
      return invalid(
        'expiryDate',
        `lot ${known.lotNumber} is known to expire ${known.expiryDate ?? 'never'}`,
      );
    }
    if (command.status !== undefined && command.status !== known.status) {
      return invalid('status', `lot ${known.lotNumber} is ${known.status}; change its status by itself`);
    }
  }
  const { quantity, location, reference } = command;
  const announced = reference === undefined ? {} : { reference };
  if (lot === null) {
    const { expiryDate = null, status = 'AVAILABLE' } = known ?? command;
    return accept({ type: 'StockReceived', data: { quantity, expiryDate, location, status, ...announced } });
  }
  return (
    refuseTooMany('quantity', lot.available + quantity) ??
    accept({
      type: 'StockReceived',
      data: {
        quantity,
        expiryDate: lot.expiryDate,
        location: location ?? lot.location,
        status: lot.status,
        ...announced,
      },
    })
  );
}

/**
 * @param available of the lot as it would be
 * @returns the refusal of more units than a lot holds, or null
 */
export function refuseTooMany(path: string, available: number): ReturnType<typeof refuse> | null {
  if (available <= MAX_UNITS_IN_A_LOT) return null;
  return invalid(path, `a lot holds at most ${MAX_UNITS_IN_A_LOT} units`);
}

/** @returns whether a lot that there was not can begin with this event */
export function startsLot(
  event: StockEvent,
): event is Extract<StockEvent, { type: 'StockReceived' | 'TransferReceived' }> {
  return event.type === 'StockReceived' || event.type === 'TransferReceived';
}

/** @returns the lot after a stock event; reservations and shipments of orders change the counters by `lotChanges`. */
export function evolveLot(
  lot: Lot | null,
  event: StockEvent,
  { sku, ...place }: LotPlace & { readonly sku: string },
): Lot {
  if (lot === null) {
    if (!startsLot(event)) {
      throw new Error(`the history of lot ${place.lotNumber} starts with ${event.type}`);
    }
    const { quantity, expiryDate, status } = event.data;
    const location = 'location' in event.data ? event.data.location : undefined;
    const { lotNumber, locationId } = place;
    const identity = { sku, lotNumber, ...recorded(locationId) };
    return { ...identity, expiryDate, location, status, available: quantity, reserved: 0, sequence: 1 };
  }
  const next = { ...lot, sequence: lot.sequence + 1 };
  switch (event.type) {
    case 'StockReceived':
      return { ...next, available: lot.available + event.data.quantity, location: event.data.location };
    case 'StockAdjusted':
      return {
        ...next,
        available: lot.available + event.data.adjustment,
        leases: withoutUnits(lot, -event.data.adjustment),
      };
    case 'LotStatusChanged':
      return { ...next, status: event.data.after };
    case 'TransferShipped':
      return { ...next, available: lot.available - event.data.quantity };
    case 'TransferReceived':
      return { ...next, available: lot.available + event.data.quantity };
    case 'StockLow':
      return next;
    default:
      return unreachable(event);
  }
}
