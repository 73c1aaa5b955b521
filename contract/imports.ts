import * as z from 'zod';

/** The columns of an imported file; each row is one line of an order, and rows with the same `order` are one order. */
export const IMPORT_COLUMNS = {
  order: 'Your own number of the order; a repeated number creates no second order.',
  sku: 'The ordered item.',
  quantity: 'Whole units.',
  unit_price: 'Decimal text, for example 20.00.',
  currency: 'ISO 4217, for example USD.',
  customer_name: 'Who orders.',
  customer_email: '',
  customer_reference: 'Your number for the customer.',
  order_type: 'DTC or B2B; DTC when empty.',
  purchase_order_number: '',
  payment_terms: 'For example NET30.',
  window_start: 'First day of the delivery window, for example 2026-03-10.',
  window_end: 'Last day of the delivery window.',
  backorder_policy: 'SHIP_PARTIAL, SHIP_COMPLETE or REJECT.',
  units_per_case: '',
  lot_pin: 'The lot that the line is bound to.',
  line_discount: '',
  line_tax: '',
  shipping_amount: '',
  ship_to_name: '',
  ship_to_address1: '',
  ship_to_address2: '',
  ship_to_city: '',
  ship_to_region: '',
  ship_to_postal_code: '',
  ship_to_country: 'Two letters.',
  note: '',
} as const;
export type ImportColumn = keyof typeof IMPORT_COLUMNS;

/** Columns that every file must have. */
export const REQUIRED_COLUMNS: readonly ImportColumn[] = [
  'order',
  'sku',
  'quantity',
  'unit_price',
  'currency',
  'customer_name',
];

/** Maximum number of rows in one file. */
export const MAX_ROWS = 5000;

export const ImportedRow = z
  .object({
    row: z.int().meta({ description: 'The line number in the file; line 1 holds the column names.' }),
    order: z.string(),
    status: z.enum(['RECEIVED', 'ALREADY_KNOWN', 'REFUSED', 'NOT_REACHED']),
    orderId: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'ImportedRow' });
export type ImportedRow = z.infer<typeof ImportedRow>;

export const ImportReport = z
  .object({
    received: z.int().meta({ description: 'Orders that were created.' }),
    alreadyKnown: z.int().meta({ description: 'Orders that existed before.' }),
    refused: z.int().meta({ description: 'Orders that were refused; their rows have the errors.' }),
    notReached: z
      .int()
      .meta({ description: 'Orders for which the request had no time left: send the file again.' }),
    items: z.array(ImportedRow),
  })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.infer<typeof ImportReport>;
