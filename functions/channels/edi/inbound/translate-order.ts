import type * as z from 'zod';
import { sum, toCurrencyDigits } from '../../../../domain/money.ts';
import type { CommandOf } from '../../../../domain/order/commands.ts';
import { ReceiveOrder } from '../../../../domain/order/commands.ts';
import type {
  AllowanceOrCharge,
  DateWindow,
  DocumentLine,
  OrderProblem,
  OrderProblemCode,
  Party,
  PaymentTerms,
  PurchaseOrderDocument,
} from '../x12/index.ts';

/** Who sent a document, as the order will know the customer. */
export interface Sender {
  /** The partner's name in our records. */
  readonly name: string;
  /** ISA05 and ISA06: what tells the partner's orders from those of others. */
  readonly identity: string;
  /** ISA06: the customer's reference. */
  readonly isaId: string;
}

/** A document that can be booked, or why it cannot: a person has to see to it. */
export type Translation =
  | { readonly command: CommandOf<'ReceiveOrder'> }
  | { readonly problems: readonly string[] };

/** Problems with which an order can still be made, to be looked at before it leaves; all others refuse the document. */
const HELD: ReadonlySet<OrderProblemCode> = new Set([
  'date_invalid',
  'window_inverted',
  'line_count_mismatch',
  'hash_total_mismatch',
  'total_mismatch',
  'distribution_mismatch',
  'allowance_of_whole_order',
  'schedule_mismatch',
  'price_not_divisible',
  // The order stands with what the partner wrote; a person puts in the quantity or the price before it leaves.
  'pack_missing',
  'unit_missing',
  'unit_not_convertible',
  'price_missing',
]);

/** What a partner leaves to the agreement is dollars: our price lists are in dollars. */
const AGREED_CURRENCY = 'USD';

/** Turns an 850, or the share of one that goes to one destination, into the order it asks for. */
export function translateOrder(document: PurchaseOrderDocument, sender: Sender): Translation {
  const fatal = document.problems.filter(({ code }) => !HELD.has(code));
  if (fatal.length > 0) return { problems: fatal.map(described) };
  const currency = document.currency ?? AGREED_CURRENCY;
  const unclear = unclearAmounts(document);
  const heldFor = [...document.problems.map(described), ...unclear];
  const buyer = document.parties.find(({ role }) => role === 'BY');
  const location = document.split?.location ?? null;
  const notes = [...document.notes, ...termsNote(document.terms)].join('\n');
  const command: z.input<typeof ReceiveOrder> = {
    type: 'ReceiveOrder',
    channel: 'EDI',
    orderType: 'B2B',
    source: sender.identity,
    externalId: externalIdOf(document.purchaseOrderNumber, location),
    currency,
    customer: {
      name: fitting(buyer?.name ?? sender.name, 200),
      // The shares of one purchase order are orders of their own, each of another destination of the customer.
      reference: location === null ? sender.isaId : `${sender.isaId} ${location}`,
    },
    purchaseOrderNumber: document.purchaseOrderNumber,
    ...(document.orderDate !== null && { purchaseOrderDate: document.orderDate }),
    ...shipToOf(document.shipTo),
    ...paymentTermsOf(document.terms),
    ...windowOf(document.deliveryWindow),
    ...amountsOf(document.allowances, document.taxes, currency),
    ...(document.statedTotal !== null && {
      channelTotal: toCurrencyDigits(document.statedTotal, currency),
    }),
    ...(notes !== '' && { note: fitting(notes, 2000, true) }),
    lines: document.lines.map((line) => translateLine(line, currency)),
    holds: heldFor.length === 0 ? [] : [{ reason: 'OTHER', note: fitting(heldFor.join('; '), 2000) }],
    unmetPins: 'BACKORDER',
  };
  const parsed = ReceiveOrder.safeParse(command);
  if (parsed.success) return { command: parsed.data };
  return { problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) };
}

/** What an order of a partner is known by: the purchase order, and the destination where one is divided. */
export function externalIdOf(purchaseOrderNumber: string, location: string | null): string {
  return location === null ? purchaseOrderNumber : `${purchaseOrderNumber} ${location}`;
}

/**
 * A line of a document as a line of an order. Where its unit cannot be told in single ones, it stands as it was
 * ordered, and the order is held for it.
 */
export function translateLine(line: DocumentLine, currency: string) {
  const { eaches, ordered, item, pack, description, assignedId } = line;
  const unitsPerCase = pack === null ? 1 : pack.pack * (pack.innerPack ?? 1);
  const discount = total(
    line.allowances.filter(({ kind }) => kind === 'ALLOWANCE'),
    currency,
  );
  const tax = total(line.taxes, currency);
  return {
    sku: item?.value ?? null,
    quantity: eaches?.quantity ?? Number(ordered.quantity),
    unitPrice: (eaches === null ? ordered.unitPrice : eaches.unitPrice) ?? '0',
    ...(description !== null && { description: fitting(description, 500) }),
    ...(assignedId !== null && { channelLineId: assignedId }),
    ...(eaches !== null && unitsPerCase > 1 && { unitsPerCase }),
    ...(ordered.unit !== null && {
      orderedAs: { unit: ordered.unit, products: line.identifiers.slice(0, 10) },
    }),
    ...(discount !== null && { discount }),
    ...(tax !== null && { tax }),
  };
}

