import type { ApprovalStore } from '../application/agents/approvals.ts';
import type { InvoiceBook } from '../application/book-invoice.ts';
import type { OverviewRows } from '../application/overview/rows.ts';
import type { Ports } from '../application/ports.ts';
import type { OrderQueries } from '../application/read-ports.ts';
import type { SharedSecretValue } from '../application/shared-secret.ts';

/** What the tools work with. */
export interface Parts {
  readonly ports: Ports;
  readonly queries: OrderQueries;
  readonly overview: OverviewRows;
  readonly invoices: Pick<InvoiceBook, 'find'>;
  readonly approvals: ApprovalStore;
  /** Signs approvals. */
  readonly readApprovalSecret: () => Promise<SharedSecretValue>;
  /** Signs the links to the customer's page. */
  readonly readPortalSecret: () => Promise<SharedSecretValue>;
  /** Where customers reach their page, without a slash at the end. */
  readonly portalBaseUrl: string;
  /** Is told of an error that nobody foresaw; the agent hears nothing of it but that there was one. */
  readonly failed: (error: Error) => void;
}
