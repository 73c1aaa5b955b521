import { describe, expect, it } from 'vitest';
import { COMPOSITES } from '../../../../functions/channels/edi/x12/dictionary/elements.ts';
import { dictionaryOf, versionOf } from '../../../../functions/channels/edi/x12/dictionary.ts';

/** Composites of the 999 that we neither write nor act on. */
const OPAQUE = new Set(['C998', 'C999']);

describe.each(['004010', '005010'] as const)('the dictionary of %s', (version) => {
  const dictionary = dictionaryOf(version);

  it('defines every segment that a set has room for', () => {
    const missing = [...dictionary.sets.values()].flatMap((set) =>
      [...set.ids].filter((id) => !dictionary.segments.has(id)),
    );
    expect(missing).toEqual([]);
  });

  it('defines every element of every segment', () => {
    const references = [...dictionary.segments].flatMap(([id, segment]) =>
      segment.elements.map((use) => ({ id, reference: use.reference })),
    );
    const parts = references.flatMap(({ id, reference }) =>
      (COMPOSITES[reference] ?? [reference]).map((one) => ({ id, reference: one })),
    );
    expect(
      parts.filter(({ reference }) => !dictionary.elements.has(reference) && !OPAQUE.has(reference)),
    ).toEqual([]);
  });

  it('relates only elements that the segment has', () => {
    const wrong = [...dictionary.segments].filter(([, segment]) =>
      segment.notes.some(
        (note) => note.positions.length === 0 || note.positions.some((one) => one > segment.elements.length),
      ),
    );
    expect(wrong.map(([id]) => id)).toEqual([]);
  });

  it('lists codes only of identifiers, each of a legal length', () => {
    for (const [number, codes] of dictionary.codes) {
      const definition = dictionary.elements.get(number);
      expect(definition?.type, number).toBe('ID');
      const misfits = [...codes].filter(
        (code) => code.length < (definition?.min ?? 0) || code.length > (definition?.max ?? 0),
      );
      expect(misfits, number).toEqual([]);
    }
  });
});

describe('the code lists of 004010', () => {
  const { codes } = dictionaryOf('004010');

  it.each([
    ['355', ['EA', 'CA', 'CT', 'PL', 'LB', 'DZ', '2W', 'ZZ'], ['QQ', 'XX', '00', 'KN']],
    ['235', ['UP', 'VN', 'BP', 'SK', 'IN', 'UK', 'EN', 'LT'], ['QQ', '00', 'YY']],
    ['353', ['00', '01', '04', '05', '07', '5C'], ['09', '23', '99']],
  ])('element %s has the codes in use and lacks others', (number, present, absent) => {
    expect(present.filter((code) => codes.get(number)?.has(code) !== true)).toEqual([]);
    expect(absent.filter((code) => codes.get(number)?.has(code) === true)).toEqual([]);
  });
});

it('reads an industry version as the standard behind it, and nothing older', () => {
  expect(versionOf('004010VICS')).toBe('004010');
  expect(versionOf('005010UCS')).toBe('005010');
  expect(versionOf('002000')).toBeNull();
  expect(versionOf('')).toBeNull();
});
