import { sumOf } from '../format.ts';

/** A line of the form. */
export interface DraftLine {
  readonly key: number;
  readonly sku: string;
  readonly quantity: number | string;
  readonly unitPrice: string;
  readonly unitsPerCase: number | string;
  readonly casesPerPallet: number | string;
  readonly lotPin: string;
}

/** Terms of the form, by field. */
export type DraftTerms = Readonly<Record<string, string>>;

/** The order form. */
export interface DraftOrder {
  readonly orderType: string;
  readonly terms: DraftTerms;
  readonly lines: readonly DraftLine[];
}

export function emptyOrder(): DraftOrder {
  return {
    orderType: 'DTC',
    terms: { currency: 'USD', backorderPolicy: 'SHIP_PARTIAL' },
    lines: [emptyLine(1)],
  };
}

export function emptyLine(key: number): DraftLine {
  return { key, sku: '', quantity: 1, unitPrice: '', unitsPerCase: '', casesPerPallet: '', lotPin: '' };
}

/** @returns the error of a line that is not whole cases, or null. */
export function casesError({ quantity, unitsPerCase }: DraftLine): string | null {
  const [units, each] = [Number(quantity), Number(unitsPerCase)];
  return each > 0 && units % each !== 0 ? `${units} is not a whole number of cases` : null;
}

/** @returns the units of each SKU over all lines: two lines of one SKU share its stock. */
export function wantedBySku(lines: readonly DraftLine[]): ReadonlyMap<string, number> {
  const wanted = new Map<string, number>();
  for (const { sku, quantity } of lines) {
    if (sku.trim() !== '') wanted.set(sku.trim(), (wanted.get(sku.trim()) ?? 0) + Number(quantity));
  }
  return wanted;
}

/** @returns the total of the lines, each rounded half up as in the API; null while a price or the currency is incomplete. */
export function totalOf(lines: readonly DraftLine[], currency: string): string | null {
  const amounts = lines.map((line) => amountOf(line, currency));
  return amounts.every((amount) => amount !== null) ? sumOf(amounts) : null;
}

function amountOf({ quantity, unitPrice }: DraftLine, currency: string): string | null {
  const price = /^(\d{1,7})(?:\.(\d{1,6}))?$/.exec(unitPrice.trim());
  const digits = digitsOf(currency);
  if (price === null || digits === null || !Number.isInteger(Number(quantity))) return null;
  const [, whole = '0', fraction = ''] = price;
  // In millionths of the currency's unit, exactly.
  const exact = BigInt(whole + fraction.padEnd(6, '0')) * BigInt(quantity);
  const step = 10n ** BigInt(6 - digits);
  const rounded = ((exact + step / 2n) / step).toString().padStart(digits + 1, '0');
  return digits === 0 ? rounded : `${rounded.slice(0, -digits)}.${rounded.slice(-digits)}`;
}

/** @returns the number of decimals of a currency, or null for an unknown one. */
function digitsOf(currency: string): number | null {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency: currency.trim() });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return null;
  }
}

const ADDRESS = ['address1', 'address2', 'city', 'region', 'postalCode', 'country'] as const;

/** @returns the request for the form; empty fields are left out. */
export function requestOf(orderType: string, terms: DraftTerms, lines: readonly DraftLine[]) {
  const given = (names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (terms[name]?.trim() ? [[name, terms[name].trim()]] : [])));
  const shipTo = given(ADDRESS);
  const isWholesale = orderType === 'B2B';
  return {
    orderType,
    ...given(['currency', 'note']),
    customer: given(['name', 'email', 'reference']),
    ...(Object.keys(shipTo).length > 0 && { shipTo: { name: terms.name?.trim(), ...shipTo } }),
    ...(terms.backorderPolicy && { backorderPolicy: terms.backorderPolicy }),
    ...(isWholesale && given(['purchaseOrderNumber', 'paymentTerms'])),
    ...(isWholesale &&
      terms.start && { deliveryWindow: { start: terms.start, end: terms.end || terms.start } }),
    lines: lines.map(({ sku, quantity, unitPrice, unitsPerCase, casesPerPallet, lotPin }) => ({
      sku: sku.trim(),
      quantity: Number(quantity),
      unitPrice: unitPrice.trim(),
      ...(isWholesale && unitsPerCase !== '' && { unitsPerCase: Number(unitsPerCase) }),
      ...(isWholesale && casesPerPallet !== '' && { casesPerPallet: Number(casesPerPallet) }),
      ...(lotPin.trim() !== '' && { lotPin: lotPin.trim() }),
    })),
  };
}
