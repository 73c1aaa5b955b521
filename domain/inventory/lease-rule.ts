import * as z from 'zod';

const bound = z.int().min(0).max(1_000_000).optional();

/** What a sender may be leased, in its settings and for single SKUs. */
export const leaseRule = {
  share: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .meta({ description: 'Percent of what can be leased. Without it what sells decides.' }),
  minimum: bound.meta({ description: 'Units that it is leased before anything is divided.' }),
  maximum: bound.meta({ description: 'Units that it is leased at most.' }),
  buffer: bound.meta({
    description:
      'Units of each SKU that no channel is leased; of several connections the largest number counts.',
  }),
};
