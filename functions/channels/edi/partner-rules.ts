import * as z from 'zod';

/** Sets that a rule can be about: those we send, and those we are sent orders by. */
const SETS_WITH_RULES = ['850', '860', '855', '865', '856', '810', '846', '940'] as const;

/** Most elements that a segment has. */
const MAX_ELEMENT = 40;

/**
 * One rule of a partner's guide, narrower than the standard: a segment that its documents have, or what its elements may
 * hold.
 */
export const PartnerRule = z
  .strictObject({
    set: z.enum(SETS_WITH_RULES).meta({ description: 'The transaction set, for example 856.' }),
    segment: z
      .string()
      .regex(/^[A-Z][A-Z0-9]{1,2}$/, 'the id of a segment, for example REF')
      .meta({ description: 'The segment, for example REF.' }),
    qualifier: z
      .string()
      .regex(/^[\x21-\x7e]{1,10}$/, '1 to 10 printable characters')
      .optional()
      .meta({ description: 'Narrows the rule to segments whose first element is this, for example IA.' }),
    required: z.enum(['DOCUMENT', 'LINE']).optional().meta({
      description: 'The segment stands in the document, or on each of its lines.',
    }),
    elements: z
      .array(z.int().min(1).max(MAX_ELEMENT))
      .min(1)
      .max(20)
      .optional()
      .meta({ description: 'Elements that `codes`, `maxLength` and `filled` are about, counted from 1.' }),
    codes: z
      .array(z.string().regex(/^[\x21-\x7e]{1,30}$/, '1 to 30 printable characters'))
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'The only values that those elements may have.' }),
    maxLength: z
      .int()
      .min(1)
      .max(4096)
      .optional()
      .meta({ description: 'Most characters of those elements.' }),
    filled: z.literal(true).optional().meta({ description: 'Those elements are not left empty.' }),
  })
  .refine(
    ({ required, codes, maxLength, filled }) => [required, codes, maxLength, filled].some((each) => each),
    'a rule says what is `required`, or which `codes`, `maxLength` or `filled` elements there are',
  )
  .refine(
    ({ elements, codes, maxLength, filled }) =>
      (elements !== undefined) === [codes, maxLength, filled].some((each) => each),
    '`elements` go with `codes`, `maxLength` or `filled`',
  );
export type PartnerRule = z.output<typeof PartnerRule>;

/** The rules of one partner. */
export const PartnerRules = z.array(PartnerRule).max(200);
