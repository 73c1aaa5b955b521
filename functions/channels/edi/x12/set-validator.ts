import type { SetNode } from './dictionary/sets.ts';
import type { Dictionary } from './dictionary.ts';
import { type ElementError, validateElements } from './element-validator.ts';
import type { Segment, Separators } from './types.ts';

/** What is wrong with one segment: the content of an AK3 and its AK4s. */
export interface SegmentError {
  readonly segmentId: string;
  /** Place in the set, ST being 1. For a segment that is missing, the place where its absence showed. */
  readonly position: number;
  /** The loop that the segment is in, or opens; null outside loops and for segments that have no place. */
  readonly loop: string | null;
  /** Element 720: see `SEGMENT_ERROR`. */
  readonly code: string;
  readonly elements: readonly ElementError[];
}

/** Segment syntax error codes (element 720). */
export const SEGMENT_ERROR = {
  UNRECOGNIZED: '1',
  MANDATORY_MISSING: '3',
  LOOP_TOO_OFTEN: '4',
  TOO_OFTEN: '5',
  NOT_IN_SET: '6',
  OUT_OF_ORDER: '7',
  ELEMENT_ERRORS: '8',
} as const;

/** A damaged set can have an error on every segment; past this many the answer says nothing that helps. */
export const MAX_SEGMENT_ERRORS = 1000;
/** AK4 may stand 99 times behind an AK3. */
const MAX_ELEMENT_ERRORS = 99;

/** A level of the set that is being filled: the set itself or a loop. */
interface Frame {
  readonly loop: string | null;
  readonly nodes: readonly SetNode[];
  /** Where in `nodes` we are; what lies before can no longer come. */
  index: number;
  /** How many times the node at `index` has come. */
  count: number;
}

/**
 * Checks the segments between ST and SE against the table of their set: which belong, in which order, how often,
 * and each one's elements. Walks the table once, from the innermost open loop outward, as the standard has it.
 */
export function validateSegments(
  setId: string,
  segments: readonly Segment[],
  dictionary: Dictionary,
  separators: Separators,
): SegmentError[] {
  const definition = dictionary.sets.get(setId);
  if (definition === undefined) return [];
  const errors: SegmentError[] = [];
  const frames: Frame[] = [{ loop: null, nodes: definition.nodes, index: 0, count: 0 }];
  for (const [index, segment] of segments.entries()) {
    if (errors.length >= MAX_SEGMENT_ERRORS) break;
    const position = index + 2;
    const structural = definition.ids.has(segment.id)
      ? place(segment.id, position, frames, errors)
      : misplaced(segment.id, dictionary);
    const loop = structural === null || structural.placed ? (frames.at(-1) as Frame).loop : null;
    if (structural !== null) {
      errors.push({ segmentId: segment.id, position, loop, code: structural.code, elements: [] });
    }
    const known = dictionary.segments.get(segment.id);
    if (known === undefined) continue;
    const elements = validateElements(segment, known, dictionary, separators).slice(0, MAX_ELEMENT_ERRORS);
    if (elements.length > 0) {
      errors.push({ segmentId: segment.id, position, loop, code: SEGMENT_ERROR.ELEMENT_ERRORS, elements });
    }
  }
  const end = segments.length + 2;
  while (frames.length > 0) missingIn(frames.pop() as Frame, Number.POSITIVE_INFINITY, end, errors);
  return errors.slice(0, MAX_SEGMENT_ERRORS);
}

/** What `place` found wrong; `placed` when the segment has a place all the same. */
interface Misplacement {
  readonly code: string;
  readonly placed: boolean;
}

function misplaced(id: string, dictionary: Dictionary): Misplacement {
  const known = dictionary.segments.has(id);
  return { code: known ? SEGMENT_ERROR.NOT_IN_SET : SEGMENT_ERROR.UNRECOGNIZED, placed: false };
}

/** Finds the segment's place at or behind where we are, and moves there. Null when all is well. */
function place(id: string, position: number, frames: Frame[], errors: SegmentError[]): Misplacement | null {
  for (let level = frames.length - 1; level >= 0; level -= 1) {
    const frame = frames[level] as Frame;
    const target = findFrom(frame, id);
    if (target === null) continue;
    while (frames.length > level + 1)
      missingIn(frames.pop() as Frame, Number.POSITIVE_INFINITY, position, errors);
    return moveTo(target, position, frames, errors);
  }
  return { code: SEGMENT_ERROR.OUT_OF_ORDER, placed: false };
}

/** The node for `id` from the frame's place on. One that is full is taken only when no later one has room. */
function findFrom(frame: Frame, id: string): number | null {
  let full: number | null = null;
  for (let index = frame.index; index < frame.nodes.length; index += 1) {
    const node = frame.nodes[index] as SetNode;
    if (node.id !== id) continue;
    if (index > frame.index || frame.count < node.max) return index;
    full = index;
  }
  return full;
}

function moveTo(
  target: number,
  position: number,
  frames: Frame[],
  errors: SegmentError[],
): Misplacement | null {
  const frame = frames.at(-1) as Frame;
  if (target > frame.index) {
    missingIn(frame, target, position, errors);
    frame.index = target;
    frame.count = 0;
  }
  const node = frame.nodes[target] as SetNode;
  frame.count += 1;
  if (node.children !== null) frames.push({ loop: node.id, nodes: node.children, index: 0, count: 0 });
  if (frame.count <= node.max) return null;
  return {
    code: node.children === null ? SEGMENT_ERROR.TOO_OFTEN : SEGMENT_ERROR.LOOP_TOO_OFTEN,
    placed: true,
  };
}

/** Reports the mandatory nodes of a frame, before `target`, that never came. */
function missingIn(frame: Frame, target: number, position: number, errors: SegmentError[]): void {
  const end = Math.min(target, frame.nodes.length);
  for (let index = frame.index; index < end; index += 1) {
    const node = frame.nodes[index] as SetNode;
    if (!node.mandatory || (index === frame.index && frame.count > 0)) continue;
    errors.push({
      segmentId: node.id,
      position,
      loop: node.children === null ? frame.loop : node.id,
      code: SEGMENT_ERROR.MANDATORY_MISSING,
      elements: [],
    });
  }
}
