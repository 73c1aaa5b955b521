import * as z from 'zod';

export const amount = z
  .string()
  .meta({ description: "Decimal text in the currency's own number of digits." });
export const units = z.int().meta({ description: 'Whole stock-keeping units.' });
export const instant = z.string().meta({ format: 'date-time' });
export const date = z.string().meta({ format: 'date' });
