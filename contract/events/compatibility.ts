import type { JsonSchema } from './json-schema.ts';

/** Keywords that only explain. */
const DOCUMENTATION = new Set(['$schema', '$id', '$defs', 'title', 'description', 'examples', 'default']);
/** Fields whose readers are told to expect values that are not listed. */
const GROWING_FIELDS: ReadonlySet<string> = new Set(['channel', 'data.channel']);
/** Keywords that are compared element by element. */
const STRUCTURE = new Set(['properties', 'required', 'items', 'anyOf', '$ref', 'enum', 'type']);

/**
 * Compares the schema of an event with the one published under the same version. Readers parse today's events with the
 * published schema, and today's code parses events of the history when they are republished. The only compatible changes
 * are therefore a new optional field, and a new value of a field whose description says to expect some.
 *
 * @returns one sentence for each incompatible change; empty when there is none
 */
export function breakingChanges(published: JsonSchema, current: JsonSchema): readonly string[] {
  return compare({ schema: published, root: published }, { schema: current, root: current }, '');
}

/** A schema, and the document that its references point into. */
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
    if (!DOCUMENTATION.has(keyword) && !STRUCTURE.has(keyword))
      differs(keyword, before[keyword], after[keyword]);
  }
  const known = before.enum as readonly unknown[] | undefined;
  const now = after.enum as readonly unknown[] | undefined;
  for (const value of known ?? []) {
    if (now?.includes(value) !== true) problems.push(`${at}: the value ${text(value)} is gone`);
  }
  for (const value of GROWING_FIELDS.has(path) ? [] : (now ?? [])) {
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
    if (!had.has(name) && has.has(name)) problems.push(`${inside(name)} must not be missing any more`);
    return [...problems, ...compare({ ...published, schema }, { ...current, schema: next }, inside(name))];
  });
  const added = Object.keys(after)
    .filter((name) => before[name] === undefined && has.has(name))
    .map((name) => `${inside(name)} is new and required: the history has events without it`);
  return [...kept, ...added];
}

function compareItems(published: Place, current: Place, path: string): readonly string[] {
  const [before, after] = [published.schema.items, current.schema.items];
  if (before === undefined || after === undefined) {
    return before === after ? [] : [`${path}: the type of its items was changed`];
  }
  return compare({ ...published, schema: before }, { ...current, schema: after }, `${path}[]`);
}

function compareChoices(published: Place, current: Place, path: string): readonly string[] {
  const [before = [], after = []] = [published.schema.anyOf, current.schema.anyOf];
  if (before.length !== after.length) {
    return [`${path}: it had ${before.length} alternatives and has ${after.length}`];
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
