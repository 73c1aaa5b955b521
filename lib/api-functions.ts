import type { Construct } from 'constructs';
import type { RouteFunction } from '../contract/routes.ts';
import { secretVariable, type WebhookPath, webhookRecord } from '../contract/webhooks.ts';
import type { LoopFunction } from './constructs/loop-function.ts';
import { COMMAND_ACTIONS, COUNTING_ACTIONS } from './constructs/order-table.ts';
import { webhookId } from './data-stack.ts';
import { type FunctionContext, type FunctionRow, makeFunction } from './function-row.ts';
import { mapRows } from './map-rows.ts';
import { PROCESSES_MESSAGES } from './message-sweep.ts';

/** Memory of a function that a caller waits for; the share of a processor grows with it. */
const INTERACTIVE_MEMORY = 1024;

/** Indexes behind the list of orders with all its filters, and the board. */
const ORDER_INDEXES = [
  'ordersByArrival',
  'ordersByState',
  'ordersByAttention',
  'ordersByCustomer',
  'ordersByCustomerReference',
  'byReference',
  'linesBySku',
] as const;

/** What a function with lists signs their cursors with. */
const SIGNS_CURSORS = { CURSOR_SECRET_ID: 'cursors' } as const;

interface ApiRow extends FunctionRow {
  /** Whether its concurrency can be reserved. @default false */
  readonly isWebhook?: boolean;
}

/** The functions behind the routes of the contract. */
const API_FUNCTIONS: Readonly<Record<RouteFunction, ApiRow>> = {
  'api/orders': {
    id: 'Orders',
    description: 'Commands and queries of orders',
    actions: COMMAND_ACTIONS,
    indexes: [...ORDER_INDEXES, 'backordersBySku'],
    settings: ['ORDER_NUMBER_PREFIX'],
    secrets: SIGNS_CURSORS,
  },
  'api/overview': {
    id: 'Overview',
    description: 'Numbers of the whole loop, and their rebuild',
    actions: ['GetItem', ...COUNTING_ACTIONS],
    indexes: ['ordersByArrival'],
  },
  'api/republish': {
    id: 'Republish',
    description: 'Republishes events of the history, verifies it, and erases personal data',
    // Events of a span of time, and what is kept of a person, are found by reading the whole table.
    actions: [...COMMAND_ACTIONS, 'Scan'],
    publishes: true,
    checkpoints: 'verifies',
    secrets: SIGNS_CURSORS,
  },
  'api/inventory': {
    id: 'InventoryApi',
    description: 'Lots, stock movements, drift and locations',
    actions: COMMAND_ACTIONS,
    indexes: ['allocationsByLot', 'backordersBySku'],
    secrets: SIGNS_CURSORS,
  },
  'api/finance': {
    id: 'FinanceApi',
    description: 'Invoices and credit notes',
    actions: ['GetItem', 'BatchGetItem'],
    indexes: ['invoicesByDate'],
    secrets: SIGNS_CURSORS,
  },
  'api/connections': {
    id: 'Operations',
    description: 'Connections to shops, partners and carriers, and their earlier orders',
    ...PROCESSES_MESSAGES,
    indexes: [...PROCESSES_MESSAGES.indexes, 'ordersByAttention'],
    writesConnectionSecrets: true,
    // Shops send browsers back to it.
    settings: [...PROCESSES_MESSAGES.settings, 'API_BASE_URL'],
    secrets: { ...PROCESSES_MESSAGES.secrets, ...SIGNS_CURSORS },
  },
  'api/portal': {
    id: 'Portal',
    description: 'The order status page of customers, and links to it',
    actions: ['GetItem', 'PutItem', 'Query'],
    settings: ['PORTAL_BASE_URL', 'PORTAL_DAYS_AFTER_DELIVERY'],
    secrets: { ...SIGNS_CURSORS, PORTAL_SECRET_ID: 'portal' },
  },
  ...webhookRows(),
  'api/inbound-messages': {
    id: 'InboundMessages',
    description: 'The log of inbound messages, to look into, retry and dismiss',
    ...PROCESSES_MESSAGES,
    secrets: { ...PROCESSES_MESSAGES.secrets, ...SIGNS_CURSORS },
  },
  // The queue of its attempts is made after it; the stack sets its URL.
  'api/subscriptions': {
    id: 'Subscriptions',
    description: 'Events for those who take them by HTTP',
    actions: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    indexes: ['byReference'],
    secrets: { ...SIGNS_CURSORS, SEAL_SECRET_ID: 'subscriptions' },
  },
  // The stack sets which workflow is meant.
  'api/stuck-orders': {
    id: 'StuckOrders',
    description: 'Orders whose workflow gave up, and documents that were not acknowledged',
    actions: COMMAND_ACTIONS,
    indexes: ['byReference'],
    settings: ['DELIVERY_WINDOW_AT_RISK_DAYS'],
    secrets: SIGNS_CURSORS,
  },
  'api/approvals': {
    id: 'Approvals',
    description: 'What agents ask people to approve',
    actions: COMMAND_ACTIONS,
    settings: ['ORDER_NUMBER_PREFIX'],
    secrets: SIGNS_CURSORS,
  },
  'api/imports': {
    id: 'Imports',
    description: 'Orders from CSV files',
    actions: COMMAND_ACTIONS,
    settings: ['ORDER_NUMBER_PREFIX'],
  },
  'mcp/commerce-gateway': {
    id: 'CommerceGateway',
    description: 'Tools of AI agents',
    actions: COMMAND_ACTIONS,
    indexes: [...ORDER_INDEXES, 'backordersBySku'],
    settings: [
      'ORDER_NUMBER_PREFIX',
      'API_BASE_URL',
      'API_HOST',
      'PORTAL_BASE_URL',
      'PORTAL_DAYS_AFTER_DELIVERY',
      'TOKEN_ISSUER',
      'TOKEN_AUDIENCE',
      'SIGN_IN_URL',
      'AGENT_REQUESTS_A_MINUTE',
    ],
    secrets: { ...SIGNS_CURSORS, PORTAL_SECRET_ID: 'portal', APPROVAL_SECRET_ID: 'approvals' },
  },
  // Its queues are made after it; the stack sets their URLs.
  'api/dead-letters': {
    id: 'DeadLettersApi',
    description: 'What consumers could not handle',
    // Events of a span of time are found by reading the whole table.
    actions: [...COMMAND_ACTIONS, 'Scan'],
    settings: ['DELIVERY_WINDOW_AT_RISK_DAYS'],
    publishes: true,
  },
  'api/documentation': {
    id: 'Documentation',
    description: 'Health, OpenAPI document and its page',
  },
};

