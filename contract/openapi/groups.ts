import { AGENT_OPERATIONS, GATEWAY_OPERATIONS } from './groups/agents.ts';
import { CONNECTION_OPERATIONS } from './groups/connections.ts';
import { FINANCE_OPERATIONS } from './groups/finance.ts';
import { INVENTORY_OPERATIONS } from './groups/inventory.ts';
import { OPERATOR_OPERATIONS } from './groups/operations.ts';
import { ORDER_OPERATIONS } from './groups/orders.ts';
import { PERSONAL_DATA_OPERATIONS } from './groups/personal-data.ts';
import { SERVICE_OPERATIONS } from './groups/service.ts';
import { SUBSCRIPTION_OPERATIONS } from './groups/subscriptions.ts';
import { WEBHOOK_OPERATIONS } from './groups/webhooks.ts';
import type { Operations } from './types.ts';

/** A tag of the document with its operations. */
export interface OperationGroup {
  readonly name: string;
  readonly description: string;
  readonly operations: Operations;
}

/** Every operation of the API, in the order of the document. */
export const OPERATION_GROUPS: readonly OperationGroup[] = [
  { name: 'Orders', description: 'From received to closed.', operations: ORDER_OPERATIONS },
  {
    name: 'Inventory',
    description: 'Lots, their movements and their counters.',
    operations: INVENTORY_OPERATIONS,
  },
  { name: 'Finance', description: 'Invoices, credit notes and the ledger.', operations: FINANCE_OPERATIONS },
  {
    name: 'Connections',
    description: 'Shops, accounts, partners and carriers.',
    operations: CONNECTION_OPERATIONS,
  },
  {
    name: 'Subscriptions',
    description: 'Events by webhook.',
    operations: SUBSCRIPTION_OPERATIONS,
  },
  {
    name: 'Operations',
    description: 'Failed messages and workflows, and how to retry them.',
    operations: OPERATOR_OPERATIONS,
  },
  {
    name: 'Personal data',
    description: 'Erasing what is kept of a person, and giving it to the person.',
    operations: PERSONAL_DATA_OPERATIONS,
  },
  {
    name: 'Approvals',
    description: 'Actions of agents that need the approval of a person.',
    operations: AGENT_OPERATIONS,
  },
  {
    name: 'Commerce gateway',
    description: 'The MCP endpoint for AI agents.',
    operations: GATEWAY_OPERATIONS,
  },
  { name: 'Webhooks', description: 'Endpoints for messages of channels.', operations: WEBHOOK_OPERATIONS },
  { name: 'Open pages', description: 'Without an access token.', operations: SERVICE_OPERATIONS },
];
