/** What holds personal data besides the order itself. */
export const PERSONAL_STORES = [
  'history',
  'documents',
  'messages',
  'invoices',
  'answers',
  'approvals',
  'deliveries',
] as const;
export type PersonalStore = (typeof PERSONAL_STORES)[number];

/** How many items of each store were erased. */
export type StoreCounts = Partial<Readonly<Record<PersonalStore, number>>>;

/** Erases what is kept of persons. */
export interface PersonalDataStore {
  /**
   * Erases what lies beside an order whose header is erased: history, lines, documents, and messages that are settled.
   * Done twice it changes nothing the second time.
   *
   * @returns how much was erased, and the messages that an operator has yet to decide
   */
  eraseOrder(orderId: string): Promise<{ readonly counts: StoreCounts; readonly open: readonly string[] }>;
}
