import { REPORTING, SHIPPED_STATUS } from './account/codes.ts';
import type { AccountEntry } from './account/set-account.ts';
import { SetAccount, type Unresolved } from './account/set-account.ts';
import { isoDate } from './order/header.ts';
import { element, type Segment, type TransactionSet } from './types.ts';

/** Units of a line that shipped in one carton or pallet, or none of them. Quantities are as written. */
export interface WarehouseItem {
  /** Our number of the line (N9 LI); null where it is not given back. */
  readonly lineNumber: string | null;
  /** Product numbers, whatever their qualifier. */
  readonly products: readonly string[];
  readonly ordered: string | null;
  readonly shipped: string | null;
  readonly unit: string | null;
  /** W1201, and what it says of the units that did not ship. */
  readonly status: string;
  readonly rest: 'CLOSED' | 'MORE_FOLLOWS';
  /** W1219, why the line was changed. */
  readonly reason: string | null;
  /** Each with its quantity, where one is given. */
  readonly lots: readonly { readonly lotNumber: string; readonly quantity: string | null }[];
}

/** A carton or pallet (LX). */
export interface WarehouseUnit {
  /** SSCC of 18 digits: one where it is a single labelled unit. */
  readonly labels: readonly string[];
  /** Tracking numbers of its own (MAN CP). */
  readonly trackingNumbers: readonly string[];
  readonly items: readonly WarehouseItem[];
}

/** A 945. */
export interface ShippingAdvice {
  /** Whether it is a shipment with all that it holds. */
  readonly isShipment: boolean;
  readonly orderNumber: string | null;
  /** The warehouse's own number of the shipment. */
  readonly shipmentNumber: string | null;
  readonly shippedOn: string | null;
  readonly method: string | null;
  /** Standard Carrier Alpha Code. */
  readonly carrierCode: string | null;
  readonly carrierName: string | null;
  /** Of the shipment as a whole: tracking number, else the carrier's own number, else the bill of lading. */
  readonly trackingNumber: string | null;
  readonly totalUnits: string | null;
  readonly units: readonly WarehouseUnit[];
  /** What nothing was made of. */
  readonly unresolved: readonly Unresolved[];
  readonly account: readonly AccountEntry[];
}

/** References (element 128) that follow a shipment on its way, the best first. */
const TRACKING = ['2I', 'CN', 'BM', 'MB'];
/** Marks (element 88) that are a Serial Shipping Container Code. */
const LABELS: ReadonlySet<string> = new Set(['GM', 'AA']);

const NAMED = 'as the shipping order named it';
const ABOUT_TRANSPORT = 'how it travels, no term of the shipment';
const FOR_PEOPLE = 'read by whoever sees the message';
/** Segments of which nothing, or nothing more, becomes part of the shipment. */
const IGNORED: Readonly<Record<string, string>> = {
  ...{ N1: NAMED, N2: NAMED, N3: NAMED, N4: NAMED, PER: NAMED, G61: NAMED, G69: NAMED },
  ...{ N9: FOR_PEOPLE, NTE: FOR_PEOPLE, LX: 'counts the units', MAN: FOR_PEOPLE },
  G62: 'when it happened; a shipment is dated by the moment in which it is recorded',
  ...{ W6: ABOUT_TRANSPORT, W10: ABOUT_TRANSPORT, W27: ABOUT_TRANSPORT, W28: ABOUT_TRANSPORT },
  ...{ PAL: ABOUT_TRANSPORT, MEA: ABOUT_TRANSPORT, R4: ABOUT_TRANSPORT, W03: ABOUT_TRANSPORT },
  ...{ AMT: ABOUT_TRANSPORT, LM: ABOUT_TRANSPORT, LQ: ABOUT_TRANSPORT },
  G72: 'what the warehouse charges, settled by its invoice',
};

type Draft = { labels: string[]; trackingNumbers: string[]; items: DraftItem[] };
type DraftItem = Omit<WarehouseItem, 'lots' | 'lineNumber'> & {
  lineNumber: string | null;
  lots: { lotNumber: string; quantity: string | null }[];
};

