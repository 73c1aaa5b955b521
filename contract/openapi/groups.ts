import { AGENT_OPERATIONS, GATEWAY_OPERATIONS } from './groups/agents.ts';
import { CONNECTION_OPERATIONS } from './groups/connections.ts';
import { FINANCE_OPERATIONS } from './groups/finance.ts';
import { INVENTORY_OPERATIONS } from './groups/inventory.ts';
import { OPERATOR_OPERATIONS } from './groups/operations.ts';
import { ORDER_OPERATIONS } from './groups/orders.ts';
import { SERVICE_OPERATIONS } from './groups/service.ts';
import { SUBSCRIPTION_OPERATIONS } from './groups/subscriptions.ts';
import { WEBHOOK_OPERATIONS } from './groups/webhooks.ts';
import type { Operations } from './types.ts';

/** Operations that belong together, under the name that the document gives them. */
export interface OperationGroup {
  readonly name: string;
  readonly description: string;
  readonly operations: Operations;
}

/** Every operation of the API, in the order in which the document shows them. */
export const OPERATION_GROUPS: readonly OperationGroup[] = [
  { name: 'Orders', description: 'From received to closed.', operations: ORDER_OPERATIONS },
  {
    name: 'Inventory',
    description: 'Lots, their movements and their counters.',
    operations: INVENTORY_OPERATIONS,
  },
  { name: 'Finance', description: 'What was billed and credited.', operations: FINANCE_OPERATIONS },
  {
    name: 'Connections',
    description: 'Shops, accounts, partners and carriers.',
    operations: CONNECTION_OPERATIONS,
  },
  {
    name: 'Subscriptions',
    description: 'Events for those who take them by HTTP.',
    operations: SUBSCRIPTION_OPERATIONS,
  },
  {
    name: 'Operations',
    description: 'What did not get through, and how it is sent on.',
    operations: OPERATOR_OPERATIONS,
  },
  {
    name: 'Approvals',
    description: 'What agents may do only when a person agrees.',
    operations: AGENT_OPERATIONS,
  },
  {
    name: 'Commerce gateway',
    description: 'Where AI agents work the loop.',
    operations: GATEWAY_OPERATIONS,
  },
  { name: 'Webhooks', description: 'Where channels send their messages.', operations: WEBHOOK_OPERATIONS },
  { name: 'Open pages', description: 'Without an access token.', operations: SERVICE_OPERATIONS },
];
