import type { ApprovalStore } from '../agents/approvals.ts';
import type { AuditTrail } from '../audit/audit.ts';
import type { SharedSecretValue } from '../channels/core/shared-secret.ts';
import type { InvoiceStore } from '../finance/invoices.ts';
import type { Ports } from '../orders/ports.ts';
import type { OrderQueries } from '../orders/queries.ts';
import type { OverviewRows } from '../reporting/overview/rows.ts';

/** What the tools work with. */
export interface Dependencies {
  readonly ports: Ports;
  readonly queries: OrderQueries;
  readonly overview: OverviewRows;
  readonly invoices: Pick<InvoiceStore, 'find'>;
  readonly approvals: ApprovalStore;
  readonly audit: AuditTrail;
  /** Signs approvals. */
  readonly readApprovalSecret: () => Promise<SharedSecretValue>;
  /** Signs the links to the customer's page. */
  readonly readPortalSecret: () => Promise<SharedSecretValue>;
  /** Where customers reach their page, without a slash at the end. */
  readonly portalBaseUrl: string;
  /** Called with an unexpected error; the agent only receives `internal_error`. */
  readonly failed: (error: Error) => void;
}
