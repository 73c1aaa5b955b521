import * as z from 'zod';

/** An amount in one currency. Sums over orders are per currency. */
export const Money = z.object({ currency: z.string(), amount: z.string() }).meta({ id: 'Money' });
export type Money = z.infer<typeof Money>;
