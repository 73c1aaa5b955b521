import { CfnOutput } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { RouteFunction } from '../contract/routes.ts';
import { allowConnectionSecrets } from './constructs/connection-secrets.ts';
import { type FunctionDefaults, LoopFunction } from './constructs/loop-function.ts';
import { COMMAND_ACTIONS, COUNTING_ACTIONS } from './constructs/order-table.ts';
import type { SharedSecret } from './constructs/shared-secret.ts';
import type { DataStack } from './data-stack.ts';

/** Settings of the functions that answer HTTP requests. */
export interface ApiSettings {
  /** Begins every order id, for example `LMB-ORD`. */
  readonly orderNumberPrefix: string;
  /** Where customers reach the portal. @default the API's own address */
  readonly portalBaseUrl?: string;
  /** Calls that are kept free for each webhook's function, and the most that run at once. @default none */
  readonly webhookConcurrency?: number;
  /** Where the programs of AI agents take the answer when somebody signs in for them. @default no client for them */
  readonly agentCallbackUrls?: readonly string[];
}

export interface ApiFunctionsProps {
  readonly stage: string;
  readonly data: DataStack;
  readonly defaults: FunctionDefaults;
  readonly settings: ApiSettings;
  /** Address of the API. */
  readonly apiUrl: string;
  /** Name of the host at which API Gateway itself is reached; behind a name of one's own requests carry it still. */
  readonly apiHost: string;
}

/** Memory of a function that a caller waits for; the share of a processor grows with it. */
const INTERACTIVE_MEMORY = 1024;

/** Requests that one agent may make in a minute; a person at a desk makes a tenth of them. */
const AGENT_REQUESTS_A_MINUTE = 300;

