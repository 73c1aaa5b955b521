import type * as z from 'zod';
import { CurrencyCode, sum, toCurrencyDigits } from '../../../../domain/money.ts';
import { CashDiscount, type ChannelDetail } from '../../../../domain/order/channel-data.ts';
import type { CommandOf } from '../../../../domain/order/commands.ts';
import { ReceiveOrder } from '../../../../domain/order/commands.ts';
import { sourceOf } from '../descriptor.ts';
import {
  type DateTerms,
  type DocumentHeader,
  type DocumentLine,
  type KeptDetail,
  type OrderProblem,
  type OrderProblemCode,
  type Pack,
  type Party,
  type PaymentTerms,
  type PurchaseOrderDocument,
  toEaches,
} from '../x12/index.ts';
import { allowancesOfLine, allowancesOfOrder, type ReckonedAllowance } from './amounts.ts';
import { NO_MASTERS, OUR_NUMBERS, type PartnerMasters } from './partner-masters.ts';

/** Who sent a document, as the order will know the customer. */
export interface Sender {
  /** The partner's name in our records. */
  readonly name: string;
  /** ISA05 and ISA06: what distinguishes the partner's orders from those of others. */
  readonly identity: string;
  /** Whether it only tries its documents out (ISA15 T). @default false */
  readonly isTest?: boolean;
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
  'dates_differ',
  'price_not_divisible',
  'unresolved',
  // The order stands with what the partner wrote; a person puts in the quantity or the price before it leaves.
  'pack_missing',
  'unit_missing',
  'unit_not_convertible',
  'price_missing',
  'price_basis_unsupported',
]);

/** What a partner leaves to the agreement is dollars: our price lists are in dollars. */
const AGREED_CURRENCY = 'USD';

/**
 * Turns an 850, or the share of one that goes to one destination, into the order it asks for.
 *
 * @param digest of what the whole document says
 * @param reasons to hold the order for, that the caller found
 */
export function translateOrder(
  document: PurchaseOrderDocument,
  sender: Sender,
  digest: string,
  masters: PartnerMasters = NO_MASTERS,
  reasons: readonly string[] = [],
): Translation {
  const { orderType, split, terms, requirements } = document;
  if (orderType.commitment === 'NONE')
    return { problems: [`BEG02 ${orderType.code} orders nothing for certain`] };
  const currency = document.currency ?? AGREED_CURRENCY;
  if (!CurrencyCode.safeParse(currency).success) return { problems: [`CUR02 ${currency} is no currency`] };
  const lines = document.lines.map((line) => resolvedLine(line, currency, masters));
  const packKnown = new Set(
    lines.filter(({ eaches }) => eaches !== null).map(({ lineNumber }) => lineNumber),
  );
  const problems = document.problems.filter(
    ({ code, lineNumber }) => code !== 'pack_missing' || !packKnown.has(lineNumber ?? 0),
  );
  const fatal = problems.filter(({ code }) => !HELD.has(code));
  if (fatal.length > 0) return { problems: fatal.map(described) };
  const uncountable = lines.filter(isUncountable);
  if (uncountable.length > 0) return { problems: uncountable.map(countless) };
  const place = placeOf(document.shipTo, masters);
  const allowances = allowancesOfOrder({ ...document, lines }, currency);
  const heldFor = [
    ...reasons,
    ...problems.map(described),
    ...unclearAmounts(allowances, 'the order'),
    ...lines.flatMap((line) => unclearLine(line, currency, masters)),
    ...place.problems,
  ];
  const notes = [...document.notes, ...termsNote(terms)].join('\n');
  const command: z.input<typeof ReceiveOrder> = {
    type: 'ReceiveOrder',
    channel: 'EDI',
    orderType: 'B2B',
    source: sourceOf(sender),
    ...(sender.isTest && { isTest: true as const }),
    externalId: externalIdOf(document),
    channelDocument: { ...documentIdentity(document), digest, part: split?.part ?? 1, parts: split?.of ?? 1 },
    currency,
    customer: { name: fitting(buyerOf(document)?.name ?? sender.name, 200), reference: sender.isaId },
    purchaseOrderNumber: document.purchaseOrderNumber,
    ...(document.releaseNumber !== null && { releaseNumber: document.releaseNumber }),
    ...(document.orderDate !== null && { purchaseOrderDate: document.orderDate }),
    ...(place.address !== null && { shipTo: place.address }),
    ...paymentTermsOf(terms),
    ...datesOf(document.dates),
    ...(requirements.complete && { backorderPolicy: 'SHIP_COMPLETE' as const }),
    ...(requirements.noBackorders && { cancelBackorders: true }),
    ...amountsOf(allowances, document.taxes, currency),
    ...(document.statedTotal !== null && {
      channelTotal: toCurrencyDigits(document.statedTotal, currency),
    }),
    ...(notes !== '' && { note: fitting(notes, 2000, true) }),
    channelData: keptDetails(document.details, allowances),
    lines: lines.map((line) => translateLine(line, currency, masters)),
    holds: heldFor.length === 0 ? [] : [{ reason: 'OTHER', note: fitting(heldFor.join('; '), 2000) }],
    unmetPins: 'BACKORDER',
  };
  const parsed = ReceiveOrder.safeParse(command);
  if (parsed.success) return { command: parsed.data };
  return { problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) };
}

