import type * as z from 'zod';
import {
  IMPORT_COLUMNS,
  type ImportColumn,
  type ImportedRow,
  type ImportReport,
} from '../../../../contract/imports.ts';
import { OrderRequest } from '../../../../contract/requests.ts';
import type { FieldError } from '../../../../domain/decider.ts';
import type { CommandOf } from '../../../../domain/order/commands.ts';
import type { Origin } from '../../../events/envelope.ts';
import type { MessageRef } from '../../../messages/message.ts';
import type { Ports } from '../../../orders/ports.ts';
import { receiveOrder } from '../../../orders/receive-order.ts';
import { Busy } from '../../../write-failures.ts';

/** One line of a file, by the names of its columns. */
export type Row = Readonly<Partial<Record<ImportColumn, string>>>;

/** What distinguishes imported orders from others: with the file's own number it makes a repeat known. */
const SOURCE = 'csv';

interface ImportedOrder {
  readonly number: string;
  readonly rows: readonly { readonly line: number; readonly row: Row }[];
}

type Fate = Pick<ImportedRow, 'status' | 'orderId' | 'errors'>;

export interface ImportCircumstances {
  /** The file in the log of messages. */
  readonly ref: MessageRef;
  readonly origin: Origin;
  /** Epoch milliseconds after which no further order is begun. */
  readonly until: number;
}

/**
 * Receives the orders of a file, one after another, each whole or not at all. An order that is wrong takes none of the
 * others with it, and one that is there already is not made again.
 */
export async function importOrders(
  ports: Ports,
  rows: readonly Row[],
  circumstances: ImportCircumstances,
): Promise<ImportReport> {
  const orders = ordersOf(rows);
  const counts = { RECEIVED: 0, ALREADY_KNOWN: 0, REFUSED: 0, NOT_REACHED: 0 };
  const items: ImportedRow[] = [];
  for (const order of orders) {
    const fate: Fate =
      Date.now() >= circumstances.until
        ? { status: 'NOT_REACHED' }
        : await importOrder(ports, order, circumstances);
    counts[fate.status] += 1;
    for (const { line, row } of order.rows)
      items.push({ row: line, order: row.order ?? '', ...fateOf(fate, line) });
  }
  return {
    received: counts.RECEIVED,
    alreadyKnown: counts.ALREADY_KNOWN,
    refused: counts.REFUSED,
    notReached: counts.NOT_REACHED,
    items: items.sort((one, other) => one.row - other.row),
  };
}

function ordersOf(rows: readonly Row[]): readonly ImportedOrder[] {
  const numbered = rows.map((row, index) => ({ line: index + 2, row }));
  const byNumber = Map.groupBy(numbered, ({ row, line }) => row.order || `row ${line}`);
  return [...byNumber].map(([number, own]) => ({ number, rows: own }));
}

async function importOrder(
  ports: Ports,
  order: ImportedOrder,
  { ref, origin, until }: ImportCircumstances,
): Promise<Fate> {
  const read = commandOf(order);
  if ('errors' in read) return { status: 'REFUSED', errors: [...read.errors] };
  try {
    const outcome = await receiveOrder(ports, {
      ...{ command: read.command, origin, until, message: { message: ref } },
    });
    switch (outcome.kind) {
      case 'received':
        return { status: 'RECEIVED', orderId: outcome.order.orderId };
      case 'known':
        return { status: 'ALREADY_KNOWN', orderId: outcome.orderId };
      case 'refused': {
        const { rejection } = outcome;
        const errors = 'errors' in rejection ? rejection.errors : [{ path: '', message: rejection.detail }];
        return { status: 'REFUSED', errors: errors.map((error) => inColumns(order, error)) };
      }
      case 'duplicate-purchase-order':
        return {
          status: 'REFUSED',
          errors: [{ path: 'purchase_order_number', message: 'another order of the customer has it' }],
        };
      case 'key-used':
        throw new Error('an import has no idempotency key');
    }
  } catch (error) {
    if (error instanceof Busy) return { status: 'NOT_REACHED' };
    throw error;
  }
}

