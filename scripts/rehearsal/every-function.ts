import { createHmac } from 'node:crypto';
import { ROUTES, type Route, type RouteFunction } from '../../contract/routes.ts';
import type { Answer, DeployedLoop } from './loop.ts';

/** A request, and its expected status when that is not a success. */
interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default below 300 */
  readonly status?: number;
}

const get = (path: string): Request => ({ method: 'GET', path });
const post = (path: string, body: unknown): Request => ({ method: 'POST', path, body });

/** The notification URL of Square, which its signature includes. */
const NOTIFICATION_URL = 'https://orders.example.com/webhooks/square';

/**
 * Sends every function behind the API a request that uses its permissions, after an order has passed through the loop.
 * A missing permission is answered 5xx, or shows as a denial in MiniStack's log.
 *
 * @returns the number of functions called
 * @throws Error with the request that had an unexpected response, or a function without a request
 */
export async function askEveryFunction(loop: DeployedLoop, orderId: string, sku: string): Promise<number> {
  const asked = new Set<RouteFunction>();
  for (const request of await requests(loop, orderId, sku)) {
    asked.add(functionOf(request));
    check(request, await send(loop, request));
  }
  const portal = await loop.call('POST', `/v1/orders/${orderId}/portal-link`);
  const link = get(new URL(portal.url).pathname);
  asked.add(functionOf(link));
  check(link, await send(loop, link));
  const left = ROUTES.find((route) => !asked.has(route.function));
  if (left !== undefined) throw new Error(`no request calls ${left.function}`);
  return asked.size;
}

async function requests(loop: DeployedLoop, orderId: string, sku: string): Promise<readonly Request[]> {
  const today = new Date().toISOString();
  return [
    ...ROUTES.filter(isPlain).map(({ path }) => get(path)),
    { ...get(CALLBACK), status: 410 },
    { ...get(AUTHORIZATION_SERVER), status: 404 },
    post('/v1/operations/overview/rebuild', {}),
    ...['state=CLOSED', `sku=${sku}`, 'customer=nobody', 'purchaseOrderNumber=none', 'externalId=1'].map(
      (query) => get(`/v1/orders?${query}`),
    ),
    get(`/v1/orders/${orderId}/allocation`),
    get(`/v1/orders/${orderId}/documents`),
    get(`/v1/inventory/${sku}`),
    post('/v1/operations/republish', { orderId }),
    post('/v1/operations/republish', { from: today, to: today, dryRun: true }),
    {
      ...post(
        '/v1/imports',
        `order,sku,quantity,unit_price,currency,customer_name\nR-1,${sku},1,2.00,USD,Ada\n`,
      ),
      headers: { 'content-type': 'text/csv' },
    },
    ...(await messages(loop, orderId)),
    get('/v1/operations/kept-messages'),
    get('/v1/inbound-messages'),
  ];
}

/** Where shops send people back to: without an authorization that waits for them there is nothing to do. */
const CALLBACK = '/oauth/callback';

/** Described where agents have a client of the user pool, which takes a setting. */
const AUTHORIZATION_SERVER = '/.well-known/oauth-authorization-server';

/** Reads without parameters; `/mcp` is left out because it needs signing keys that the emulated user pool lacks. */
function isPlain({ method, path, access }: Route): boolean {
  const isAsked = path === CALLBACK || path === AUTHORIZATION_SERVER;
  return method === 'GET' && !path.includes('{') && !isAsked && access !== 'access-token';
}

/** A message of each channel with an unknown topic: it is quarantined and causes no outgoing request. */
async function messages(loop: DeployedLoop, orderId: string): Promise<readonly Request[]> {
  const connect = (kind: string, settings: object): Request => ({
    method: 'PUT',
    path: `/v1/connections/rehearsal-${kind.toLowerCase()}`,
    body: { kind, name: kind, settings },
  });
  const sign = async (output: string, text: string, encoding: 'hex' | 'base64') =>
    createHmac('sha256', await loop.webhookSecret(output))
      .update(text)
      .digest(encoding);
  const shopify = JSON.stringify({ id: 1 });
  const square = JSON.stringify({
    merchant_id: 'REHEARSAL',
    type: 'catalog.version.updated',
    event_id: orderId,
    created_at: new Date().toISOString(),
    data: {},
  });
  const edi = 'ISA*this is no interchange~';
  const carrier = JSON.stringify({
    eventId: orderId,
    trackingNumber: 'unknown',
    status: 'in_transit',
    occurredAt: new Date().toISOString(),
  });
  const wooCommerce = JSON.stringify({ id: 1 });
  const easyPost = JSON.stringify({ id: orderId, object: 'Event', description: 'batch.updated' });
  return [
    connect('WOOCOMMERCE', { store: 'https://rehearsal.example' }),
    connect('SQUARE', { merchantId: 'REHEARSAL', notificationUrl: NOTIFICATION_URL }),
    {
      ...post('/webhooks/shopify', shopify),
      status: 202,
      headers: {
        'x-shopify-topic': 'products/create',
        'x-shopify-shop-domain': 'northfield-test.myshopify.com',
        'x-shopify-webhook-id': orderId,
        'x-shopify-hmac-sha256': await sign('ShopifyWebhookSecret', shopify, 'base64'),
      },
    },
    {
      ...post('/webhooks/square', square),
      status: 202,
      headers: {
        'x-square-hmacsha256-signature': await sign(
          'SquareWebhookSecret',
          NOTIFICATION_URL + square,
          'base64',
        ),
      },
    },
    {
      ...post('/webhooks/edi', edi),
      status: 422,
      headers: {
        'content-type': 'application/edi-x12',
        'x-edi-signature': await sign('EdiWebhookSecret', edi, 'hex'),
      },
    },
    {
      ...post('/webhooks/carrier', carrier),
      status: 202,
      headers: { 'x-carrier-signature': await sign('CarrierWebhookSecret', carrier, 'hex') },
    },
    {
      ...post('/webhooks/woocommerce', wooCommerce),
      status: 202,
      headers: {
        'x-wc-webhook-topic': 'product.created',
        'x-wc-webhook-source': 'https://rehearsal.example/',
        'x-wc-webhook-delivery-id': orderId,
        'x-wc-webhook-signature': await sign('WoocommerceWebhookSecret', wooCommerce, 'base64'),
      },
    },
    {
      ...post('/webhooks/easypost', easyPost),
      status: 202,
      headers: {
        'x-hmac-signature': `hmac-sha256-hex=${await sign('EasypostWebhookSecret', easyPost, 'hex')}`,
      },
    },
  ];
}

function send(loop: DeployedLoop, { method, path, body, headers }: Request): Promise<Answer> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return loop.send(method, path, { 'content-type': 'application/json', ...loop.access, ...headers }, text);
}

function check({ method, path, status: expected }: Request, { status, body }: Answer): void {
  if (expected === undefined ? status < 300 : status === expected) return;
  throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body).slice(0, 1000)}`);
}

function functionOf({ method, path }: Request): RouteFunction {
  const [asked = ''] = path.split('?');
  const fits = (pattern: string) =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(asked);
  const route =
    ROUTES.find((each) => each.method === method && each.path === asked) ??
    ROUTES.find((each) => each.method === method && fits(each.path));
  if (route === undefined) throw new Error(`there is no route ${method} ${path}`);
  return route.function;
}