/** Reads a warehouse's 945. Expects a set that passed validation. */
export function readShippingAdvice(set: TransactionSet): ShippingAdvice {
  const account = new SetAccount(set);
  const first = (id: string) => set.segments.find((segment) => segment.id === id);
  const header = first('W06');
  const code = account.take(header, 1, 'kind of report') ?? '';
  const carrier = first('W27');
  const units: Draft[] = [];
  const references = new Map<string, string>();
  for (const segment of set.segments) {
    const unit = units.at(-1);
    const item = unit?.items.at(-1);
    if (segment.id === 'LX') units.push({ labels: [], trackingNumbers: [], items: [] });
    else if (segment.id === 'MAN' && unit !== undefined) takeMarks(account, segment, unit);
    else if (segment.id === 'W12') unit?.items.push(itemOf(account, segment));
    else if (segment.id === 'N9' && item !== undefined) takeReference(account, segment, item);
    else if (segment.id === 'N9' && unit === undefined && TRACKING.includes(element(segment, 1))) {
      account.take(segment, 1, 'kind of number');
      references.set(element(segment, 1), account.take(segment, 2, 'tracking number') ?? '');
    }
  }
  const advice = {
    isShipment: REPORTING.get(code) === 'SHIPMENT',
    orderNumber: account.take(header, 2, 'shipping order'),
    shippedOn: isoDate(account.take(header, 3, 'day of the shipment')),
    shipmentNumber: account.take(header, 4, 'shipment number') ?? account.take(header, 5, 'shipment number'),
    method: account.take(carrier, 1, 'method of transport'),
    carrierCode: account.take(carrier, 2, 'carrier'),
    carrierName: account.take(carrier, 3, 'carrier'),
    trackingNumber: TRACKING.flatMap((qualifier) => references.get(qualifier) || [])[0] ?? null,
    totalUnits: account.take(first('W03'), 1, 'units in all'),
  };
  if (header !== undefined) {
    account.ignore(header, NAMED, 6);
    for (const position of [7, 8, 9, 10, 11, 12]) account.ignore(header, FOR_PEOPLE, position);
  }
  for (const segment of set.segments) {
    const reason = IGNORED[segment.id];
    if (reason !== undefined) account.ignore(segment, reason);
  }
  return { ...advice, units, unresolved: account.unresolved(), account: account.entries() };
}

/** The labels and tracking numbers of a unit; a MAN has room for two kinds of marks. */
function takeMarks(account: SetAccount, segment: Segment, unit: Draft): void {
  for (const [qualifier, ...values] of [
    [1, 2, 3],
    [4, 5, 6],
  ] as const) {
    const kind = element(segment, qualifier);
    const isLabel = LABELS.has(kind);
    if (!isLabel && kind !== 'CP') continue;
    account.take(segment, qualifier, 'kind of mark');
    for (const position of values) {
      const value = account.take(segment, position, isLabel ? 'label' : 'tracking number');
      if (value === null) continue;
      // A bar code carries the application identifier 00 in front of the 18 digits.
      if (isLabel) unit.labels.push(value.replace(/^00(?=\d{18}$)/, ''));
      else unit.trackingNumbers.push(value);
    }
  }
}

function itemOf(account: SetAccount, segment: Segment): DraftItem {
  const take = (position: number, to: string) => account.take(segment, position, to);
  const status = element(segment, 1).trim();
  const rest = SHIPPED_STATUS.get(status);
  if (rest === undefined) account.leaveOpen(segment, 'no rule for what became of the line', 1);
  else take(1, 'what became of the line');
  const product = (position: number) => take(position, 'product') ?? [];
  for (const position of [7, 17, 21]) take(position, 'kind of product number');
  const lot = take(9, 'lot');
  take(4, 'units that did not ship');
  for (const position of [10, 11, 12, 13, 14, 15]) account.ignore(segment, ABOUT_TRANSPORT, position);
  account.ignore(segment, FOR_PEOPLE, 20);
  return {
    ...{ lineNumber: null, status, rest: rest ?? 'CLOSED', reason: take(19, 'reason') },
    products: [product(6), product(8), product(16), product(18), product(22)].flat(),
    ...{ ordered: take(2, 'units ordered'), shipped: take(3, 'units shipped'), unit: take(5, 'unit') },
    lots: lot === null ? [] : [{ lotNumber: lot, quantity: null }],
  };
}

/** Line and lots of an item; other numbers of it are for people. */
function takeReference(account: SetAccount, segment: Segment, item: DraftItem): void {
  const qualifier = element(segment, 1);
  if (qualifier !== 'LI' && qualifier !== 'LT') return;
  account.take(segment, 1, 'kind of number');
  const value = account.take(segment, 2, qualifier === 'LI' ? 'line' : 'lot');
  if (qualifier === 'LI') item.lineNumber = value;
  else if (value !== null) {
    const stated = element(segment, 3).trim();
    const quantity = /^\d+$/.test(stated) ? account.take(segment, 3, 'units of the lot') : null;
    // The number of W1209 again is no second lot.
    item.lots = item.lots.filter(({ lotNumber }) => lotNumber !== value);
    item.lots.push({ lotNumber: value, quantity });
  }
}
