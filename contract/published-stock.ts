import * as z from 'zod';
import { leaseRule, ORDERED_BOUNDS } from '../domain/inventory/lease-rule.ts';

/** PUT /v1/connections/{connectionId}/stock/{sku} */
export const StockRuleRequest = z
  .strictObject({
    ...leaseRule,
    excluded: z.boolean().optional().meta({ description: 'Whether the connection is leased none of it.' }),
  })
  .refine(...ORDERED_BOUNDS)
  .meta({ id: 'StockRuleRequest' });
export type StockRuleRequest = z.infer<typeof StockRuleRequest>;

/** POST /v1/connections/{connectionId}/stock/{sku}/correction */
export const StockCorrectionRequest = z
  .strictObject({
    decision: z.enum(['ACCEPT', 'OVERWRITE']).meta({
      description:
        '`ACCEPT`: the number is what the channel may sell from now on, at least where it is more than it was, at most where it is less. `OVERWRITE`: the channel is shown its lease again.',
    }),
  })
  .meta({ id: 'StockCorrectionRequest' });

const units = z.int().meta({ description: 'Whole stock-keeping units.' });
const instant = z.string().meta({ format: 'date-time' });

/** What a channel may sell of a SKU, and what it shows. */
export const PublishedStockResponse = z
  .object({
    sku: z.string(),
    leased: units.meta({ description: 'Units that only this connection may sell.' }),
    published: units
      .nullable()
      .meta({ description: 'The number that the channel was last known to show; null where it shows none.' }),
    publishedAt: instant.nullable(),
    difference: z.int().meta({
      description:
        '`published` less `leased`. Below zero while orders are on their way here, or a change is not confirmed.',
    }),
    reason: z.string().optional().meta({ description: 'Why nothing is published.' }),
    correction: z
      .object({
        shown: units,
        expected: units.meta({ description: 'The number that it should have been at most, or at least.' }),
        noticedAt: instant,
      })
      .optional()
      .meta({
        description:
          'Somebody changed the number in the channel. It stays as it is until it is decided, or explained by orders.',
      }),
    rule: StockRuleRequest.optional().meta({ description: 'Differs from the settings of the connection.' }),
  })
  .meta({ id: 'PublishedStock' });
export type PublishedStockResponse = z.infer<typeof PublishedStockResponse>;
