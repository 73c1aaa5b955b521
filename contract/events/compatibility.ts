import type { JsonSchema } from './json-schema.ts';

/** Keywords that only explain. */
const WORDS = new Set(['$schema', '$id', '$defs', 'title', 'description', 'examples', 'default']);
/** Keywords that are compared part by part. */
const PARTS = new Set(['properties', 'required', 'items', 'anyOf', '$ref', 'enum', 'type']);

/**
 * Compares the schema of an event with the one that was published under the same version. Who reads today's events by
 * the published schema must get along, and so must we, when events of the history are told again: fields may be added
 * as long as they may be missing, and nothing else may change.
 *
 * @returns what breaks a reader, one sentence each; empty when nothing does
 */
export function breakingChanges(published: JsonSchema, current: JsonSchema): readonly string[] {
  return compare({ schema: published, root: published }, { schema: current, root: current }, '');
}

/** A schema, and the document in which its references are found. */
interface Place {
  readonly schema: JsonSchema;
  readonly root: JsonSchema;
}

function compare(published: Place, current: Place, path: string): readonly string[] {
  const [before, after] = [resolved(published), resolved(current)];
  const at = path === '' ? 'the event' : path;
  const problems: string[] = [];
  const differs = (keyword: string, from: unknown, to: unknown) => {
    if (text(from) !== text(to)) problems.push(`${at}: ${keyword} was ${text(from)} and is ${text(to)}`);
  };
  differs('type', sorted(before.type), sorted(after.type));
  for (const keyword of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (!WORDS.has(keyword) && !PARTS.has(keyword)) differs(keyword, before[keyword], after[keyword]);
  }
  const known = before.enum as readonly unknown[] | undefined;
  const told = after.enum as readonly unknown[] | undefined;
  for (const value of known ?? []) {
    if (told?.includes(value) !== true) problems.push(`${at}: the value ${text(value)} is gone`);
  }
  for (const value of told ?? []) {
    if (known?.includes(value) !== true) problems.push(`${at}: the value ${text(value)} is new`);
  }
  return [
    ...problems,
    ...compareFields({ ...published, schema: before }, { ...current, schema: after }, path),
    ...compareItems({ ...published, schema: before }, { ...current, schema: after }, path),
    ...compareChoices({ ...published, schema: before }, { ...current, schema: after }, path),
  ];
}

function compareFields(published: Place, current: Place, path: string): readonly string[] {
  const before = published.schema.properties ?? {};
  const after = current.schema.properties ?? {};
  const [had, has] = [new Set(published.schema.required), new Set(current.schema.required)];
  const inside = (name: string) => (path === '' ? name : `${path}.${name}`);
  const kept = Object.entries(before).flatMap(([name, schema]) => {
    const next = after[name];
    if (next === undefined) return [`${inside(name)} is gone`];
    const problems: string[] = [];
    if (had.has(name) && !has.has(name)) problems.push(`${inside(name)} may be missing now`);
    if (!had.has(name) && has.has(name)) problems.push(`${inside(name)} may not be missing any more`);
    return [...problems, ...compare({ ...published, schema }, { ...current, schema: next }, inside(name))];
  });
  const added = Object.keys(after)
    .filter((name) => before[name] === undefined && has.has(name))
    .map((name) => `${inside(name)} is new and may not be missing: the history has events without it`);
  return [...kept, ...added];
}

function compareItems(published: Place, current: Place, path: string): readonly string[] {
  const [before, after] = [published.schema.items, current.schema.items];
  if (before === undefined || after === undefined) {
    return before === after ? [] : [`${path}: what its items are was changed`];
  }
  return compare({ ...published, schema: before }, { ...current, schema: after }, `${path}[]`);
}

function compareChoices(published: Place, current: Place, path: string): readonly string[] {
  const [before = [], after = []] = [published.schema.anyOf, current.schema.anyOf];
  if (before.length !== after.length) {
    return [`${path}: it was one of ${before.length} kinds of values and is one of ${after.length}`];
  }
  return before.flatMap((schema, index) =>
    compare({ ...published, schema }, { ...current, schema: after[index] ?? {} }, path),
  );
}

function resolved({ schema, root }: Place): JsonSchema {
  const name = schema.$ref?.match(/^#\/\$defs\/(.+)$/)?.[1];
  if (name === undefined) return schema;
  const found = root.$defs?.[name];
  if (found === undefined) throw new Error(`${schema.$ref} points nowhere`);
  return found;
}

function sorted(type: JsonSchema['type']): unknown {
  return Array.isArray(type) ? type.toSorted() : type;
}

function text(value: unknown): string {
  return value === undefined ? 'not given' : JSON.stringify(value);
}
