import * as z from 'zod';

const units = z.int().min(0);

/** PUT /v1/inventory/{sku}/threshold */
export const ThresholdRequest = z
  .strictObject({
    threshold: z.int().min(0).max(1_000_000_000).meta({
      description: 'Units. StockLow is told when fewer can be reserved; with 0 it is never told.',
    }),
  })
  .meta({ id: 'ThresholdRequest' });

/** Under how many units of a SKU somebody wants to hear of it. */
export const Threshold = z
  .object({
    sku: z.string(),
    threshold: units,
    available: units.meta({ description: 'Units that can be reserved now.' }),
    low: z.boolean().meta({ description: 'Whether StockLow was told, and stock has not come back since.' }),
  })
  .meta({ id: 'Threshold' });
export type Threshold = z.infer<typeof Threshold>;
