import { element, type Segment, type TransactionSet } from '../types.ts';
import { describe } from './describe.ts';
import type { KeptDetail } from './kept-detail.ts';

/** What became of an element: acted on, kept and shown, without meaning for the document, or open. */
export type Disposition = 'mapped' | 'kept' | 'ignored' | 'unresolved';

/** What became of one element, in however many segments it came. */
export interface AccountEntry {
  /** Segment and position: `REF02`. */
  readonly element: string;
  readonly disposition: Disposition;
  /** The term that it became, what it is kept as, or the reason. */
  readonly detail: string;
  readonly count: number;
  /** Place in the set of the first such segment, ST being 1. */
  readonly segment: number;
}

/** What a person has to decide: elements of one kind of segment, for one reason. */
export interface Unresolved {
  /** Segments and positions, with the code where it is one: `SAC12 07`. */
  readonly elements: readonly string[];
  readonly reason: string;
  /** Place in the set of the first such segment. */
  readonly segment: number;
}

interface Mark {
  readonly disposition: Disposition;
  readonly detail: string;
}

const NO_RULE: Mark = { disposition: 'unresolved', detail: 'no rule covers it' };
const ENVELOPE: Mark = { disposition: 'ignored', detail: 'the envelope of the set, checked by the 997' };

/** A longer value is no code, and may be anybody's address. */
const MAX_CODE = 3;
/** At most so many elements are named for one reason. */
const MAX_NAMED = 12;

/**
 * Says of every element of a set what became of it. Whoever translates a set takes its elements through the account;
 * what nobody took, kept or ignored with a reason is unresolved.
 */
export class SetAccount {
  readonly #set: TransactionSet;
  readonly #marks = new Map<Segment, (Mark | undefined)[]>();

  constructor(set: TransactionSet) {
    this.#set = set;
  }

  /** @returns the element, trimmed, as one that becomes the term `to`; null when it is absent or blank. */
  take(segment: Segment | undefined, position: number, to: string): string | null {
    const value = segment === undefined ? '' : element(segment, position).trim();
    if (segment === undefined || value === '') return null;
    this.#mark(segment, position, { disposition: 'mapped', detail: to });
    return value;
  }

  /** Whether every element of a segment was taken, or ignored for a reason. */
  isTaken(segment: Segment): boolean {
    const marks = this.#marks.get(segment) ?? [];
    return segment.elements.every((value, at) => value.trim() === '' || marks[at] !== undefined);
  }

  /** Keeps segments as they are, all that was not taken of them, as one detail of the order or line. */
  keep(segments: readonly Segment[], kind: KeptDetail['kind']): KeptDetail {
    for (const segment of segments)
      this.#markRest(segment, { disposition: 'kept', detail: kind.toLowerCase() });
    return { ...describe(segments), kind };
  }

  /** Ignores one element, or all that was not taken of a segment, for a reason that holds for every order. */
  ignore(segment: Segment, reason: string, position?: number): void {
    const mark: Mark = { disposition: 'ignored', detail: reason };
    if (position === undefined) this.#markRest(segment, mark);
    else this.#mark(segment, position, mark);
  }

  /** Leaves one element, or all that was not taken of a segment, to a person. */
  leaveOpen(segment: Segment, reason: string, position?: number): void {
    const mark: Mark = { disposition: 'unresolved', detail: reason };
    if (position === undefined) this.#markRest(segment, mark);
    else this.#mark(segment, position, mark);
  }

  /** @returns what became of every element that came, in the order of the set. */
  entries(): readonly AccountEntry[] {
    const entries = new Map<string, AccountEntry>();
    for (const { name, mark, segment } of this.#elements()) {
      const key = `${name} ${mark.disposition} ${mark.detail}`;
      const known = entries.get(key);
      const { disposition, detail } = mark;
      entries.set(key, {
        element: name,
        disposition,
        detail,
        count: (known?.count ?? 0) + 1,
        segment: known?.segment ?? segment,
      });
    }
    return [...entries.values()];
  }

  /** @returns what is left to a person, each reason once. */
  unresolved(): readonly Unresolved[] {
    const open = new Map<string, { elements: string[]; reason: string; segment: number }>();
    for (const { name, mark, segment, value } of this.#elements()) {
      if (mark.disposition !== 'unresolved') continue;
      const key = `${name.slice(0, -2)} ${mark.detail}`;
      const found = open.get(key) ?? { elements: [], reason: mark.detail, segment };
      const shown = value.length <= MAX_CODE ? `${name} ${value}` : name;
      if (found.elements.length < MAX_NAMED && !found.elements.includes(shown)) found.elements.push(shown);
      open.set(key, found);
    }
    return [...open.values()];
  }

  *#elements() {
    for (const [index, segment] of this.#set.segments.entries()) {
      const marks = this.#marks.get(segment) ?? [];
      const fallback = segment.id === 'ST' || segment.id === 'SE' ? ENVELOPE : NO_RULE;
      for (const [at, value] of segment.elements.entries()) {
        if (value.trim() === '') continue;
        const name = `${segment.id}${String(at + 1).padStart(2, '0')}`;
        yield { name, value: value.trim(), mark: marks[at] ?? fallback, segment: index + 1 };
      }
    }
  }

  #mark(segment: Segment, position: number, mark: Mark): void {
    const marks = this.#marks.get(segment) ?? [];
    marks[position - 1] = mark;
    this.#marks.set(segment, marks);
  }

  #markRest(segment: Segment, mark: Mark): void {
    const marks = this.#marks.get(segment) ?? [];
    for (const at of segment.elements.keys()) marks[at] ??= mark;
    this.#marks.set(segment, marks);
  }
}
