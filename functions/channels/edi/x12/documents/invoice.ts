import { formatDecimal, isWhole, multiply, parseDecimal } from '../order/decimal.ts';
import { sum } from '../order/lines.ts';
import {
  type OutgoingEnvelope,
  type OutgoingSegment,
  text,
  UnwritableDocument,
  writeInterchange,
} from '../writer.ts';
import {
  dateSegment,
  descriptionSegments,
  type GivenBack,
  givenBack,
  type OutgoingCarrier,
  type OutgoingIdentifier,
  type OutgoingParty,
  type OutgoingReference,
  partySegments,
  products,
  references,
  x12Date,
} from './common.ts';

/** An allowance or charge on the invoice (SAC). */
export interface InvoicedAllowance {
  /** `A` allowance: taken off; `C` charge: added. */
  readonly indicator: 'A' | 'C';
  /** Element 1300, for example `D240` freight, `C310` discount. */
  readonly code: string;
  /** Decimal string without sign, at most two decimals. */
  readonly amount: string;
  readonly description?: string | null;
}

/** A tax on the invoice (TXI). */
export interface InvoicedTax {
  /** Element 963, for example `ST` state sales tax, `GS` goods and services tax. */
  readonly typeCode: string;
  readonly amount: string;
  readonly percent?: string | null;
}

export interface InvoicedLine {
  /** The partner's own number of the line. */
  readonly assignedId: string;
  /** In the unit ordered, which the price is for. */
  readonly quantity: string;
  readonly unit: string;
  readonly unitPrice: string;
  readonly identifiers: readonly OutgoingIdentifier[];
  readonly description?: string | null;
  readonly allowances?: readonly InvoicedAllowance[];
  /** REF of the line. */
  readonly references?: GivenBack;
}

/** What an 810 says: what one shipment costs. Dates are `YYYY-MM-DD`; money is decimal strings. */
export interface Invoice {
  readonly invoiceNumber: string;
  readonly date: string;
  readonly purchaseOrderNumber: string;
  readonly purchaseOrderDate: string | null;
  /** Element 640: `DI` debit invoice, `CR` credit memo. */
  readonly type: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly releaseNumber?: string | null;
  /** Our own references. */
  readonly references: readonly OutgoingReference[];
  /** REF and ITD of the purchase order. */
  readonly ordersReferences?: GivenBack;
  readonly parties: readonly OutgoingParty[];
  readonly terms?: GivenBack;
  readonly shippedOn?: string | null;
  readonly lines: readonly InvoicedLine[];
  /** What is to be paid, allowances, charges and taxes included. */
  readonly total: string;
  readonly taxes?: readonly InvoicedTax[];
  readonly allowances?: readonly InvoicedAllowance[];
  readonly carrier?: (OutgoingCarrier & { readonly billOfLading?: string | null }) | null;
  /** What was loaded (ISS): how many, in which unit, and the weight. */
  readonly shipped?: {
    readonly count: string;
    readonly unit: string;
    readonly weight?: { readonly value: string; readonly unit: string } | null;
  } | null;
}

/** An 810 has room for so many REF; our own come first. */
const MAX_REFERENCES = 12;

/**
 * Writes an 810, alone in its interchange.
 *
 * @throws UnwritableDocument when a value does not fit, or an amount has more than the two decimals that TDS and SAC
 * can say
 */
export function writeInvoice(invoice: Invoice, envelope: OutgoingEnvelope): string {
  const { purchaseOrderDate, carrier, shipped } = invoice;
  const orderedOn = purchaseOrderDate === null ? null : x12Date(purchaseOrderDate);
  const segments: OutgoingSegment[] = [
    [
      ...(['BIG', x12Date(invoice.date), invoice.invoiceNumber, orderedOn] as const),
      ...[invoice.purchaseOrderNumber, invoice.releaseNumber, null, invoice.type],
    ],
    ['CUR', 'SE', invoice.currency],
    ...[...references(invoice.references), ...givenBack(invoice.ordersReferences)].slice(0, MAX_REFERENCES),
    ...invoice.parties.flatMap(partySegments),
    ...givenBack(invoice.terms),
    ...dateSegment('011', invoice.shippedOn),
    ...invoice.lines.flatMap(lineSegments),
    ['TDS', impliedCents('TDS01', invoice.total)],
    ...(invoice.taxes ?? []).map((tax): OutgoingSegment => ['TXI', tax.typeCode, tax.amount, tax.percent]),
    ...(carrier ? [carrierSegment(carrier, carrier.billOfLading)] : []),
    ...(invoice.allowances ?? []).map(allowanceSegment),
    ...(shipped
      ? [
          [
            'ISS',
            shipped.count,
            shipped.unit,
            shipped.weight?.value,
            shipped.weight?.unit,
          ] as const satisfies OutgoingSegment,
        ]
      : []),
    ['CTT', String(invoice.lines.length), formatDecimal(sum(invoice.lines.map((line) => line.quantity)))],
  ];
  return writeInterchange(envelope, 'IN', [{ id: '810', segments }]);
}

function lineSegments(line: InvoicedLine): OutgoingSegment[] {
  return [
    ['IT1', line.assignedId, line.quantity, line.unit, line.unitPrice, null, ...products(line.identifiers)],
    ...descriptionSegments(line.description),
    ...givenBack(line.references),
    ...(line.allowances ?? []).map(allowanceSegment),
  ];
}

function allowanceSegment(one: InvoicedAllowance): OutgoingSegment {
  const rest = [null, null, null, null, null, null, null, null, null];
  const amount = impliedCents('SAC05', one.amount);
  return ['SAC', one.indicator, one.code, null, null, amount, ...rest, text(one.description, 80)];
}

function carrierSegment(carrier: OutgoingCarrier, billOfLading: string | null | undefined): OutgoingSegment {
  const reference = billOfLading ? [null, 'BM', billOfLading] : [];
  return ['CAD', carrier.method, null, null, carrier.code, text(carrier.name, 35), ...reference];
}

/** An amount as an N2 element: an integer with two implied decimals, in every currency. */
function impliedCents(location: string, amount: string): string {
  const parsed = parseDecimal(amount);
  const cents = parsed === null ? null : multiply(parsed, { digits: 100n, scale: 0 });
  if (cents !== null && isWhole(cents)) return formatDecimal(cents);
  throw new UnwritableDocument(location, 'it is not an amount of at most two decimals');
}
