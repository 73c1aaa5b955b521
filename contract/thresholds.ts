import * as z from 'zod';

const units = z.int().min(0);

/** PUT /v1/inventory/{sku}/threshold */
export const ThresholdRequest = z
  .strictObject({
    threshold: z.int().min(0).max(1_000_000_000).meta({
      description: 'Units. StockLow is published when fewer can be reserved; 0 disables it.',
    }),
  })
  .meta({ id: 'ThresholdRequest' });

/** The reorder threshold of a SKU. */
export const Threshold = z
  .object({
    sku: z.string(),
    threshold: units,
    available: units.meta({ description: 'Units that can be reserved now.' }),
    low: z
      .boolean()
      .meta({ description: 'Whether StockLow was published and stock has not recovered since.' }),
  })
  .meta({ id: 'Threshold' });
export type Threshold = z.infer<typeof Threshold>;
