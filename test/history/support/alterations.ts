/** The same item with one character, digit or flag of one value changed, for each value that it has. */
export function alterations(value: unknown): unknown[] {
  if (typeof value === 'string')
    return [value === '' ? '1' : value.slice(0, -1) + (value.endsWith('1') ? '2' : '1')];
  if (typeof value === 'number') return [value + 1];
  if (typeof value === 'boolean') return [!value];
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => alterations(each).map((altered) => value.with(index, altered)));
  }
  if (typeof value !== 'object' || value === null) return ['1'];
  return Object.entries(value)
    .filter(([name]) => name !== 'pk' && name !== 'sk')
    .flatMap(([name, field]) => alterations(field).map((altered) => ({ ...value, [name]: altered })));
}
