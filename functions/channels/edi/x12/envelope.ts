import type { Segment, Separators, TransactionSet } from './types.ts';
import { element, type FunctionalGroup, type Interchange, type InterchangeHeader } from './types.ts';

interface OpenGroup {
  header: Segment;
  sets: TransactionSet[];
}

/**
 * Puts segments into the nest of interchange, groups and sets as they come. A header that arrives while another of
 * its level is open closes that one without a trailer, so that one lost SE costs one set and not the whole file.
 */
export class Assembly {
  segmentCount = 0;
  readonly #header: InterchangeHeader;
  readonly #separators: Separators;
  readonly #groups: FunctionalGroup[] = [];
  readonly #acknowledgments: Segment[] = [];
  readonly #strays: Segment[] = [];
  #group: OpenGroup | null = null;
  #set: Segment[] | null = null;
  #trailer: Segment | null = null;

  constructor(header: InterchangeHeader, separators: Separators) {
    this.#header = header;
    this.#separators = separators;
  }

  add(segment: Segment): void {
    this.segmentCount += 1;
    switch (segment.id) {
      case 'GS':
        this.#closeGroup(null);
        this.#group = { header: segment, sets: [] };
        return;
      case 'GE':
        if (this.#group === null) this.#strays.push(segment);
        else this.#closeGroup(segment);
        return;
      case 'ST':
        this.#closeSet(null);
        if (this.#group === null) this.#strays.push(segment);
        else this.#set = [segment];
        return;
      case 'SE':
        if (this.#set === null) this.#strays.push(segment);
        else this.#closeSet(segment);
        return;
      case 'IEA':
        this.#closeGroup(null);
        this.#trailer = segment;
        return;
      default:
        if (this.#set !== null) this.#set.push(segment);
        else if (segment.id === 'TA1' && this.#group === null) this.#acknowledgments.push(segment);
        else this.#strays.push(segment);
    }
  }

  finish(): Omit<Interchange, 'encoding'> {
    this.#closeGroup(null);
    return {
      kind: 'interchange',
      header: this.#header,
      separators: this.#separators,
      groups: this.#groups,
      acknowledgments: this.#acknowledgments,
      strays: this.#strays,
      trailer: this.#trailer,
    };
  }

  #closeSet(trailer: Segment | null): void {
    if (this.#set === null || this.#group === null) return;
    const segments = trailer === null ? this.#set : [...this.#set, trailer];
    const header = segments[0] as Segment;
    this.#group.sets.push({ segments, id: element(header, 1), controlNumber: element(header, 2), trailer });
    this.#set = null;
  }

  #closeGroup(trailer: Segment | null): void {
    this.#closeSet(null);
    if (this.#group === null) return;
    this.#groups.push({ header: this.#group.header, sets: this.#group.sets, trailer });
    this.#group = null;
  }
}
