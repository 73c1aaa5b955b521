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

/** GET /v1/connections/{connectionId}/unknown-items */
export const UnknownItem = z
  .object({
    buyerItem: z.string(),
    qualifier: z.string().meta({ description: 'Kind of number (X12 element 235).', example: 'IN' }),
    description: z.string().optional(),
    unit: z.string().optional().meta({ description: 'The unit that it was ordered by.' }),
    unitsPerCase: z.int().optional().meta({ description: 'The pack, where the partner states one.' }),
    orderIds: z.array(z.string()).meta({ description: 'Held orders that name it.' }),
  })
  .meta({ id: 'UnknownItem' });
export type UnknownItem = z.infer<typeof UnknownItem>;

/** POST /v1/connections/{connectionId}/held-orders/retry */
export const HeldOrderOutcome = z
  .object({
    orderId: z.string(),
    isReleased: z.boolean().meta({ description: 'Whether nothing holds the order any more.' }),
    problem: z.string().optional().meta({ description: 'Why a person has to put it right.' }),
  })
  .meta({ id: 'HeldOrderOutcome' });
export type HeldOrderOutcome = z.infer<typeof HeldOrderOutcome>;

export const PartnerItem = PartnerItemRequest.extend({ buyerItem: z.string() }).meta({ id: 'PartnerItem' });
export const PartnerLocation = PartnerLocationRequest.extend({ code: z.string() }).meta({
  id: 'PartnerLocation',
});
