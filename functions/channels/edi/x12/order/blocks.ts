import type { Segment } from '../types.ts';

/** Segments that belong together: the flat ones of a level (`opener` null), or one loop of it. */
export interface Block {
  readonly opener: string | null;
  readonly segments: readonly Segment[];
}

/** The body of an order, taken apart into its header, its lines and its summary. */
export interface OrderBlocks {
  readonly header: readonly Block[];
  readonly lines: readonly (readonly Block[])[];
  readonly summary: readonly Segment[];
}

/** Loops of the header, in the order of the standard; none of them is followed by flat segments. */
const HEADER_LOOPS = new Set(['AMT', 'N9', 'N1', 'LM', 'SPI', 'ADV']);
const LINE_LOOPS = new Set(['QTY', 'SCH', 'PKG', 'LS', 'N9', 'N1', 'SLN', 'AMT', 'LM']);

/**
 * Takes a validated set apart.
 *
 * @param lineId the segment that opens a line: `PO1` or `POC`
 */
export function blocksOf(segments: readonly Segment[], lineId: string): OrderBlocks {
  const header: Segment[] = [];
  const lines: Segment[][] = [];
  const summary: Segment[] = [];
  for (const segment of segments) {
    if (segment.id === lineId) lines.push([segment]);
    else if (segment.id === 'CTT' || summary.length > 0) summary.push(segment);
    else (lines.at(-1) ?? header).push(segment);
  }
  return {
    header: split(header, HEADER_LOOPS, 'SPI'),
    lines: lines.map((line) => split(line, LINE_LOOPS, 'SLN')),
    summary,
  };
}

/** The flat segments of a level. */
export function flat(blocks: readonly Block[]): readonly Segment[] {
  return blocks.find((block) => block.opener === null)?.segments ?? [];
}

/** The loops of a level that a segment opens. */
export function loops(blocks: readonly Block[], opener: string): readonly (readonly Segment[])[] {
  return blocks.filter((block) => block.opener === opener).map((block) => block.segments);
}

/** Cuts at each opener. Behind `last` everything is that loop's own: it repeats parties and notes of its own. */
function split(segments: readonly Segment[], openers: ReadonlySet<string>, last: string): Block[] {
  const blocks: { opener: string | null; segments: Segment[] }[] = [{ opener: null, segments: [] }];
  for (const segment of segments) {
    const current = blocks.at(-1) as { opener: string | null; segments: Segment[] };
    // A party packs in its own way.
    const isOwn = current.opener === last || (current.opener === 'N1' && segment.id === 'PKG');
    if (openers.has(segment.id) && !isOwn) blocks.push({ opener: segment.id, segments: [segment] });
    else current.segments.push(segment);
  }
  return blocks;
}
