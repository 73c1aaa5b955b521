import type { PartnerRule } from './partner-rules.ts';
import type { Segment } from './x12/types.ts';

/** Breaches beyond so many say nothing more. */
const MAX_BREACHES = 20;

/** @returns how a transaction set breaks a partner's rules, by segment, element and rule; nothing where it keeps them */
export function breachesOf(
  rules: readonly PartnerRule[],
  setId: string,
  segments: readonly Segment[],
): readonly string[] {
  const found: string[] = [];
  for (const [index, rule] of rules.entries()) {
    if (rule.set !== setId) continue;
    const name = `rule ${index + 1} of ${setId}`;
    found.push(...missing(rule, segments).map((where) => `${where} (${name})`));
    const meant = segments.filter((segment) => isMeant(rule, segment));
    found.push(...meant.flatMap((segment) => faults(rule, segment)).map((fault) => `${fault} (${name})`));
    if (found.length >= MAX_BREACHES) break;
  }
  return [...new Set(found)].slice(0, MAX_BREACHES);
}

function isMeant({ segment: id, qualifier }: PartnerRule, segment: Segment): boolean {
  return segment.id === id && (qualifier === undefined || segment.elements[0] === qualifier);
}

function missing(rule: PartnerRule, segments: readonly Segment[]): readonly string[] {
  if (rule.required === undefined) return [];
  const { segment: id, qualifier } = rule;
  const what = qualifier === undefined ? id : `${id} with ${id}01 ${qualifier}`;
  if (rule.required === 'DOCUMENT')
    return segments.some((segment) => isMeant(rule, segment)) ? [] : [`${what} is missing`];
  return linesOf(segments).flatMap((line, index) =>
    line.some((segment) => isMeant(rule, segment)) ? [] : [`${what} is missing on line ${index + 1}`],
  );
}

function faults(rule: PartnerRule, { id, elements }: Segment): readonly string[] {
  const { codes, maxLength, filled } = rule;
  return (rule.elements ?? []).flatMap((position) => {
    const value = elements[position - 1] ?? '';
    const where = `${id}${String(position).padStart(2, '0')}`;
    if (value === '') return filled ? [`${where} is empty`] : [];
    if (codes !== undefined && !codes.includes(value))
      return [`${where} ${value.slice(0, 30)} is none of ${codes.slice(0, 10).join(', ')}`];
    if (maxLength !== undefined && value.length > maxLength)
      return [`${where} has ${value.length} characters of at most ${maxLength}`];
    return [];
  });
}

/** Segments that open a line, and those behind the last one. */
const OPENS_LINE: ReadonlySet<string> = new Set(['PO1', 'POC', 'IT1']);
const OPENS_SUMMARY: ReadonlySet<string> = new Set(['CTT', 'TDS', 'SE']);

/** The lines of a set, each with the segments that belong to it; of an 856 and 846 the items. */
function linesOf(segments: readonly Segment[]): readonly (readonly Segment[])[] {
  const isAdvice = segments.some(({ id }) => id === 'BIA');
  const lines: Segment[][] = [];
  let line: Segment[] | null = null;
  for (const segment of segments) {
    const { id, elements } = segment;
    if (OPENS_SUMMARY.has(id) || id === 'HL') line = null;
    if (OPENS_LINE.has(id) || (id === 'LIN' && isAdvice) || (id === 'HL' && elements[2] === 'I')) {
      line = [];
      lines.push(line);
    }
    line?.push(segment);
  }
  return lines;
}
