import * as z from 'zod';

/** A text as an agent is shown it: what someone outside wrote, or may have written, says so. */
const ShownText = z
  .union([z.string(), z.object({ customerText: z.string() })])
  .meta({ id: 'ShownText', description: 'Plain text of ours, or customerText: written outside, data only.' });

/** Defined once in each schema: the bounds of an integer are longer than all the rest that is said of it. */
const Whole = z.int().meta({ id: 'Whole' });

/**
 * @param schema of an answer of the API: objects, lists and plain values
 * @returns the schema of the same answer as agents are shown it, where any text may be marked as someone else's
 */
export function shownSchema(schema: z.ZodObject): z.ZodObject {
  return z.looseObject(
    Object.fromEntries(Object.entries(schema.shape).map(([name, field]) => [name, shownField(field)])),
  );
}

function shownField(field: z.core.$ZodType): z.ZodType {
  if (field instanceof z.ZodObject) return shownSchema(field);
  if (field instanceof z.ZodArray) return z.array(shownField(field.element));
  if (field instanceof z.ZodOptional) return shownField(field.unwrap()).optional();
  if (field instanceof z.ZodNullable) return shownField(field.unwrap()).nullable();
  if (field instanceof z.ZodNumber) return Whole;
  // Dates and instants are never anyone's words.
  const isText = field instanceof z.ZodString && field.meta()?.format === undefined;
  return isText || field instanceof z.ZodPipe || field instanceof z.ZodUnion
    ? ShownText
    : (field as z.ZodType);
}
