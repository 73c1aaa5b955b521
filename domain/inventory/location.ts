import * as z from 'zod';
import { Address, Channel, OrderType } from '../order/terms.ts';
import { text } from '../text.ts';

/** The location that exists by itself, and that records without a location are of. */
export const MAIN = 'MAIN';

export const LocationId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, . _ and -, 64 at most')
  .meta({ id: 'LocationId', description: 'A location of stock, `MAIN` by default.', example: 'EAST' });

/** What is said of a location that holds stock and ships orders. */
export const LocationTerms = z.strictObject({
  name: text(200).refine((name) => name.trim() !== '', 'a name is not blank'),
  address: Address,
  /** Of locations that suit an order alike, the one with the lowest number ships it. */
  priority: z.int().min(0).max(1_000_000),
  timeZone: text(64).refine(isTimeZone, 'a time zone of IANA, such as America/New_York').optional(),
  /** Only orders of these; of all where it is absent. */
  channels: z.array(Channel).min(1).max(20).optional(),
  orderTypes: z.array(OrderType).min(1).max(2).optional(),
});

/** A location of stock. */
export interface Location extends z.infer<typeof LocationTerms> {
  readonly locationId: string;
}

/** MAIN as it is until somebody says more of it. */
export const MAIN_LOCATION: Location = { locationId: MAIN, name: 'Main', address: {}, priority: 0 };

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