/** Makes the functions of the HTTP API, each with the environment and the permissions that it needs. */
export function makeApiFunctions(
  scope: Construct,
  { stage, data, defaults, settings, apiUrl, apiHost }: ApiFunctionsProps,
): Record<RouteFunction, LoopFunction> {
  const TABLE_NAME = data.table.table.tableName;
  const ORDER_NUMBER_PREFIX = settings.orderNumberPrefix;

  const make = (
    id: string,
    entry: RouteFunction,
    description: string,
    environment: Record<string, string>,
    reservedConcurrency?: number,
  ) =>
    new LoopFunction(scope, id, {
      reservedConcurrency,
      defaults,
      entry,
      description,
      environment,
      memorySize: INTERACTIVE_MEMORY,
    });

  const webhook = (
    id: string,
    entry: RouteFunction,
    description: string,
    secret: SharedSecret,
    environment: Record<string, string>,
  ) => {
    const withSecret = { ...environment, WEBHOOK_SECRET_ID: secret.secretId };
    const made = make(id, entry, description, withSecret, settings.webhookConcurrency);
    secret.allowRead(made);
    allowConnectionSecrets(made, stage);
    return made;
  };

  const orders = make('Orders', 'api/orders', 'Commands and queries of orders', {
    TABLE_NAME,
    ORDER_NUMBER_PREFIX,
  });
  data.table.allow(orders, COMMAND_ACTIONS, [
    'ordersByArrival',
    'ordersByState',
    'ordersByAttention',
    'ordersByCustomer',
    'ordersByCustomerReference',
    'byReference',
    'linesBySku',
  ]);

  const overview = make('Overview', 'api/overview', 'Numbers of the whole loop, and their rebuild', {
    TABLE_NAME,
  });
  data.table.allow(overview, COUNTING_ACTIONS, ['ordersByArrival']);

  const republish = make('Republish', 'api/republish', 'Tells events of the history again', {
    TABLE_NAME,
    EVENT_BUS_NAME: data.bus.bus.eventBusName,
  });
  // Events of a span of time are found by reading the whole table.
  data.table.allow(republish, ['Query', 'Scan']);
  data.bus.allowPublish(republish);

  const inventory = make('InventoryApi', 'api/inventory', 'Lots, stock movements and drift', { TABLE_NAME });
  data.table.allow(inventory, COMMAND_ACTIONS, ['allocationsByLot', 'backordersBySku']);

  const finance = make('FinanceApi', 'api/finance', 'Invoices and credit notes', { TABLE_NAME });
  data.table.allow(finance, ['GetItem', 'BatchGetItem'], ['invoicesByDate']);

  const operations = make('Operations', 'api/connections', 'Connections to shops, partners and carriers', {
    TABLE_NAME,
  });
  data.table.allow(operations, ['GetItem', 'Query', 'PutItem', 'DeleteItem']);

  const portal = make('Portal', 'api/portal', 'The order status page of customers, and links to it', {
    TABLE_NAME,
    PORTAL_SECRET_ID: data.secrets.portal.secretId,
    PORTAL_BASE_URL: settings.portalBaseUrl ?? apiUrl,
  });
  data.secrets.portal.allowRead(portal);
  data.table.allow(portal, ['GetItem', 'Query']);

  const shopify = webhook(
    'ShopifyWebhook',
    'webhooks/shopify',
    'Orders and changes that Shopify sends',
    data.secrets.shopify,
    { TABLE_NAME, ORDER_NUMBER_PREFIX },
  );
  data.table.allow(shopify, COMMAND_ACTIONS);

  const square = webhook(
    'SquareWebhook',
    'webhooks/square',
    'Orders and payments that Square tells of',
    data.secrets.square,
    // Square signs the address that it sends to as well.
    { TABLE_NAME, ORDER_NUMBER_PREFIX, API_BASE_URL: apiUrl },
  );
  data.table.allow(square, COMMAND_ACTIONS);

  const edi = webhook(
    'EdiWebhook',
    'webhooks/edi',
    'X12 interchanges of trading partners',
    data.secrets.edi,
    {
      TABLE_NAME,
      ORDER_NUMBER_PREFIX,
    },
  );
  data.table.allow(edi, COMMAND_ACTIONS);

  const carrier = webhook(
    'CarrierWebhook',
    'webhooks/carrier',
    'Tracking news that carriers send',
    data.secrets.carrier,
    { TABLE_NAME },
  );
  // A carrier knows a shipment by its tracking number only.
  data.table.allow(carrier, COMMAND_ACTIONS, ['byReference']);

  // Tries again what any channel sent: what the webhooks may do, without their own secrets.
  const kept = make(
    'KeptMessages',
    'webhooks/quarantined-messages',
    'Messages of channels that were kept aside',
    {
      TABLE_NAME,
      ORDER_NUMBER_PREFIX,
      SHOPIFY_SECRET_ID: data.secrets.shopify.secretId,
      SQUARE_SECRET_ID: data.secrets.square.secretId,
    },
  );
  data.secrets.shopify.allowRead(kept);
  data.secrets.square.allowRead(kept);
  allowConnectionSecrets(kept, stage);
  data.table.allow(kept, COMMAND_ACTIONS, ['byReference']);

  const subscriptions = make('Subscriptions', 'api/subscriptions', 'Events for those who take them by HTTP', {
    TABLE_NAME,
    SEAL_SECRET_ID: data.secrets.subscriptions.secretId,
  });
  data.secrets.subscriptions.allowRead(subscriptions);
  data.table.allow(
    subscriptions,
    ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
    ['byReference'],
  );

  const stuck = make('StuckOrders', 'api/stuck-orders', 'Orders whose workflow gave up', { TABLE_NAME });
  data.table.allow(stuck, COMMAND_ACTIONS, ['byReference']);

  const approvals = make('Approvals', 'api/approvals', 'What agents ask people to approve', {
    TABLE_NAME,
    ORDER_NUMBER_PREFIX,
  });
  data.table.allow(approvals, COMMAND_ACTIONS);

  const imports = make('Imports', 'api/imports', 'Orders from CSV files', {
    TABLE_NAME,
    ORDER_NUMBER_PREFIX,
  });
  data.table.allow(imports, COMMAND_ACTIONS);

  const agentClient =
    settings.agentCallbackUrls &&
    data.identity?.addAgentClient(scope, `${apiUrl}/mcp`, settings.agentCallbackUrls);
  if (agentClient !== undefined) {
    const description = 'Client with which agents let people sign in';
    new CfnOutput(scope, 'AgentClientId', { description, value: agentClient.userPoolClientId });
  }
  const agents = agentClient === undefined ? [] : [agentClient.userPoolClientId];
  const gateway = make('CommerceGateway', 'mcp/commerce-gateway', 'Tools of AI agents', {
    TABLE_NAME,
    ORDER_NUMBER_PREFIX,
    API_BASE_URL: apiUrl,
    API_HOST: apiHost,
    PORTAL_SECRET_ID: data.secrets.portal.secretId,
    PORTAL_BASE_URL: settings.portalBaseUrl ?? apiUrl,
    APPROVAL_SECRET_ID: data.secrets.approvals.secretId,
    TOKEN_ISSUER: data.issuer.issuerUrl,
    TOKEN_AUDIENCE: [...data.issuer.audience, ...agents].join(' '),
    AGENT_REQUESTS_A_MINUTE: String(AGENT_REQUESTS_A_MINUTE),
  });
  data.secrets.portal.allowRead(gateway);
  data.secrets.approvals.allowRead(gateway);
  data.table.allow(gateway, COMMAND_ACTIONS, [
    'ordersByArrival',
    'ordersByState',
    'ordersByAttention',
    'ordersByCustomer',
    'ordersByCustomerReference',
    'byReference',
    'linesBySku',
    'backordersBySku',
  ]);

  return {
    'api/orders': orders,
    'api/overview': overview,
    'api/republish': republish,
    'api/approvals': approvals,
    // The stack tells it which workflow is meant.
    'api/stuck-orders': stuck,
    // The queue of its tries is made after it; the stack tells it where that is.
    'api/subscriptions': subscriptions,
    'api/imports': imports,
    // Its queues are made after it; the stack tells it where they are.
    'api/dead-letters': make('DeadLettersApi', 'api/dead-letters', 'What consumers could not handle', {}),
    'mcp/commerce-gateway': gateway,
    'api/inventory': inventory,
    'api/finance': finance,
    'api/connections': operations,
    'api/portal': portal,
    'api/documentation': make(
      'Documentation',
      'api/documentation',
      'Health, OpenAPI document and its page',
      {},
    ),
    'webhooks/shopify': shopify,
    'webhooks/square': square,
    'webhooks/edi': edi,
    'webhooks/carrier': carrier,
    'webhooks/quarantined-messages': kept,
  };
}