/** Whether a line cannot even stand as it was ordered, to be looked at: orders count whole units. */
function isUncountable({ eaches, ordered }: DocumentLine): boolean {
  return eaches === null && !/^[1-9]\d{0,6}$/.test(ordered.quantity ?? '');
}

function countless({ assignedId, lineNumber, ordered }: DocumentLine): string {
  const { quantity, unit } = ordered;
  return `PO102: line ${assignedId ?? lineNumber}: its quantity of ${quantity} ${unit} cannot be expressed in single units`;
}

/** What a document is known by: its purchase order with the release, and whose it is where a partner speaks for several. */
export function documentIdentity(document: DocumentHeader): {
  readonly key: string;
  readonly issuer?: string;
} {
  const { purchaseOrderNumber, releaseNumber } = document;
  const buyer = buyerOf(document);
  const issuer = buyer?.id ?? buyer?.name ?? null;
  return {
    // Together they are unambiguous in this form alone: either may hold any sign.
    key: releaseNumber === null ? purchaseOrderNumber : JSON.stringify([purchaseOrderNumber, releaseNumber]),
    ...(issuer !== null && { issuer: fitting(issuer, 128) }),
  };
}

/** What the partner calls an order: the purchase order, its release, and the destination where it is divided. */
function externalIdOf({ purchaseOrderNumber, releaseNumber, split }: PurchaseOrderDocument): string {
  const parts = [purchaseOrderNumber, releaseNumber, split?.location].filter(
    (part) => typeof part === 'string',
  );
  return fitting(parts.join(' '), 128);
}

function buyerOf({ parties }: DocumentHeader): Party | undefined {
  return parties.find(({ role }) => role === 'BY');
}

/** The line with the pack that we know of the product, where the partner states none. */
function resolvedLine(line: DocumentLine, currency: string, masters: PartnerMasters): DocumentLine {
  const unitsPerCase = itemOf(line, masters)?.unitsPerCase;
  if (line.eaches !== null || line.pack !== null || unitsPerCase === undefined) return line;
  const pack: Pack = { pack: unitsPerCase, innerPack: null };
  const { eaches, amount } = toEaches(line.ordered, pack, currency);
  return { ...line, pack, eaches, amount: amount ?? line.amount };
}

/** What the partner's own numbers stand for; ours need no list. */
function itemOf(line: DocumentLine, { items }: PartnerMasters) {
  return line.identifiers.map(({ value }) => items.get(value)).find((item) => item !== undefined);
}

export function skuOf(
  line: DocumentLine,
  masters: PartnerMasters,
): { readonly sku: string | null; readonly isKnown: boolean } {
  const ours = line.identifiers.find(({ qualifier }) => OUR_NUMBERS.has(qualifier));
  if (ours !== undefined) return { sku: ours.value, isKnown: true };
  const item = itemOf(line, masters);
  return { sku: item?.sku ?? line.item?.value ?? null, isKnown: item !== undefined };
}

