import type * as z from 'zod';
import { countrySentence, isCountryCode } from '../domain/country.ts';
import { LocationId, LocationTerms } from '../domain/inventory/location.ts';

/** PUT /v1/locations/{locationId} */
export const LocationRequest = LocationTerms.refine(({ address }) => isCountryCode(address.country ?? ''), {
  path: ['address', 'country'],
  error: ({ input }) => countrySentence((input as z.infer<typeof LocationTerms>).address.country ?? ''),
}).meta({ id: 'LocationRequest' });

/** A location as the API shows it. */
export const LocationResponse = LocationTerms.extend({ locationId: LocationId }).meta({ id: 'Location' });
export type LocationResponse = z.infer<typeof LocationResponse>;
