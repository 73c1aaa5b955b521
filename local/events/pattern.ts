/** @returns whether an event matches a pattern. */
export type Matches = (event: unknown) => boolean;

/**
 * Compiles an event pattern as EventBridge rules and the filters of event source mappings use it: exact values,
 * `prefix`, `suffix`, `equals-ignore-case`, `wildcard`, `anything-but`, `numeric`, `exists` and `$or`.
 *
 * @throws Error for a pattern that is not understood, since a rule that quietly matches nothing loses events
 */
export function compilePattern(pattern: unknown, at = 'the pattern'): Matches {
  if (!isObject(pattern)) throw new Error(`${at} is not an object`);
  const parts = Object.entries(pattern).map(([key, part]) => {
    if (key === '$or') return alternatives(part, at);
    const inside = `${at}.${key}`;
    return Array.isArray(part) ? field(key, leaf(part, inside)) : nested(key, compilePattern(part, inside));
  });
  return (event) => parts.every((matches) => matches(event));
}

/** Whether a field that is there, or missing, satisfies a matcher. */
type Matcher = (values: readonly unknown[], isThere: boolean) => boolean;

function alternatives(part: unknown, at: string): Matches {
  if (!Array.isArray(part)) throw new Error(`${at}.$or is not a list`);
  const branches = part.map((branch, index) => compilePattern(branch, `${at}.$or[${index}]`));
  return (event) => branches.some((matches) => matches(event));
}

function nested(key: string, matches: Matches): Matches {
  return (event) => {
    const value = isObject(event) && Object.hasOwn(event, key) ? event[key] : {};
    return Array.isArray(value) ? value.some(matches) : matches(value);
  };
}

function field(key: string, matcher: Matcher): Matches {
  return (event) => {
    const isThere = isObject(event) && Object.hasOwn(event, key);
    const value = isThere ? event[key] : undefined;
    return matcher(Array.isArray(value) ? value : [value], isThere);
  };
}

function leaf(list: readonly unknown[], at: string): Matcher {
  if (list.length === 0) throw new Error(`${at} is an empty list, which matches nothing`);
  const matchers = list.map((each) => (isObject(each) ? comparison(each, at) : equals([each])));
  return (values, isThere) => matchers.some((matcher) => matcher(values, isThere));
}

function equals(wanted: readonly unknown[]): Matcher {
  return (values, isThere) => isThere && values.some((value) => wanted.includes(value));
}

function comparison(matcher: Readonly<Record<string, unknown>>, at: string): Matcher {
  const [[name, argument] = ['nothing', undefined], ...more] = Object.entries(matcher);
  if (more.length > 0) throw new Error(`${at} compares in two ways at once`);
  const unknown = () => new Error(`${at} uses ${name} in a way that the local stack does not know`);
  switch (name) {
    case 'exists':
      if (typeof argument !== 'boolean') throw unknown();
      return (_, isThere) => isThere === argument;
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
    case 'wildcard': {
      const test = textTest(name, argument);
      if (test === null) throw unknown();
      return (values, isThere) => isThere && values.some((value) => typeof value === 'string' && test(value));
    }
    case 'numeric': {
      const test = numberTest(argument);
      if (test === null) throw unknown();
      return (values, isThere) => isThere && values.some((value) => typeof value === 'number' && test(value));
    }
    case 'anything-but':
      return anythingBut(argument, unknown);
    default:
      throw unknown();
  }
}

function anythingBut(argument: unknown, unknown: () => Error): Matcher {
  if (!isObject(argument)) {
    const refused = Array.isArray(argument) ? argument : [argument];
    return (values, isThere) => isThere && values.some((value) => !refused.includes(value));
  }
  const [[name, texts] = ['nothing', undefined]] = Object.entries(argument);
  const tests = (Array.isArray(texts) ? texts : [texts]).map((text) => textTest(name, text));
  if (tests.includes(null)) throw unknown();
  return (values, isThere) =>
    isThere && values.some((value) => typeof value === 'string' && !tests.some((test) => test?.(value)));
}

function textTest(name: string, argument: unknown): ((value: string) => boolean) | null {
  if (typeof argument !== 'string') return null;
  switch (name) {
    case 'prefix':
      return (value) => value.startsWith(argument);
    case 'suffix':
      return (value) => value.endsWith(argument);
    case 'equals-ignore-case':
      return (value) => value.toLowerCase() === argument.toLowerCase();
    case 'wildcard': {
      const expression = new RegExp(`^${argument.split('*').map(escaped).join('.*')}$`, 's');
      return (value) => expression.test(value);
    }
    default:
      return null;
  }
}

const COMPARISONS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

function numberTest(argument: unknown): ((value: number) => boolean) | null {
  if (!Array.isArray(argument) || argument.length === 0 || argument.length % 2 !== 0) return null;
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < argument.length; index += 2) {
    const compare = COMPARISONS[String(argument[index])];
    const limit: unknown = argument[index + 1];
    if (compare === undefined || typeof limit !== 'number') return null;
    tests.push((value) => compare(value, limit));
  }
  return (value) => tests.every((test) => test(value));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
