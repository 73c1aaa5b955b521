import { describe, expect, it } from 'vitest';
import { CalendarDate, Instant, LotNumber, Note, Quantity, Reference, Sku, text } from '../../domain/text.ts';

const identifiers = [
  ['a SKU', Sku],
  ['a lot number', LotNumber],
  ['a reference', Reference],
] as const;

const ORDINARY = [
  ['letters and digits', 'LMB-BRS-001'],
  ['one character', 'A'],
  ['a number sign', '#1042'],
  ['a number sign between keys', 'LOT#9999-12-31#A'],
  ['a slash', 'a/b/../c'],
  ['a blank inside', 'two words'],
  ['a query', '?x=1&y=2%2F'],
  ['quotes', `'"\``],
  ['Japanese', '日本語の品番'],
  ['Arabic', 'رقم'],
  ['an emoji', '📦'],
  ['an emoji of two characters', '👍🏽'],
  ['a combining mark that has no composed form', 'x̂'],
  ['a name of the language', '__proto__'],
  ['128 characters', 'a'.repeat(128)],
  ['128 characters of two code units each', '📦'.repeat(128)],
  ['a number beyond 2^53', '9007199254740993'],
] as const;

const FORBIDDEN = [
  ['nothing', ''],
  ['a blank', ' '],
  ['a blank at the start', ' A'],
  ['a blank at the end', 'A '],
  ['a no-break space at the end', 'A\u00a0'],
  ['an ideographic space at the start', '\u3000A'],
  ['a line separator at the end', 'A\u2028'],
  ['129 characters', 'a'.repeat(129)],
  ['129 characters of two code units each', '📦'.repeat(129)],
  ['10 KB', 'a'.repeat(10_240)],
  ['a zero byte', 'A\u0000B'],
  ['a line break', 'A\nB'],
  ['a tab', 'A\tB'],
  ['a delete character', 'A\u007fB'],
  ['a C1 control', 'A\u0085B'],
  ['a zero-width space', 'A\u200bB'],
  ['a zero-width joiner', 'A\u200dB'],
  ['a right-to-left override', 'A\u202eB'],
  ['a soft hyphen', 'A\u00adB'],
  ['a byte order mark', '\ufeffA'],
  ['a tag character', 'A\u{e0041}'],
  ['a lone high surrogate', 'A\ud83d'],
  ['a lone low surrogate', '\udce6A'],
] as const;

describe.each(identifiers)('%s', (_, schema) => {
  it.each(ORDINARY)('may be %s', (__, value) => {
    expect(schema.parse(value)).toBe(value);
  });

  it.each(FORBIDDEN)('is not %s', (__, value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });

  it.each([1, null, undefined, true, {}, ['A']])('is not %j', (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });

  it('is the same, however its accents are written', () => {
    expect(schema.parse('Cafe\u0301')).toBe('Caf\u00e9');
    expect(schema.parse('\u212b')).toBe('\u00c5');
  });

  it('is measured after normalization', () => {
    expect(schema.parse('e\u0301'.repeat(128))).toBe('\u00e9'.repeat(128));
    expect(schema.safeParse('e\u0301'.repeat(129)).success).toBe(false);
  });

  it('keeps upper and lower case, and compatibility forms, apart', () => {
    expect(schema.parse('abc')).not.toBe(schema.parse('ABC'));
    expect(schema.parse('ﬁ')).not.toBe(schema.parse('fi'));
  });
});

describe('text for people', () => {
  it.each(['', ' ', 'Straße 1', '👨‍👩‍👧', 'مرحبا', '#/'])('may be %j', (value) => {
    expect(text(100).parse(value)).toBe(value);
  });

  it('is measured in characters', () => {
    expect(text(3).safeParse('📦📦📦').success).toBe(true);
    expect(text(3).safeParse('📦📦📦📦').success).toBe(false);
  });

  it.each(['a\nb', 'a\u0000', '\ud83d', '\u0085'])('is not %j', (value) => {
    expect(text(100).safeParse(value).success).toBe(false);
  });

  it('has line breaks and tabs only in a note', () => {
    expect(Note.parse('first\n\tsecond')).toBe('first\n\tsecond');
    for (const value of ['a\u0000', 'a\rb', '\udce6', '\u001b[31m', 'a'.repeat(2001)])
      expect(Note.safeParse(value).success).toBe(false);
    expect(Note.safeParse('a'.repeat(2000)).success).toBe(true);
  });
});

describe('a calendar date', () => {
  it.each(['2000-01-01', '2024-02-29', '2026-03-14', '9998-12-31'])('may be %s', (date) => {
    expect(CalendarDate.parse(date)).toBe(date);
  });

  it.each([
    '1999-12-31',
    '9999-12-31',
    '2025-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-3-1',
    '2026-03-14T00:00:00Z',
    ' 2026-03-14',
    '14.03.2026',
    '',
    '+12026-03-14',
  ])('is not %j', (date) => {
    expect(CalendarDate.safeParse(date).success).toBe(false);
  });
});

describe('an instant', () => {
  it.each([
    ['2026-03-10T14:07:00Z', '2026-03-10T14:07:00.000Z'],
    ['2026-03-10T14:07:00.123Z', '2026-03-10T14:07:00.123Z'],
    ['2026-03-10T14:07:00.123456Z', '2026-03-10T14:07:00.123Z'],
    ['2026-03-10T00:30:00+01:00', '2026-03-09T23:30:00.000Z'],
    ['2026-03-10T14:07:00-05:00', '2026-03-10T19:07:00.000Z'],
  ])('%s is kept as %s', (written, kept) => {
    expect(Instant.parse(written)).toBe(kept);
  });

  it.each([
    '2026-03-10',
    '2026-03-10T14:07:00',
    '2026-02-30T14:07:00Z',
    '2026-03-10T25:00:00Z',
    '1999-12-31T23:59:59Z',
    '2000-01-01T00:30:00+01:00',
    '9999-01-01T00:00:00Z',
    'yesterday',
    '',
  ])('is not %j', (written) => {
    expect(Instant.safeParse(written).success).toBe(false);
  });
});

describe('a quantity', () => {
  it.each([1, 24, 1_000_000])('may be %i', (quantity) => {
    expect(Quantity.parse(quantity)).toBe(quantity);
  });

  it.each([0, -1, 1.5, 1_000_001, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', 1n, null])(
    'is not %s',
    (quantity) => {
      expect(Quantity.safeParse(quantity).success).toBe(false);
    },
  );
});
