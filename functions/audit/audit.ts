import type { AuditAction, AuditEntry } from '../../contract/audit.ts';
import type { Origin } from '../events/envelope.ts';

/** What somebody did, as the audit trail keeps it. Secrets have no place in `before` and `after`. */
export interface AuditedAct {
  readonly action: AuditAction;
  /** What it was done to. */
  readonly subject: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly origin: Origin;
}

export interface AuditFilter {
  readonly action?: AuditAction | undefined;
  /** Id of the actor. */
  readonly actor?: string | undefined;
  readonly subject?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** How far the trail was found to be as it was written. */
export interface VerifiedAudit {
  readonly entries: number;
  /** The first sequence that is missing, altered, or not the successor of the one before; null when all is well. */
  readonly firstBroken: number | null;
  /** Where the next verification continues; null at the end of the trail. */
  readonly next: string | null;
}

/** The trail of what was done that is no command on an order. */
export interface AuditTrail {
  /**
   * Records an act that has no transaction of its own; before it is done, so that none is done unrecorded.
   *
   * @throws Busy when others kept writing; nothing was recorded
   */
  record(act: AuditedAct): Promise<void>;
  /** @returns a page of entries that meet the filter, newest first; short where few of many do. */
  list(
    filter: AuditFilter,
    limit: number,
    position: string | null,
  ): Promise<{ readonly items: readonly AuditEntry[]; readonly next: string | null }>;
  /**
   * Verifies the chain of digests, a bounded number of entries at a time.
   *
   * @param position where an earlier verification ended; null begins at the first entry
   */
  verify(position: string | null): Promise<VerifiedAudit>;
}
