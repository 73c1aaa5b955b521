import { type CommandOf, RecordShipment } from '../../../../domain/order/commands.ts';
import { allocated, isGoods, type Line, type Order } from '../../../../domain/order/order.ts';
import type { ShippingAdvice, WarehouseItem } from '../x12/index.ts';

/** Units of a line, of one lot where that is known. */
export interface Units {
  readonly lineNumber: number;
  readonly quantity: number;
  readonly lotNumber?: string;
}

export interface TranslatedAdvice {
  readonly command: CommandOf<'RecordShipment'>;
  /** Why units that the warehouse was to ship did not, by line. */
  readonly short: readonly string[];
}

/**
 * Makes of a warehouse's advice the shipment of its order, in single units. Nothing is made up: what does not fit the order
 * is a problem by name.
 */
export function translateAdvice(
  advice: ShippingAdvice,
  order: Order,
): TranslatedAdvice | { readonly problem: string } {
  const carrier = carrierOf(advice);
  if (carrier === null) return { problem: 'it names no carrier (W27)' };
  const ofUnits = advice.units.flatMap(({ trackingNumbers }) => trackingNumbers);
  const trackingNumber = advice.trackingNumber ?? ofUnits[0] ?? advice.shipmentNumber;
  if (trackingNumber === null || trackingNumber === undefined)
    return { problem: 'it has no tracking number, bill of lading or shipment number' };
  const taken = new Map<number, number>();
  const packages: { readonly lines: readonly Units[] }[] = [];
  const reports: { readonly line: Line; readonly item: WarehouseItem; readonly shipped: number }[] = [];
  for (const unit of advice.units) {
    const lines: Units[] = [];
    for (const item of unit.items) {
      const read = unitsOf(item, order, taken);
      if ('problem' in read) return read;
      lines.push(...read.units);
      reports.push(...read.reports.map((report) => ({ ...report, item })));
    }
    packages.push({ lines: merged(lines) });
  }
  const lines = merged(packages.flatMap((each) => each.lines));
  if (lines.length === 0) return { problem: 'it ships nothing' };
  const total = advice.units
    .flatMap(({ items }) => items)
    .reduce((sum, { shipped }) => sum + Number(shipped ?? 0), 0);
  if (advice.totalUnits !== null && Number(advice.totalUnits) !== total)
    return { problem: `W0301 says ${advice.totalUnits} units, its lines add up to ${total}` };
  const contents = contentsOf(advice, packages);
  const labels = advice.units.reduce((sum, unit) => sum + unit.labels.length, 0);
  const parsed = RecordShipment.safeParse({
    ...{ type: 'RecordShipment', carrier, trackingNumber, lines },
    ...(contents !== null ? { packages: contents } : labels > 0 && { packages: labels }),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: `${issue?.path.join('.')}: ${issue?.message}` };
  }
  return {
    command: parsed.data,
    short: shortages(order, reports),
  };
}

/** Carriers by their Standard Carrier Alpha Code. */
const CARRIERS: Readonly<Record<string, string>> = {
  ...{ UPSN: 'UPS', UPSS: 'UPS', FDEG: 'FEDEX', FDE: 'FEDEX', FDEN: 'FEDEX', FXFE: 'FEDEX' },
  ...{ USPS: 'USPS', DHLC: 'DHL' },
};
/** Element 91: the customer comes for it. */
const PICKED_UP: ReadonlySet<string> = new Set(['H', 'CE']);

function carrierOf({ carrierCode, carrierName, method }: ShippingAdvice): string | null {
  const known = CARRIERS[carrierCode ?? ''];
  return known ?? carrierName ?? carrierCode ?? (PICKED_UP.has(method ?? '') ? 'Customer pickup' : null);
}

interface ItemUnits {
  readonly units: readonly Units[];
  readonly reports: readonly { readonly line: Line; readonly shipped: number }[];
}

/** Whose units an item is, in single ones. Several lines of one product are filled one after another. */
function unitsOf(
  item: WarehouseItem,
  order: Order,
  taken: Map<number, number>,
): ItemUnits | { readonly problem: string } {
  const named = item.products.join(', ') || 'an item without number';
  const lines = linesOf(item, order);
  const [first] = lines;
  if (first === undefined) {
    const line = item.lineNumber === null ? '' : ` as line ${item.lineNumber}`;
    return { problem: `${named} is not ordered${line} (W12)` };
  }
  const stated = toUnits(item, first);
  if (stated === null)
    return { problem: `${item.shipped} ${item.unit ?? ''} of ${named} are no whole units (W12)` };
  let left = stated;
  const parts: { line: Line; quantity: number }[] = [];
  for (const line of lines) {
    const free = allocated(line) - (taken.get(line.lineNumber) ?? 0);
    // What is too much goes to the last line, which says so.
    const quantity = line === lines.at(-1) ? left : Math.min(left, Math.max(0, free));
    left -= quantity;
    taken.set(line.lineNumber, (taken.get(line.lineNumber) ?? 0) + quantity);
    parts.push({ line, quantity });
  }
  const lots = lotsOf(item, first, stated);
  if (lots === null) return { problem: `the lots of ${named} do not add up to what shipped (N9 LT)` };
  return {
    units: parts.flatMap(({ line, quantity }) => divided(line, quantity, lots)),
    reports: parts.map(({ line, quantity }) => ({ line, shipped: quantity })),
  };
}

