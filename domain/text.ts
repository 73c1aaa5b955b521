import * as z from 'zod';
import { plainError } from './plain-errors.ts';

// Nobody outside is answered in the validator's words; every schema that reads requests is made of these texts.
z.config({ customError: plainError });

const FORBIDDEN_IN_IDENTIFIERS = /[\p{Cc}\p{Cf}\p{Cs}]/u;
const FORBIDDEN_IN_TEXT = /[\p{Cc}\p{Cs}]/u;
const FORBIDDEN_IN_NOTES = /[^\P{Cc}\n\t]|\p{Cs}/u;
const BLANK_AT_AN_END = /^\s|\s$/u;

/** The most characters of a SKU, a lot number or a reference. */
export const MAX_IDENTIFIER = 128;

/** Text beyond this length is no identifier in any form. */
const WORTH_NORMALIZING = 4096;

function characters(text: string): number {
  return Array.from(text).length;
}

function identifier(what: string) {
  return z
    .string()
    .refine((text) => text.length <= WORTH_NORMALIZING, `${what} has 1 to ${MAX_IDENTIFIER} characters`)
    .transform((text) => text.normalize('NFC'))
    .refine(
      (text) => characters(text) >= 1 && characters(text) <= MAX_IDENTIFIER,
      `${what} has 1 to ${MAX_IDENTIFIER} characters`,
    )
    .refine(
      (text) => !FORBIDDEN_IN_IDENTIFIERS.test(text),
      `${what} has no control, format or lone surrogate characters`,
    )
    .refine((text) => !BLANK_AT_AN_END.test(text), `${what} neither starts nor ends with a blank`)
    .meta({ minLength: 1, maxLength: MAX_IDENTIFIER });
}

/** A stock-keeping unit: any text of 1 to 128 characters, compared after Unicode normalization form C. */
export const Sku = identifier('a SKU').meta({
  id: 'Sku',
  description: 'A stock-keeping unit.',
  example: 'LMB-BRS-001',
});

/** A lot number, as free as a SKU. */
export const LotNumber = identifier('a lot number').meta({
  id: 'LotNumber',
  description: 'The number of a lot.',
  example: 'LMB-LOT-2025-002',
});

/** An identifier that another system gave: a channel's order id, a purchase order number, a tracking number. */
export const Reference = identifier('a reference');

/** Printable ASCII without blanks: other scripts write sentences without any, and have blanks that look like nothing. */
const WITHOUT_BLANKS = /^[\x21-\x7e]{1,80}$/;
const WORD = /[A-Za-z]{3,}/g;
/** Ids made at random, whose letters only look like words: ULID and UUID. */
const RANDOM_ID = /^(?:[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
/** More words, or a longer one, can tell a reader to do something, whatever signs are between them. */
const MAX_WORDS = 3;
const MAX_WORD = 24;

/** @returns whether text is a code, a number, a date or an identifier, and nothing that could be read as a sentence */
export function isCodeLike(text: string): boolean {
  if (RANDOM_ID.test(text)) return true;
  if (!WITHOUT_BLANKS.test(text)) return false;
  const words = text.match(WORD) ?? [];
  return words.length <= MAX_WORDS && words.every(({ length }) => length <= MAX_WORD);
}

/** A word that can be spoken, which most parts of a number of a thing cannot: `LMB`, `BRS`. */
const SPOKEN = /[AEIOUY]/i;

/**
 * @returns whether an identifier that someone outside chose is a code, and at most one word of it can be spoken: two can
 *   tell a reader to do something, `IGNORE-ALL`
 */
export function isForeignCode(text: string): boolean {
  if (!isCodeLike(text)) return false;
  return RANDOM_ID.test(text) || (text.match(WORD) ?? []).filter((word) => SPOKEN.test(word)).length <= 1;
}

/** Letters, digits and the usual signs between them: what SKUs and lot numbers mostly are. */
const LOOKS_LIKE_A_NUMBER = /^[A-Za-z0-9][A-Za-z0-9._#/:+-]{0,63}$/;

/**
 * A SKU as a sentence of ours may hold it. Identifiers are any text, other people's included: one with words in it would
 * read as if the sentence said them.
 */
export function skuNamed(sku: string | undefined): string {
  return sku !== undefined && looksLikeANumber(sku) ? sku : 'its SKU';
}

/** A lot as a sentence of ours may hold it, for the same reason. */
export function lotNamed(lotNumber: string | undefined): string {
  return lotNumber !== undefined && looksLikeANumber(lotNumber) ? `lot ${lotNumber}` : 'a lot';
}

/**
 * A name or reference in the form in which two of them are compared: without case, invisible characters and differences
 * of blanks and width.
 */
export function comparable(value: string): string {
  return value
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}|\p{Cc}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
    .toLowerCase();
}

function looksLikeANumber(text: string): boolean {
  return LOOKS_LIKE_A_NUMBER.test(text) && isForeignCode(text);
}

/**
 * Characters that show nothing, turn the direction of text, or look like a plain blank. Line breaks and tabs are left: they
 * show what they are.
 */
const HIDDEN = /(?![\n\t ])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** @returns text in which nothing is hidden from who decides by it: `⟨U+202E⟩` for a character that turns its direction */
export function visible(value: string): string {
  return value.replace(HIDDEN, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `⟨U+${code}⟩`;
  });
}

/** One line of text for people, up to `longest` characters; may be empty. */
export function text(longest: number) {
  return z
    .string()
    .refine((value) => characters(value) <= longest, `at most ${longest} characters`)
    .refine((value) => !FORBIDDEN_IN_TEXT.test(value), 'no control or lone surrogate characters')
    .meta({ maxLength: longest });
}

/** Several lines of text for people, up to 2,000 characters. */
export const Note = z
  .string()
  .refine((value) => characters(value) <= 2000, 'at most 2000 characters')
  .refine(
    (value) => !FORBIDDEN_IN_NOTES.test(value),
    'no control or lone surrogate characters but line breaks',
  )
  .meta({ maxLength: 2000 });

/** A calendar date, `2026-03-14`, between the years 2000 and 9998. */
export const CalendarDate = z.iso
  .date()
  .refine((date) => date >= '2000-01-01' && date <= '9998-12-31', 'a date between 2000 and 9998')
  .meta({ example: '2026-03-14' });

/** An instant in UTC or with an offset, kept as UTC with milliseconds. */
export const Instant = z.iso
  .datetime({ offset: true })
  .transform((instant) => new Date(instant).toISOString())
  .refine((instant) => instant >= '2000' && instant < '9999', 'a date between 2000 and 9998');

/** Whole stock-keeping units of one line or lot movement. */
export const Quantity = z.int().min(1).max(1_000_000).meta({ example: 24 });
