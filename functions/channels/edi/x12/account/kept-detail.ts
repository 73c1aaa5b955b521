/** Something that is said beside the terms: kept on the order or line, shown, and given back. */
export interface KeptDetail {
  readonly kind:
    | 'REFERENCE'
    | 'DATE'
    | 'PARTY'
    | 'CONTACT'
    | 'NOTE'
    | 'ROUTING'
    | 'TERMS'
    | 'CHARGE'
    | 'ITEM'
    | 'OTHER';
  /** What it is, for people: `Department number`. */
  readonly label: string;
  readonly value: string;
  /** The code of X12 for what it is: `DP`. */
  readonly code?: string;
  /** The segments as they were written, each with its id and elements. */
  readonly raw?: string[][];
}
