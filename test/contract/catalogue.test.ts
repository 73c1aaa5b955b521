import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it, test } from 'vitest';
import { asyncApiDocument } from '../../contract/events/asyncapi.ts';
import { breakingChanges } from '../../contract/events/compatibility.ts';
import { exampleOf } from '../../contract/events/examples.ts';
import { eventJsonSchema, type JsonSchema } from '../../contract/events/json-schema.ts';
import { EVENT_CATALOGUE, parseEvent } from '../../contract/events.ts';
import { eventDocuments } from '../../scripts/events/documents.ts';
import { brokenPromises } from '../../scripts/events/published.ts';

const FOLDER = resolve(import.meta.dirname, '../../docs/events');
const asyncApiSchema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json');

const json2020 = new Ajv2020({ allErrors: true });
addFormats.default(json2020);

describe('what is written about the events', () => {
  it('is what the code says: npm run events', () => {
    for (const [name, text] of eventDocuments())
      expect(readFileSync(`${FOLDER}/${name}`, 'utf8'), name).toBe(text);
    const files = readdirSync(FOLDER).filter((name) => name !== 'published');
    expect(files.sort()).toEqual([...eventDocuments().keys()].sort());
  });

  it('was published, and nothing that readers count on was changed since', () => {
    expect(brokenPromises(`${FOLDER}/published`)).toEqual([]);
    const published = readdirSync(`${FOLDER}/published`);
    const told = [...eventDocuments().keys()].filter((name) => /\.v\d+\.json$/.test(name));
    expect(
      told.filter((name) => !published.includes(name)),
      'npm run events -- --publish',
    ).toEqual([]);
  });

  test.each(EVENT_CATALOGUE.map((event) => [event.type, event] as const))(
    '%s: its example is read by the parser and by its schema',
    (_, event) => {
      const example = exampleOf(event);
      expect(parseEvent(example)).toEqual(example);
      const check = json2020.compile(eventJsonSchema(event));
      expect(check(example), JSON.stringify(check.errors)).toBe(true);
      const { data: __, ...withoutData } = example;
      expect(check(withoutData)).toBe(false);
      expect(check({ ...example, addedLater: 1 })).toBe(true);
    },
  );

  it('is an AsyncAPI document by the official schema', () => {
    const official = new Ajv({ allErrors: true, strict: false, validateFormats: false });
    const check = official.compile(asyncApiSchema);
    const document = asyncApiDocument();
    expect(check(document), JSON.stringify(check.errors?.slice(0, 5))).toBe(true);
    expect(check({ ...document, channels: [] })).toBe(false);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(EVENT_CATALOGUE.length);
    for (const [, path = ''] of references) {
      const found = path
        .split('/')
        .reduce<unknown>((part, name) => (part as Record<string, unknown>)?.[name], document);
      expect(found, path).toBeTypeOf('object');
    }
  });

  it('is exported for those who subscribe', async () => {
    const exported = await import('order-loop/events');
    expect(exported.parseEvent(exampleOf(EVENT_CATALOGUE[0] as never))).toMatchObject({
      type: 'OrderReceived',
    });
    expect(await import('order-loop/cdk')).toHaveProperty('OrderLoop');
  });
});

describe('a change of a published event', () => {
  const published: JsonSchema = {
    type: 'object',
    required: ['id', 'kind', 'lines'],
    properties: {
      id: { type: 'string', description: 'A number.' },
      note: { type: 'string', maxLength: 20 },
      kind: { $ref: '#/$defs/Kind' },
      lines: {
        type: 'array',
        items: { type: 'object', required: ['sku'], properties: { sku: { type: ['string', 'null'] } } },
      },
      email: {
        anyOf: [
          { type: 'string', format: 'email' },
          { type: 'string', const: '' },
        ],
      },
    },
    $defs: { Kind: { type: 'string', enum: ['A', 'B'] } },
  };
  const changed = (
    path: readonly string[],
    change: (parent: Record<string, unknown>, name: string) => void,
  ) => {
    const copy = structuredClone(published) as Record<string, unknown>;
    const parent = path.slice(0, -1).reduce((part, name) => part[name] as Record<string, unknown>, copy);
    change(parent, path.at(-1) as string);
    return breakingChanges(published, copy as JsonSchema);
  };
  const set =
    (value: unknown) =>
    (parent: Record<string, unknown>, name: string): void => {
      parent[name] = value;
    };
  const remove = (parent: Record<string, unknown>, name: string) => {
    delete parent[name];
  };

  test.each([
    ['nothing', ['type'], set('object')],
    ['words alone', ['properties', 'id', 'description'], set('The number.')],
    ['a field that may be missing', ['properties', 'added'], set({ type: 'string' })],
    ['the order of names', ['required'], set(['lines', 'kind', 'id'])],
    ['where a part is declared', ['properties', 'kind'], set({ type: 'string', enum: ['B', 'A'] })],
  ] as const)('breaks nobody: %s', (_, path, change) => {
    expect(changed(path, change)).toEqual([]);
  });

  test.each([
    ['a field is removed', ['properties', 'note'], remove, 'note is gone'],
    ['a field may be missing', ['required'], set(['id', 'kind']), 'lines may be missing now'],
    [
      'a field must be there',
      ['required'],
      set(['id', 'kind', 'lines', 'note']),
      'note may not be missing any more',
    ],
    [
      'a type is another',
      ['properties', 'id', 'type'],
      set('integer'),
      'id: type was "string" and is "integer"',
    ],
    [
      'a type is narrower',
      ['properties', 'lines', 'items', 'properties', 'sku', 'type'],
      set('string'),
      'lines[].sku: type was ["null","string"] and is "string"',
    ],
    ['a limit moves', ['properties', 'note', 'maxLength'], set(10), 'note: maxLength was 20 and is 10'],
    ['a value is new', ['$defs', 'Kind', 'enum'], set(['A', 'B', 'C']), 'kind: the value "C" is new'],
    ['a value is gone', ['$defs', 'Kind', 'enum'], set(['A']), 'kind: the value "B" is gone'],
    [
      'a choice is gone',
      ['properties', 'email', 'anyOf'],
      set([{ type: 'string' }]),
      'email: it was one of 2',
    ],
    ['items are of another kind', ['properties', 'lines', 'items'], remove, 'lines: what its items are'],
  ] as const)('is told when %s', (_, path, change, message) => {
    expect(changed(path, change).join('\n')).toContain(message);
  });

  test('is told when a field is added that every event must have', () => {
    const copy = structuredClone(published) as { properties: object; required: string[] };
    const current = {
      ...copy,
      properties: { ...copy.properties, added: { type: 'string' } },
      required: [...copy.required, 'added'],
    };
    expect(breakingChanges(published, current)).toEqual([
      'added is new and may not be missing: the history has events without it',
    ]);
  });
});