/**
 * A line of a document as a line of an order. Where its unit cannot be expressed in single ones, it stands as it was
 * ordered, and the order is held for it.
 */
export function translateLine(line: DocumentLine, currency: string, masters: PartnerMasters = NO_MASTERS) {
  const { eaches, ordered, pack, description, assignedId, identifiers } = line;
  const unitsPerCase = pack === null ? 1 : pack.pack * (pack.innerPack ?? 1);
  const allowances = allowancesOfLine(line, currency);
  const discount = total(
    allowances.filter(({ kind }) => kind === 'ALLOWANCE'),
    currency,
  );
  const tax = total(line.taxes, currency);
  const further = identifiers.slice(MAX_PRODUCT_NUMBERS);
  const details = [
    ...line.details,
    ...further.map(
      ({ qualifier, value }): KeptDetail => ({
        kind: 'ITEM',
        label: 'Product number',
        code: qualifier,
        value,
      }),
    ),
  ];
  return {
    sku: skuOf(line, masters).sku,
    quantity: eaches?.quantity ?? Number(ordered.quantity),
    unitPrice: (eaches === null ? ordered.unitPrice : eaches.unitPrice) ?? '0',
    ...(description !== null && { description: fitting(description, 500) }),
    ...(assignedId !== null && { channelLineId: assignedId }),
    ...(eaches !== null && unitsPerCase > 1 && { unitsPerCase }),
    ...(ordered.unit !== null && {
      orderedAs: { unit: ordered.unit, products: identifiers.slice(0, MAX_PRODUCT_NUMBERS) },
    }),
    ...(discount !== null && { discount }),
    ...(tax !== null && { tax }),
    ...(details.length > 0 && { channelData: keptDetails(details, allowances) }),
  };
}

/** An order's line names so many numbers of its product. */
const MAX_PRODUCT_NUMBERS = 10;

/** Details as an order keeps them; a SAC that is charged has what it comes to. */
export function keptDetails(
  details: readonly KeptDetail[],
  allowances: readonly ReckonedAllowance[],
): ChannelDetail[] {
  let ordinal = -1;
  return details.map((detail) => {
    const { label, value } = detail;
    const kept = { ...detail, label: fitting(label, 100), value: fitting(value, 5000, true) };
    if (detail.raw?.[0]?.[0] !== 'SAC') return kept;
    ordinal += 1;
    const amount = allowances.find((each) => each.ordinal === ordinal)?.amount;
    return amount === null || amount === undefined ? kept : { ...kept, amount };
  });
}

