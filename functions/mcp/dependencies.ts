import type { ApprovalStore } from '../agents/approvals.ts';
import type { SharedSecretValue } from '../channels/core/shared-secret.ts';
import type { InvoiceStore } from '../finance/invoices.ts';
import type { PortalLinks } from '../orders/portal-links.ts';
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
  /** Signs approvals. */
  readonly readApprovalSecret: () => Promise<SharedSecretValue>;
  /** Links to the customer's page. */
  readonly portalLinks: PortalLinks;
  /** Called with an unexpected error; the agent only receives `internal_error`. */
  readonly failed: (error: Error) => void;
}
