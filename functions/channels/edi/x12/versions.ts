/** Releases that we read and write, each with the one whose dictionary serves for it. */
export const RELEASES = {
  '003040': '004010',
  '003050': '004010',
  '003060': '004010',
  '003070': '004010',
  '004010': '004010',
  '004020': '004020',
  '004030': '004020',
  '004040': '004020',
  '004050': '004020',
  '004060': '004020',
  '005010': '005010',
  '005020': '005010',
  '005030': '005010',
  '005040': '005010',
  '005050': '005010',
  '006010': '005010',
} as const satisfies Record<string, string>;

/** A version by the six digits of GS08. */
export type X12Version = keyof typeof RELEASES;

/** The oldest first. */
export const X12_VERSIONS = Object.keys(RELEASES) as [X12Version, ...X12Version[]];
