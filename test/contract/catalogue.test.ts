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

describe('the generated event documents', () => {
  it('are up to date: npm run events', () => {
    for (const [name, text] of eventDocuments())
      expect(readFileSync(`${FOLDER}/${name}`, 'utf8'), name).toBe(text);
    const files = readdirSync(FOLDER).filter((name) => name !== 'published');
    expect(files.sort()).toEqual([...eventDocuments().keys()].sort());
  });

  it('are compatible with the published schemas', () => {
    expect(brokenPromises(`${FOLDER}/published`)).toEqual([]);
    const published = readdirSync(`${FOLDER}/published`);
    const current = [...eventDocuments().keys()].filter((name) => /\.v\d+\.json$/.test(name));
    expect(
      current.filter((name) => !published.includes(name)),
      'npm run events -- --publish',
    ).toEqual([]);
  });

  test.each(EVENT_CATALOGUE.map((event) => [event.type, event] as const))(
    '%s: its example is valid for the parser and for its schema',
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

  it('include a valid AsyncAPI document', () => {
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

  it('belong to exports that subscribers import', async () => {
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
    ['documentation only', ['properties', 'id', 'description'], set('The number.')],
    ['an optional field', ['properties', 'added'], set({ type: 'string' })],
    ['the sequence of names', ['required'], set(['lines', 'kind', 'id'])],
    ['where a schema is declared', ['properties', 'kind'], set({ type: 'string', enum: ['B', 'A'] })],
  ] as const)('is compatible: %s', (_, path, change) => {
    expect(changed(path, change)).toEqual([]);
  });

  test.each([
    ['a field is removed', ['properties', 'note'], remove, 'note is gone'],
    ['a field becomes optional', ['required'], set(['id', 'kind']), 'lines may be missing now'],
    [
      'a field becomes required',
      ['required'],
      set(['id', 'kind', 'lines', 'note']),
      'note must not be missing any more',
    ],
    [
      'a type changes',
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
      'an alternative is gone',
      ['properties', 'email', 'anyOf'],
      set([{ type: 'string' }]),
      'email: it had 2 alternatives',
    ],
    ['the items change', ['properties', 'lines', 'items'], remove, 'lines: the type of its items'],
  ] as const)('is reported when %s', (_, path, change, message) => {
    expect(changed(path, change).join('\n')).toContain(message);
  });

  test('is reported when a required field is added', () => {
    const copy = structuredClone(published) as { properties: object; required: string[] };
    const current = {
      ...copy,
      properties: { ...copy.properties, added: { type: 'string' } },
      required: [...copy.required, 'added'],
    };
    expect(breakingChanges(published, current)).toEqual([
      'added is new and required: the history has events without it',
    ]);
  });
});
