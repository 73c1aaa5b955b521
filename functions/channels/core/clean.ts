/** Text for people comes in as customers typed it; it is made fit for the order rather than refused. */

const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const CONTROLS_BUT_LINE_BREAKS = /[^\P{Cc}\n\t]+/gu;
const CONTROLS_AND_FORMATS = /[\p{Cc}\p{Cf}]+/gu;
const MAX_IDENTIFIER = 128;
const MAX_NOTE = 2000;

type Missing = null | undefined;

/** @returns one line without control characters, at most `longest` characters; undefined when nothing is left. */
export function oneLine(text: string | Missing, longest: number): string | undefined {
  return cut((text ?? '').toWellFormed().replace(CONTROLS, ' ').trim(), longest);
}

/** @returns several lines, at most 2,000 characters; undefined when nothing is left. */
export function manyLines(text: string | Missing): string | undefined {
  const lines = (text ?? '').toWellFormed().replace(/\r\n?/g, '\n');
  return cut(lines.replace(CONTROLS_BUT_LINE_BREAKS, '').trim(), MAX_NOTE);
}

/**
 * An identifier freed of blanks at its ends and of characters that cannot be seen, which come with copying. It is
 * never cut: half a SKU would be another SKU.
 *
 * @returns undefined when nothing is left, or what is left is too long or broken
 */
export function identifier(text: string | Missing): string | undefined {
  if (text === null || text === undefined || !text.isWellFormed()) return undefined;
  const visible = text.replace(CONTROLS_AND_FORMATS, '').trim().normalize('NFC');
  return visible === '' || visible.length > 2 * MAX_IDENTIFIER || [...visible].length > MAX_IDENTIFIER
    ? undefined
    : visible;
}

/** @returns whether the channel sent anything but blanks. */
export function isGiven(text: string | Missing): text is string {
  return (text ?? '').trim() !== '';
}

/** @returns what is given of some texts, as one. */
export function joined(texts: readonly (string | Missing)[], separator: string): string {
  return texts.filter(isGiven).join(separator);
}

function cut(text: string, longest: number): string | undefined {
  // No text of `longest` characters is longer than this; what is cut off need not be counted.
  const characters = Array.from(text.slice(0, 2 * longest));
  const fitting = characters.slice(0, longest).join('').trim();
  return fitting === '' ? undefined : fitting;
}