/** A webhook runs commands on orders, and checks signatures with a secret of its own or one of a connection. */
function webhookRows(): Readonly<Record<`webhooks/${WebhookPath}`, ApiRow>> {
  return webhookRecord(
    ({ path, purpose, indexes = [] }): ApiRow => ({
      id: webhookId(path),
      isWebhook: true,
      description: purpose,
      actions: COMMAND_ACTIONS,
      indexes,
      // Some senders sign the address that they send to as well.
      settings: ['ORDER_NUMBER_PREFIX', 'API_BASE_URL'],
      secrets: { [secretVariable(path)]: path },
      readsConnectionSecrets: true,
    }),
    'webhooks/',
  );
}

/** How every function of the API reads access tokens. */
const ACCESS_RULES = ['PERSON_CLAIMS', 'GROUPS_CLAIM', 'ROLE_GROUPS'] as const;

/**
 * Makes the functions of the HTTP API, one for each row.
 *
 * @param webhookConcurrency calls that are kept free for each webhook's function, and the most that run at once
 */
export function makeApiFunctions(
  scope: Construct,
  context: FunctionContext,
  webhookConcurrency: number | undefined,
): Readonly<Record<RouteFunction, LoopFunction>> {
  return mapRows(API_FUNCTIONS, (entry, row) =>
    makeFunction(scope, entry, { ...row, settings: [...ACCESS_RULES, ...(row.settings ?? [])] }, context, {
      memorySize: INTERACTIVE_MEMORY,
      reservedConcurrency: row.isWebhook === true ? webhookConcurrency : undefined,
    }),
  );
}
