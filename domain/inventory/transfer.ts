import * as z from 'zod';
import { invalid, type Rejection, refuse, type Shortage } from '../decider.ts';
import { CalendarDate, Instant, LotNumber, lotNamed, Quantity, Sku, skuNamed, text } from '../text.ts';
import { leasedOf, unleasedOf } from './lease.ts';
import { isSameLot, LocationId, recorded } from './location.ts';
import { type Lot, refuseTooMany, type StockEvent } from './lot.ts';

/** Lots of one transfer: its receipt writes up to five items for each, and a transaction takes 100. */
export const MAX_TRANSFER_LINES = 18;

/** A day, or an instant. */
export const ExpectedAt = z.union([CalendarDate, Instant]);

const lines = <Line extends z.ZodType>(line: Line) => z.array(line).min(1).max(MAX_TRANSFER_LINES);

/** Send stock of one location to another. */
export const SendTransfer = z.strictObject({
  fromLocationId: LocationId,
  toLocationId: LocationId,
  lines: lines(z.strictObject({ sku: Sku, lotNumber: LotNumber, quantity: Quantity })),
  /** When it is to arrive. */
  expectedAt: ExpectedAt.optional(),
});
export type SendTransfer = z.infer<typeof SendTransfer>;

/** Receive what was sent; without lines all of it arrived. */
export const ReceiveTransfer = z.strictObject({
  lines: lines(
    z.strictObject({
      sku: Sku,
      lotNumber: LotNumber,
      /** Units that arrived. */
      quantity: z.int().min(0).max(1_000_000),
      /** Why they are not as many as were sent. */
      reason: text(500).optional(),
    }),
  ).optional(),
});
export type ReceiveTransfer = z.infer<typeof ReceiveTransfer>;

/** Whether the goods are on their way, or were received at the target. */
export const TransferState = z.enum(['IN_TRANSIT', 'RECEIVED']);
export type TransferState = z.infer<typeof TransferState>;

export interface TransferLine {
  readonly sku: string;
  readonly lotNumber: string;
  readonly expiryDate: string | null;
  /** Units that were sent. */
  readonly quantity: number;
  /** Units that arrived. */
  readonly received?: number | undefined;
  readonly reason?: string | undefined;
}

/** Stock on its way from one location to another: meanwhile it is on hand nowhere, and expected at the target. */
export interface Transfer {
  readonly transferId: string;
  readonly fromLocationId: string;
  readonly toLocationId: string;
  readonly state: TransferState;
  readonly lines: readonly TransferLine[];
  readonly expectedAt?: string | undefined;
  readonly sentAt: string;
  readonly receivedAt?: string | undefined;
}

/** What happens to one lot. */
export interface LotEvents {
  readonly sku: string;
  readonly lotNumber: string;
  readonly locationId?: string | undefined;
  readonly lot: Lot | null;
  /** The lot in another location, whose status a new lot has. */
  readonly sibling?: Lot | undefined;
  readonly events: readonly StockEvent[];
}

type Decided<Change> = { readonly rejection: Rejection } | Change;

type Stock = ReadonlyMap<string, readonly Lot[]>;

/** Decides what sending does: units leave the lots of the location that they are sent from. */
export function sendTransfer(
  command: SendTransfer,
  transferId: string,
  stock: Stock,
  now: string,
): Decided<{ readonly transfer: Transfer; readonly lots: readonly LotEvents[] }> {
  const { fromLocationId, toLocationId, expectedAt } = command;
  if (fromLocationId === toLocationId) {
    return invalid('toLocationId', `${toLocationId} is where the transfer is sent from`);
  }
  const twice = firstNamedTwice(command.lines);
  if (twice !== null) return twice;
  const shortages: Shortage[] = [];
  const sent: TransferLine[] = [];
  let leased = 0;
  const lots = command.lines.map(({ sku, lotNumber, quantity }): LotEvents => {
    const place = { lotNumber, ...recorded(fromLocationId) };
    const lot = (stock.get(sku) ?? []).find((each) => isSameLot(each, place)) ?? null;
    const available = lot === null ? 0 : unleasedOf(lot);
    leased += lot === null || available >= quantity ? 0 : leasedOf(lot);
    if (available < quantity) shortages.push({ sku, lotNumber, requested: quantity, available });
    sent.push({ sku, lotNumber, expiryDate: lot?.expiryDate ?? null, quantity });
    const data = { transferId, toLocationId, quantity };
    return { sku, ...place, lot, events: [{ type: 'TransferShipped', data }] };
  });
  const [first] = shortages;
  if (first !== undefined) {
    const detail = `${fromLocationId} has ${first.available} of ${lotNamed(first.lotNumber)} of ${skuNamed(first.sku)} available, not ${first.requested}${leased > 0 ? '; units that are leased to channels are not sent' : ''}`;
    return refuse({ code: 'insufficient_stock', detail, shortages });
  }
  return {
    transfer: {
      ...{ transferId, fromLocationId, toLocationId, state: 'IN_TRANSIT', lines: sent },
      ...(expectedAt !== undefined && { expectedAt }),
      sentAt: now,
    },
    lots,
  };
}