/** Amounts of the whole order; a charge that is not tax is for bringing the goods. */
function amountsOf(
  allowances: readonly ReckonedAllowance[],
  taxes: PurchaseOrderDocument['taxes'],
  currency: string,
) {
  const of = (wanted: ReckonedAllowance['kind']) =>
    total(
      allowances.filter(({ kind }) => kind === wanted),
      currency,
    );
  const discount = of('ALLOWANCE');
  const shippingAmount = of('CHARGE');
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

function unclearAmounts(allowances: readonly ReckonedAllowance[], where: string): readonly string[] {
  return allowances.some(({ amount }) => amount === null)
    ? [`SAC: an allowance or charge of ${where} has no amount`]
    : [];
}

/** What somebody has to look at of a line: amounts, charges, which a line has no place for, and the product. */
function unclearLine(line: DocumentLine, currency: string, masters: PartnerMasters): readonly string[] {
  const where = `line ${line.lineNumber}`;
  const { item } = line;
  return [
    ...unclearAmounts(allowancesOfLine(line, currency), where),
    ...(line.allowances.some(({ kind }) => kind === 'CHARGE')
      ? [`SAC: ${where} has a charge of its own, which its price does not hold`]
      : []),
    ...(item === null || skuOf(line, masters).isKnown
      ? []
      : [`${where}: ${item.qualifier} ${item.value} is not in the partner's list of items`]),
  ];
}

/** Where goods go: the address that is given, else the one that is known of the place's code. */
export function placeOf(party: Party | null, { locations }: PartnerMasters) {
  if (party === null) return { address: null, problems: ['N1 ST: the order names no place to ship to'] };
  const address = addressOf(party);
  if (party.addressLines.length > 0 || party.city !== null) return { address, problems: [] };
  const known = party.id === null ? undefined : locations.get(party.id);
  if (known !== undefined) {
    const { name = party.name } = known;
    return { address: { ...known.address, ...(name !== null && { name }) }, problems: [] };
  }
  const place = party.id ?? party.name ?? '';
  return {
    address,
    problems: [`N104 ${place}: no address is given, and none is in the partner's list of locations`],
  };
}

function addressOf(party: Party) {
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
  const address = Object.fromEntries(
    Object.entries(given).flatMap(([field, value]) =>
      value === null || value === undefined || value === ''
        ? []
        : [[field, fitting(value, longest[field as keyof typeof longest])]],
    ),
  );
  const letters = country === null ? undefined : (COUNTRIES[country] ?? country);
  return { ...address, ...(/^[A-Z]{2}$/.test(letters ?? '') && { country: letters }) };
}

/** Partners send the countries that they deliver in by two letters or by three. */
const COUNTRIES: Readonly<Record<string, string>> = { USA: 'US', CAN: 'CA', MEX: 'MX' };

export function paymentTermsOf(terms: PaymentTerms | null) {
  return { ...dueTermsOf(terms), ...cashDiscountOf(terms) };
}

/** A discount for early payment (ITD03, ITD05). */
function cashDiscountOf(terms: PaymentTerms | null) {
  const { discountPercent, discountDays } = terms ?? {};
  const said = CashDiscount.safeParse({ percent: discountPercent, days: discountDays });
  return said.success ? { cashDiscount: said.data } : {};
}

function dueTermsOf(terms: PaymentTerms | null): { readonly paymentTerms?: string } {
  if (terms?.kind === 'ON_RECEIPT') return { paymentTerms: 'DUE_ON_RECEIPT' };
  if (terms?.kind === 'PREPAID') return { paymentTerms: 'PREPAID' };
  const days = terms?.netDays ?? null;
  return days === null || days > MAX_NET_DAYS ? {} : { paymentTerms: `NET${days}` };
}

/** Terms that are none of ours are for people. */
function termsNote(terms: PaymentTerms | null): readonly string[] {
  if (terms === null || terms.label === null) return [];
  const isDiscounted = terms.discountPercent !== null && terms.discountDays !== null;
  const isKnown = !isDiscounted || 'cashDiscount' in cashDiscountOf(terms);
  return isKnown && (terms.netDays ?? 0) <= MAX_NET_DAYS ? [] : [`Terms: ${terms.label}`];
}

const MAX_NET_DAYS = 999;

/** The dates of a document as terms of an order. A window of which one end is left open is that one day. */
export function datesOf(dates: DateTerms) {
  const { DELIVERY, DELIVERY_START, DELIVERY_END, SHIP_START, SHIP_END, CANCEL_AFTER } = dates;
  const start = DELIVERY_START ?? DELIVERY ?? DELIVERY_END;
  const end = DELIVERY_END ?? DELIVERY ?? DELIVERY_START;
  return {
    ...(start !== undefined && end !== undefined && start <= end && { deliveryWindow: { start, end } }),
    ...(SHIP_START !== undefined && { shipNotBefore: SHIP_START }),
    ...(SHIP_END !== undefined && { shipNotAfter: SHIP_END }),
    ...(CANCEL_AFTER !== undefined && { cancelAfter: CANCEL_AFTER }),
  };
}

/** X12 texts can be longer than ours, and hold characters that ours do not. */
function fitting(text: string, longest: number, lines = false): string {
  const clean = text.replace(lines ? /[^\P{Cc}\n\t]|\p{Cs}/gu : /[\p{Cc}\p{Cs}]/gu, ' ').trim();
  return Array.from(clean).slice(0, longest).join('');
}

function described({ code, lineNumber, message }: OrderProblem): string {
  return `${lineNumber === undefined ? '' : `line ${lineNumber}: `}${message} (${code})`;
}
