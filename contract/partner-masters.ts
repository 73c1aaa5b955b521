import * as z from 'zod';
import { Address } from '../domain/order/terms.ts';
import { Quantity, Sku, text } from '../domain/text.ts';

/** A partner's own code of a product or a place, as its documents write it. */
export const PartnerCode = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'printable characters without blanks at the ends')
  .meta({ description: 'The code as the partner writes it.', example: '0012' });

/** PUT /v1/connections/{connectionId}/items/{buyerItem} */
export const PartnerItemRequest = z
  .strictObject({
    sku: Sku,
    unitsPerCase: Quantity.optional().meta({ description: 'Single units in one case of the partner.' }),
    unit: z
      .string()
      .regex(/^[A-Z0-9]{2}$/, 'a unit of X12, two letters or digits')
      .optional()
      .meta({ description: 'The unit that the partner orders by.', example: 'CA' }),
  })
  .meta({ id: 'PartnerItemRequest' });
export type PartnerItemRequest = z.infer<typeof PartnerItemRequest>;

/** PUT /v1/connections/{connectionId}/locations/{code} */
export const PartnerLocationRequest = z
  .strictObject({ name: text(200).optional(), address: Address })
  .meta({ id: 'PartnerLocationRequest' });
export type PartnerLocationRequest = z.infer<typeof PartnerLocationRequest>;

export const PartnerItem = PartnerItemRequest.extend({ buyerItem: z.string() }).meta({ id: 'PartnerItem' });
export const PartnerLocation = PartnerLocationRequest.extend({ code: z.string() }).meta({
  id: 'PartnerLocation',
});
