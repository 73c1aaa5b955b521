import type { Origin } from '../../events/envelope.ts';

/** What is kept of a partner's own codes: its products and its places. */
export type MasterKind = 'ITEM' | 'LOCATION';

/** What a code stands for. */
export interface MasterEntry {
  readonly code: string;
  readonly value: unknown;
}

/** Keeps what the codes of each partner stand for. */
export interface PartnerMasterStore {
  /**
   * @param origin who saves it, for the audit trail
   * @returns whether the code is new
   */
  save(connectionId: string, kind: MasterKind, entry: MasterEntry, origin?: Origin): Promise<boolean>;
  get(connectionId: string, kind: MasterKind, code: string): Promise<MasterEntry | null>;
  /** @returns whether there was one */
  remove(connectionId: string, kind: MasterKind, code: string, origin?: Origin): Promise<boolean>;
  /** @returns entries in the order of their codes, after one */
  list(
    connectionId: string,
    kind: MasterKind,
    limit: number,
    after: string | null,
  ): Promise<{ readonly items: readonly MasterEntry[]; readonly next: string | null }>;
  /** @returns the entries of those codes that there are */
  find(connectionId: string, kind: MasterKind, codes: readonly string[]): Promise<readonly MasterEntry[]>;
}