function commandOf(
  order: ImportedOrder,
): { readonly command: CommandOf<'ReceiveOrder'> } | { readonly errors: readonly FieldError[] } {
  const conflicts = ORDER_COLUMNS.flatMap((column) => {
    const values = new Set(order.rows.map(({ row }) => row[column] ?? '').filter((value) => value !== ''));
    return values.size > 1 ? [{ path: column, message: 'the rows of one order disagree' }] : [];
  });
  if (conflicts.length > 0) return { errors: conflicts };
  const of = (column: ImportColumn) => order.rows.map(({ row }) => row[column]).find((value) => value);
  const given: Record<string, unknown> = {
    channel: 'MANUAL',
    externalId: order.rows[0]?.row.order ?? '',
    currency: of('currency') ?? '',
    customer: present({
      name: of('customer_name') ?? '',
      email: of('customer_email'),
      reference: of('customer_reference'),
    }),
    ...present({
      orderType: of('order_type'),
      purchaseOrderNumber: of('purchase_order_number'),
      paymentTerms: of('payment_terms'),
      backorderPolicy: of('backorder_policy'),
      shippingAmount: of('shipping_amount'),
      note: of('note'),
    }),
    ...windowOf(of('window_start'), of('window_end')),
    ...shipToOf(of),
    lines: order.rows.map(({ row }) =>
      present({
        sku: row.sku ?? '',
        quantity: wholeNumber(row.quantity),
        unitPrice: row.unit_price ?? '',
        unitsPerCase: row.units_per_case === '' ? undefined : wholeNumber(row.units_per_case),
        lotPin: row.lot_pin,
        discount: row.line_discount,
        tax: row.line_tax,
      }),
    ),
  };
  const parsed = OrderRequest.safeParse(given);
  if (!parsed.success) {
    return {
      errors: parsed.error.issues.map((issue) =>
        inColumns(order, { path: pathOf(issue), message: issue.message }),
      ),
    };
  }
  const { lines, ...terms } = parsed.data;
  return {
    command: {
      type: 'ReceiveOrder',
      ...terms,
      source: SOURCE,
      lines: lines.map((line) => ({ ...line, requiresShipping: true })),
      holds: [],
      unmetPins: 'REFUSE',
    },
  };
}

/** Columns that say something of the whole order; its rows may repeat it, or leave it out after the first. */
const ORDER_COLUMNS = (Object.keys(IMPORT_COLUMNS) as ImportColumn[]).filter(
  (column) =>
    !['sku', 'quantity', 'unit_price', 'units_per_case', 'lot_pin', 'line_discount', 'line_tax'].includes(
      column,
    ),
);

/** An empty cell says nothing. */
function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  );
}

/** Text that is no whole number stays as it is, for the schema to refuse by name. */
function wholeNumber(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : text;
}

function windowOf(start: string | undefined, end: string | undefined) {
  return start === undefined && end === undefined
    ? {}
    : { deliveryWindow: present({ start, end: end ?? start }) };
}

function shipToOf(of: (column: ImportColumn) => string | undefined) {
  const shipTo = present({
    name: of('ship_to_name'),
    address1: of('ship_to_address1'),
    address2: of('ship_to_address2'),
    city: of('ship_to_city'),
    region: of('ship_to_region'),
    postalCode: of('ship_to_postal_code'),
    country: of('ship_to_country'),
  });
  return Object.keys(shipTo).length === 0 ? {} : { shipTo };
}

function pathOf(issue: z.core.$ZodIssue): string {
  return issue.path.reduce<string>(
    (path, part) =>
      typeof part === 'number' ? `${path}[${part}]` : `${path}${path === '' ? '' : '.'}${String(part)}`,
    '',
  );
}

/** Fields of an order by the columns that they come from. */
const COLUMN_OF: Readonly<Record<string, ImportColumn>> = {
  externalId: 'order',
  currency: 'currency',
  'customer.name': 'customer_name',
  'customer.email': 'customer_email',
  'customer.reference': 'customer_reference',
  orderType: 'order_type',
  purchaseOrderNumber: 'purchase_order_number',
  paymentTerms: 'payment_terms',
  deliveryWindow: 'window_end',
  'deliveryWindow.start': 'window_start',
  'deliveryWindow.end': 'window_end',
  backorderPolicy: 'backorder_policy',
  shippingAmount: 'shipping_amount',
  'shipTo.name': 'ship_to_name',
  'shipTo.address1': 'ship_to_address1',
  'shipTo.address2': 'ship_to_address2',
  'shipTo.city': 'ship_to_city',
  'shipTo.region': 'ship_to_region',
  'shipTo.postalCode': 'ship_to_postal_code',
  'shipTo.country': 'ship_to_country',
  note: 'note',
  sku: 'sku',
  quantity: 'quantity',
  unitPrice: 'unit_price',
  unitsPerCase: 'units_per_case',
  lotPin: 'lot_pin',
  discount: 'line_discount',
  tax: 'line_tax',
};

/** Says what is wrong in the file's own words: the row and the column. */
function inColumns(order: ImportedOrder, { path, message }: FieldError): FieldError {
  const [, index, field = ''] = /^lines\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
  const column = COLUMN_OF[index === undefined ? path : field] ?? path;
  if (index === undefined) return { path: column, message };
  const line = order.rows[Number(index)]?.line;
  return { path: `row ${line}${column === '' ? '' : `, ${column}`}`, message };
}

/** A row that is right says that another one of its order is not. */
function fateOf(fate: Fate, line: number): Fate {
  if (fate.errors === undefined) return fate;
  const own = fate.errors.filter(({ path }) => !path.startsWith('row ') || path.startsWith(`row ${line},`));
  return { ...fate, errors: own.length > 0 ? own : fate.errors };
}
