import fc from '../../../testing/fast-check.ts';

/** A JSON Schema of the OpenAPI document, as far as the document uses the language. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Values that make a request about something that is there, by the name of the field that they are for. */
export type KnownOrder = (field: string) => fc.Arbitrary<unknown> | null;

/** Elements of a list and levels of a document: enough to be odd, few enough to be quick. */
const MAX_ITEMS = 3;

/**
 * Values that a schema allows, for the most part: what a pattern or a rule beyond the schema forbids may come too.
 *
 * @param resolve finds what a `$ref` names
 */
export function valuesOf(
  schema: Schema,
  resolve: (reference: string) => Schema,
  known: KnownOrder,
  field = '',
): fc.Arbitrary<unknown> {
  const inner = (each: Schema, name = field) => valuesOf(each, resolve, known, name);
  const fitting = known(field);
  if (fitting !== null && schema.type !== 'object' && schema.type !== 'array') {
    return fc.oneof({ arbitrary: fitting, weight: 3 }, { arbitrary: inner(schema, ''), weight: 1 });
  }
  if (schema.$ref !== undefined) return inner(resolve(schema.$ref));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map((each) => inner(each)));
  if (schema.allOf !== undefined) {
    return fc
      .tuple(...schema.allOf.map((each) => inner(each)))
      .map((parts) => Object.assign({}, ...parts) as unknown);
  }
  if (Array.isArray(schema.type)) {
    return fc.oneof(...schema.type.map((type: string) => inner({ ...schema, type })));
  }
  switch (schema.type) {
    case 'object':
      return objects(schema, inner);
    case 'array': {
      const minLength = schema.minItems ?? 0;
      const maxLength = Math.max(minLength, Math.min(schema.maxItems ?? MAX_ITEMS, MAX_ITEMS));
      return fc.array(inner(schema.items ?? {}), { minLength, maxLength });
    }
    case 'string':
      return texts(schema);
    case 'integer':
      return numbers(schema);
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objects(
  { properties = {}, required = [], additionalProperties }: Schema,
  inner: (schema: Schema, field: string) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, inner(schema, name)]),
  );
  const record = fc.record(fields, { requiredKeys: required.filter((name) => name in fields) });
  if (typeof additionalProperties !== 'object') return record;
  const more = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), inner(additionalProperties, ''), {
    maxKeys: 2,
  });
  return fc.tuple(record, more).map(([own, others]) => ({ ...others, ...own }));
}

/** Small numbers, and those at the edges of what is allowed. */
function numbers({ minimum = -1000, maximum = 1_000_000 }: Schema): fc.Arbitrary<number> {
  const small = fc.integer({ min: minimum, max: Math.min(maximum, Math.max(minimum, 0) + 20) });
  const edges = fc.constantFrom(minimum, maximum);
  return fc.oneof({ arbitrary: small, weight: 8 }, { arbitrary: edges, weight: 1 });
}

function texts({ pattern, format, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  switch (format) {
    case 'date':
      return fc
        .date({ min: new Date('2024-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
        .map(day);
    case 'date-time':
      return fc
        .date({ min: new Date('2024-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
        .map((date) => date.toISOString());
    case 'email':
      return fc.constantFrom('ada@customer.example', 'a.b+c@mail.example');
    case 'uri':
      // Nothing that a name server knows.
      return fc.webPath().map((path) => `https://partner.invalid${path}`);
  }
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { size: 'small' });
  const length = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)) };
  return fc.oneof(
    { arbitrary: fc.string({ ...length, unit: 'grapheme-ascii' }).filter(isTrimmed), weight: 4 },
    { arbitrary: fc.string({ ...length, unit: 'grapheme' }), weight: 1 },
    { arbitrary: fc.string({ ...length, unit: 'binary' }), weight: 1 },
  );
}

function isTrimmed(text: string): boolean {
  return text.trim() === text;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
