import fc from '../../../testing/fast-check.ts';
import { type Mutation, mutate, mutation } from '../../../testing/mutations.ts';
import type { Described } from './described.ts';
import type { Pool } from './pool.ts';
import { type KnownOrder, type Schema, valuesOf } from './schema-values.ts';

/** A request that was made up. */
export interface FuzzedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

const oddText = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '..',
    '%',
    '\u0000',
    'a'.repeat(3000),
    '0',
    '-1',
    'null',
    'true',
    ' ',
  ),
);

/** Requests to an operation: most nearly as it is described, some barely so, some not at all. */
export function requestsTo(
  operation: Described,
  resolve: (reference: string) => Schema,
  pool: Pool,
): fc.Arbitrary<FuzzedRequest> {
  const known: KnownOrder = (field) => {
    const values = pool[field];
    return values === undefined || values.length === 0 ? null : fc.constantFrom(...values);
  };
  const described = (schema: Schema, name: string) => valuesOf(schema, resolve, known, name);
  const texts = (place: 'path' | 'query' | 'header') => {
    // A path with nothing in the place of a parameter is another path.
    const fits = (text: string) => place !== 'path' || text !== '';
    const parameters = operation.parameters.filter((each) => each.in === place);
    const fields = parameters.map(({ name, schema }) => [
      name,
      fc.oneof(
        { arbitrary: described(schema, name).map(String).filter(fits), weight: 6 },
        { arbitrary: oddText, weight: 1 },
      ),
    ]);
    const requiredKeys = parameters
      .filter((each) => each.required || place === 'path')
      .map(({ name }) => name);
    return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<string>>, { requiredKeys });
  };
  const more = fc.option(fc.tuple(oddText, oddText), { freq: 12 });

  return fc
    .record({
      path: texts('path'),
      query: texts('query'),
      more,
      headers: texts('header'),
      body: bodies(operation, described),
    })
    .map(({ path, query, more, headers, body }) => {
      const search = Object.entries({ ...query, ...(more !== null && { [more[0]]: more[1] }) });
      const filled = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encoded(path[name] ?? ''));
      return {
        path:
          filled +
          (search.length === 0 ? '' : `?${search.map((pair) => pair.map(encoded).join('=')).join('&')}`),
        headers: {
          accept: 'application/json, text/event-stream',
          ...(operation.body !== null && { 'content-type': operation.body.mediaType }),
          ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerText(value)])),
        },
        body,
      };
    });
}

function bodies(
  { body }: Described,
  described: (schema: Schema, name: string) => fc.Arbitrary<unknown>,
): fc.Arbitrary<Buffer | undefined> {
  if (body === null) return fc.constant(undefined);
  const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  const fitting = described(body.schema, '');
  const damaged = fc
    .tuple(fitting, fc.array(mutation, { minLength: 1, maxLength: 2 }))
    .map(([value, mutations]) => changed(value, mutations));
  const anything = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary' }));
  return fc.oneof(
    { arbitrary: fitting.map(bytes), weight: 6 },
    { arbitrary: damaged.map(bytes), weight: 4 },
    { arbitrary: anything.map(bytes), weight: 1 },
    { arbitrary: fc.constant(undefined), weight: 1 },
  );
}

function changed(value: unknown, mutations: readonly Mutation[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const copy = structuredClone(value) as Record<string, unknown>;
  for (const each of mutations) mutate(copy, each);
  return copy;
}

/** As a browser would write it; half characters have no bytes. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** What a header can hold at all. */
function headerText(text: string): string {
  return text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}