/** Amounts of the whole order; a charge that is not tax is for bringing the goods. */
function amountsOf(
  allowances: readonly AllowanceOrCharge[],
  taxes: PurchaseOrderDocument['taxes'],
  currency: string,
) {
  const discount = total(
    allowances.filter(({ kind }) => kind === 'ALLOWANCE'),
    currency,
  );
  const shippingAmount = total(
    allowances.filter(({ kind }) => kind === 'CHARGE'),
    currency,
  );
  const tax = total(taxes, currency);
  return {
    ...(discount !== null && { discount }),
    ...(shippingAmount !== null && { shippingAmount }),
    ...(tax !== null && { tax }),
  };
}

function total(items: readonly { readonly amount: string | null }[], currency: string): string | null {
  const amounts = items.flatMap(({ amount }) =>
    amount === null ? [] : [toCurrencyDigits(amount, currency)],
  );
  return amounts.length === 0 ? null : sum(amounts, currency);
}

/** Allowances, charges and taxes that say a rate and no amount, and charges on a line, which a line has no place for. */
function unclearAmounts(document: PurchaseOrderDocument): readonly string[] {
  const rates = (items: readonly { readonly amount: string | null }[], where: string) =>
    items.some(({ amount }) => amount === null)
      ? [`an allowance, charge or tax of ${where} has no amount`]
      : [];
  return [
    ...rates([...document.allowances.filter(isMoney), ...document.taxes], 'the order'),
    ...document.lines.flatMap(({ lineNumber, allowances, taxes }) => [
      ...rates([...allowances.filter(isMoney), ...taxes], `line ${lineNumber}`),
      ...(allowances.some(({ kind }) => kind === 'CHARGE')
        ? [`line ${lineNumber} has a charge of its own, which its price does not hold`]
        : []),
    ]),
  ];
}

function isMoney({ kind }: AllowanceOrCharge): boolean {
  return kind === 'ALLOWANCE' || kind === 'CHARGE';
}

function shipToOf(party: Party | null) {
  if (party === null) return {};
  const { name, additionalNames, addressLines, city, region, postalCode, country } = party;
  const [address1, ...more] = addressLines;
  const given = {
    name: [name, ...additionalNames].filter((each) => each !== null).join(', '),
    address1,
    address2: more.join(', '),
    city,
    region,
    postalCode,
  };
  const longest = { name: 200, address1: 200, address2: 200, city: 100, region: 100, postalCode: 20 };
  const shipTo = Object.fromEntries(
    Object.entries(given).flatMap(([field, value]) =>
      value === null || value === undefined || value === ''
        ? []
        : [[field, fitting(value, longest[field as keyof typeof longest])]],
    ),
  );
  const letters = country === null ? undefined : (COUNTRIES[country] ?? country);
  return { shipTo: { ...shipTo, ...(/^[A-Z]{2}$/.test(letters ?? '') && { country: letters }) } };
}

/** Partners send the countries that they deliver in by two letters or by three. */
const COUNTRIES: Readonly<Record<string, string>> = { USA: 'US', CAN: 'CA', MEX: 'MX' };

function paymentTermsOf(terms: PaymentTerms | null) {
  const days = terms?.netDays ?? null;
  return days === null || days > 999 ? {} : { paymentTerms: `NET${days}` };
}

/** A discount for early payment is part of the agreement with the customer, and of no rule here: people see it. */
function termsNote(terms: PaymentTerms | null): readonly string[] {
  if (terms === null || terms.label === null) return [];
  return terms.label === `NET${terms.netDays}` ? [] : [`Terms: ${terms.label}`];
}

/** A window of which one end is left open is that one day. */
export function windowOf(window: DateWindow | null) {
  const start = window?.start ?? window?.end ?? null;
  const end = window?.end ?? start;
  return start === null || end === null || end < start ? {} : { deliveryWindow: { start, end } };
}

/** X12 texts can be longer than ours, and hold characters that ours do not. */
function fitting(text: string, longest: number, lines = false): string {
  const clean = text.replace(lines ? /[^\P{Cc}\n\t]|\p{Cs}/gu : /[\p{Cc}\p{Cs}]/gu, ' ').trim();
  return Array.from(clean).slice(0, longest).join('');
}

function described({ code, lineNumber, message }: OrderProblem): string {
  return `${lineNumber === undefined ? '' : `line ${lineNumber}: `}${message} (${code})`;
}