/** The lines that an item may be: the one that is named, if it is of this product, or all of the product. */
function linesOf({ lineNumber, products }: WarehouseItem, order: Order): readonly Line[] {
  const ofProduct = order.lines
    .filter(isGoods)
    .filter((line) =>
      products.some(
        (number) => number === line.sku || line.orderedAs?.products.some(({ value }) => value === number),
      ),
    );
  if (lineNumber === null) return ofProduct;
  return ofProduct.filter((line) => line.lineNumber === Number(lineNumber));
}

/** Single units in one of a unit of measure (element 355). */
const SINGLE_UNITS: Readonly<Record<string, number>> = { EA: 1, UN: 1, PC: 1, DZ: 12 };
const CASES: ReadonlySet<string> = new Set(['CA', 'CT']);

/** @returns single units, or null where it is no whole number of them */
function toUnits({ shipped, unit }: WarehouseItem, { unitsPerCase }: Line): number | null {
  const quantity = Number(shipped ?? '0');
  const each = CASES.has(unit ?? '') ? unitsPerCase : SINGLE_UNITS[unit ?? 'EA'];
  const units = quantity === 0 ? 0 : quantity * (each ?? Number.NaN);
  return Number.isInteger(units) && units >= 0 ? units : null;
}

/** What of the units is of which lot, in the order of the lots; null where that does not add up. */
function lotsOf(
  { lots }: WarehouseItem,
  line: Line,
  units: number,
): { lotNumber: string | null; quantity: number }[] | null {
  if (units === 0) return [];
  if (lots.length === 0) return [{ lotNumber: null, quantity: units }];
  const [only] = lots;
  if (lots.length === 1 && only !== undefined) return [{ lotNumber: only.lotNumber, quantity: units }];
  const stated = lots.map(({ lotNumber, quantity }) => ({
    lotNumber,
    quantity: Number(quantity ?? Number.NaN),
  }));
  const sum = stated.reduce((total, { quantity }) => total + quantity, 0);
  if (sum === units) return stated;
  // Quantities of lots are in the unit of the item.
  const perUnit = line.unitsPerCase ?? 1;
  return sum * perUnit === units ? stated.map((lot) => ({ ...lot, quantity: lot.quantity * perUnit })) : null;
}

/** Takes units of a line from lots, which are emptied one after another. */
function divided(
  line: Line,
  quantity: number,
  lots: { lotNumber: string | null; quantity: number }[],
): readonly Units[] {
  const units: Units[] = [];
  let left = quantity;
  for (const lot of lots) {
    const part = Math.min(left, lot.quantity);
    if (part === 0) continue;
    lot.quantity -= part;
    left -= part;
    const { lotNumber } = lot;
    units.push({
      ...{ lineNumber: line.lineNumber, quantity: part },
      ...(lotNumber !== null && { lotNumber }),
    });
  }
  return units;
}

function merged(all: readonly Units[]): readonly Units[] {
  const units = new Map<string, Units>();
  for (const each of all) {
    const key = JSON.stringify([each.lineNumber, each.lotNumber]);
    units.set(key, { ...each, quantity: each.quantity + (units.get(key)?.quantity ?? 0) });
  }
  return [...units.values()];
}

/** What is in each carton, where every one that holds something is marked as one; nothing is made up else. */
function contentsOf(advice: ShippingAdvice, packages: readonly { readonly lines: readonly Units[] }[]) {
  const filled = advice.units
    .map(({ labels, trackingNumbers }, index) => ({
      ...{ labels, trackingNumbers, lines: packages[index]?.lines ?? [] },
    }))
    .filter(({ lines }) => lines.length > 0);
  const isMarked = filled.every(({ labels, trackingNumbers }) =>
    labels.length === 0 ? trackingNumbers.length === 1 : labels.length === 1 && trackingNumbers.length <= 1,
  );
  if (!isMarked) return null;
  return filled.map(({ labels: [sscc], trackingNumbers: [trackingNumber], lines }) => ({
    ...{ ...(sscc !== undefined && { sscc }), ...(trackingNumber !== undefined && { trackingNumber }) },
    lines: [...lines],
  }));
}

/** What was reserved of lines that the warehouse closed, and did not ship. */
function shortages(
  order: Order,
  reports: readonly { readonly line: Line; readonly item: WarehouseItem; readonly shipped: number }[],
): readonly string[] {
  return order.lines.flatMap((line) => {
    const own = reports.filter((report) => report.line.lineNumber === line.lineNumber);
    const shipped = own.reduce((sum, report) => sum + report.shipped, 0);
    const reserved = allocated(line);
    const closing = own.findLast(({ item }) => item.rest === 'CLOSED');
    if (closing === undefined || shipped >= reserved) return [];
    if (own.some(({ item }) => item.rest === 'MORE_FOLLOWS')) return [];
    const { status, reason } = closing.item;
    const why = reason === null ? `W1201 ${status}` : `W1201 ${status}, W1219 ${reason}`;
    return [`${shipped} of ${reserved} units of line ${line.lineNumber} shipped (${why})`];
  });
}
