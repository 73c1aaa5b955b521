import fc from './fast-check.ts';

/** Values that go where others were: of the wrong type, too long, too large, barely wrong. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    '0',
    '-1',
    '1e9',
    '999999999999999999',
    '0.0000001',
    'x'.repeat(3000),
    '\ud800',
    '\u0000\u200b',
    0,
    -1,
    1.5,
    1e21,
    1_000_001,
    true,
    [],
    {},
    [[]],
    [{}],
    'cancel',
    'return',
    'legacy_restock',
    'fulfilled',
    'pending',
    '2026-03-20T00:00:00Z',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

export interface Mutation {
  readonly at: readonly number[];
  readonly how: 'replace' | 'remove' | 'duplicate' | 'nudge';
  readonly value: unknown;
}
/** A change somewhere in a JSON document. */
export const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.array(fc.nat(), { minLength: 1, maxLength: 7 }),
  how: fc.constantFrom('replace', 'remove', 'duplicate', 'nudge'),
  value: odd,
});

/** Walks down by the numbers given, as far as there is anything, and changes what is found there. */
export function mutate(root: Record<string, unknown>, { at, how, value }: Mutation): void {
  let parent: Record<string, unknown> | unknown[] = root;
  for (const [depth, step] of at.entries()) {
    const keys: string[] = Object.keys(parent);
    const key = keys[step % Math.max(1, keys.length)];
    if (key === undefined) return;
    const container = parent as Record<string, unknown>;
    const child = container[key];
    if (
      depth < at.length - 1 &&
      typeof child === 'object' &&
      child !== null &&
      Object.keys(child).length > 0
    ) {
      parent = child as Record<string, unknown>;
      continue;
    }
    if (how === 'replace') container[key] = value;
    else if (how === 'remove') delete container[key];
    else if (how === 'duplicate' && Array.isArray(parent)) parent.push(structuredClone(child));
    else if (typeof child === 'number') container[key] = child + 1;
    else if (typeof child === 'string') container[key] = `${child}0`;
    return;
  }
}
