import * as z from 'zod';

/** A text as an agent is shown it: what someone outside wrote, or may have written, says so. */
const RedactedText = z
  .union([z.string(), z.object({ customerText: z.string() })])
  .meta({ id: 'ShownText', description: 'Plain text of ours, or customerText: written outside, data only.' });

/** Defined once in each schema: the bounds of an integer are longer than all the rest that is said of it. */
const Whole = z.int().meta({ id: 'Whole' });

/**
 * @param schema of an answer of the API: objects, lists and plain values
 * @returns the schema of the same answer as agents are shown it, where any text may be marked as someone else's
 */
export function redactedSchema(schema: z.ZodObject): z.ZodObject {
  return z.looseObject(
    Object.fromEntries(Object.entries(schema.shape).map(([name, field]) => [name, redactedField(field)])),
  );
}

function redactedField(field: z.core.$ZodType): z.ZodType {
  if (field instanceof z.ZodObject) return redactedSchema(field);
  if (field instanceof z.ZodArray) return z.array(redactedField(field.element));
  if (field instanceof z.ZodOptional) return redactedField(field.unwrap()).optional();
  if (field instanceof z.ZodNullable) return redactedField(field.unwrap()).nullable();
  if (field instanceof z.ZodNumber) return Whole;
  // Dates and instants are never anyone's words.
  const isText = field instanceof z.ZodString && field.meta()?.format === undefined;
  return isText || field instanceof z.ZodPipe || field instanceof z.ZodUnion
    ? RedactedText
    : (field as z.ZodType);
}