/**
 * Decides what a receipt does: what was sent comes into the lots of the target, and what is missing, or too many, is
 * corrected there with its reason.
 */
export function receiveTransfer(
  transfer: Transfer,
  command: ReceiveTransfer,
  stock: Stock,
  now: string,
): Decided<{ readonly transfer: Transfer; readonly lots: readonly LotEvents[] }> {
  const { transferId, fromLocationId, toLocationId } = transfer;
  const counted = command.lines;
  const twice = counted === undefined ? null : firstNamedTwice(counted);
  if (twice !== null) return twice;
  const isOf = (line: Named) => (other: Named) =>
    other.sku === line.sku && other.lotNumber === line.lotNumber;
  const unknown = counted?.findIndex((line) => !transfer.lines.some(isOf(line))) ?? -1;
  if (unknown >= 0) return invalid(`lines[${unknown}].lotNumber`, `${transferId} holds nothing of this lot`);
  const missing = transfer.lines.find((line) => counted !== undefined && !counted.some(isOf(line)));
  if (missing !== undefined) {
    const what = `${lotNamed(missing.lotNumber)} of ${skuNamed(missing.sku)}`;
    return invalid('lines', `names how much arrived of each lot, and ${what} is not among them`);
  }
  const received: TransferLine[] = [];
  const lots: LotEvents[] = [];
  for (const line of transfer.lines) {
    const { sku, lotNumber, expiryDate, quantity } = line;
    const index = counted?.findIndex(isOf(line)) ?? -1;
    const arrived = counted?.[index];
    const units = arrived?.quantity ?? quantity;
    const reason = arrived?.reason ?? `difference on receipt of transfer ${transferId}`;
    received.push({ ...line, received: units, ...(units !== quantity && { reason }) });
    const ofNumber = (stock.get(sku) ?? []).filter((each) => each.lotNumber === lotNumber);
    const place = { lotNumber, ...recorded(toLocationId) };
    const lot = ofNumber.find((each) => isSameLot(each, place)) ?? null;
    const path = arrived === undefined ? 'lines' : `lines[${index}].quantity`;
    const excess = refuseTooMany(path, (lot?.available ?? 0) + units);
    if (excess !== null) return excess;
    const sibling = lot === null ? ofNumber[0] : undefined;
    const status = (lot ?? sibling)?.status ?? 'AVAILABLE';
    const events: StockEvent[] = [
      { type: 'TransferReceived', data: { transferId, fromLocationId, quantity, expiryDate, status } },
    ];
    if (units !== quantity) {
      events.push({ type: 'StockAdjusted', data: { adjustment: units - quantity, reason } });
    }
    lots.push({ sku, ...place, lot, sibling, events });
  }
  return { transfer: { ...transfer, state: 'RECEIVED', lines: received, receivedAt: now }, lots };
}

type Named = Pick<TransferLine, 'sku' | 'lotNumber'>;

function firstNamedTwice(named: readonly Named[]): ReturnType<typeof invalid> | null {
  const seen = new Set<string>();
  for (const [index, { sku, lotNumber }] of named.entries()) {
    const key = JSON.stringify([sku, lotNumber]);
    if (seen.has(key)) return invalid(`lines[${index}].lotNumber`, `lot ${lotNumber} is named twice`);
    seen.add(key);
  }
  return null;
}
