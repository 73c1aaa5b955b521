import * as z from 'zod';

/** Units that a rule can name. */
export const MAX_UNITS = 1_000_000;
const bound = z.int().min(0).max(MAX_UNITS).optional();

/** What a sender may be leased, in its settings and for single SKUs; bounds are in order, see {@link ORDERED_BOUNDS}. */
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

/** Refines a schema of these terms, with what its reader is answered. */
export const ORDERED_BOUNDS = [
  ({ minimum, maximum }: { readonly minimum?: number | undefined; readonly maximum?: number | undefined }) =>
    minimum === undefined || maximum === undefined || minimum <= maximum,
  { path: ['minimum'], message: 'must not be more than the maximum' },
] as const satisfies readonly [unknown, { path: string[]; message: string }];
