import * as z from 'zod';
import type { Keeper } from '../aws/secrets.ts';
import { type FakeAnswer, REMOVED, type ShopFake } from './fakes.ts';
import { type FakeItem, fakeStock, type Taken } from './stock.ts';

/** WooCommerce's order as far as the fake looks into it; all else is kept as it was put. */
const Order = z.looseObject({
  id: z.int().min(1),
  status: z.string(),
  date_modified_gmt: z.string().nullish(),
  /** Refunds with their lines, as the API lists them apart from the order. */
  fake_refunds: z.array(z.looseObject({ id: z.int() })).optional(),
});
type Order = z.infer<typeof Order>;

/** The requests that are made, as the REST API documents them. */
const Update = z.strictObject({
  status: z.enum(['pending', 'processing', 'on-hold', 'completed', 'cancelled', 'refunded', 'failed']),
});
const Note = z.strictObject({ note: z.string().min(1), customer_note: z.boolean().optional() });
const Tracking = z.strictObject({
  custom_tracking_provider: z.string().min(1),
  tracking_number: z.string().min(1),
  date_shipped: z.iso.date(),
});

/** A store has no locations. */
const SITE = 'site';

const ORDER_TOPICS = ['order.created', 'order.updated', 'order.restored'];

/** A list by the date of the last change, which is given without a zone and meant as UTC. */
const ListOrders = z.strictObject({
  modified_after: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/),
  dates_are_gmt: z.literal('true'),
  orderby: z.literal('modified'),
  order: z.literal('asc'),
  status: z.literal('any'),
  per_page: z.coerce.number().int().min(1).max(100),
  exclude: z.string().default(''),
});

/** A list of orders that are named. */
const ListNamed = z.strictObject({
  include: z.string().regex(/^\d+(,\d+)*$/),
  status: z.literal('any'),
  per_page: z.coerce.number().int().min(1).max(100),
});

const Webhook = z.strictObject({
  name: z.string(),
  topic: z.string(),
  delivery_url: z.url(),
  secret: z.string(),
});
const WebhookStatus = z.strictObject({ status: z.enum(['active', 'paused', 'disabled']) });

const ListProducts = z.strictObject({
  sku: z.string(),
  per_page: z.coerce.number().int().min(1).max(100),
  _fields: z.string(),
});

const BatchUpdate = z.strictObject({
  update: z
    .array(
      z.strictObject({
        id: z.int(),
        inventory_delta: z.int(),
        meta_data: z.array(z.strictObject({ key: z.string(), value: z.string() })),
      }),
    )
    .max(100),
});

const OPERATIONS: readonly (readonly [string, RegExp, string])[] = [
  ['GET', /^\/orders$/, 'ListOrders'],
  ['GET', /^\/products$/, 'ListProducts'],
  ['POST', /^\/products\/batch$/, 'BatchUpdateProducts'],
  ['POST', /^\/products\/\d+\/variations\/batch$/, 'BatchUpdateProducts'],
  ['GET', /^\/webhooks$/, 'ListWebhooks'],
  ['POST', /^\/webhooks$/, 'CreateWebhook'],
  ['PUT', /^\/webhooks\/\d+$/, 'UpdateWebhook'],
  ['GET', /^\/orders\/\d+$/, 'RetrieveOrder'],
  ['PUT', /^\/orders\/\d+$/, 'UpdateOrder'],
  ['GET', /^\/orders\/\d+\/refunds$/, 'ListRefunds'],
  ['GET', /^\/orders\/\d+\/notes$/, 'ListNotes'],
  ['POST', /^\/orders\/\d+\/notes$/, 'CreateNote'],
  ['POST', /^\/orders\/\d+\/shipment-trackings$/, 'CreateTracking'],
];

/**
 * A store at WooCommerce: the part of its REST API v3 that is called, with WordPress's own errors.
 *
 * @param kept where orders outlive the process
 */
export function wooCommerceFake(kept: Keeper): ShopFake {
  const nameOf = (orderId: string | number, what = 'order') => `stand-in woocommerce ${what} ${orderId}`;
  const stock = fakeStock(kept, 'woocommerce', SITE);
  const keep = (order: Order) => {
    stock.sell(takenBy(find(order.id)), takenBy(order));
    kept.write(nameOf(order.id), JSON.stringify(order));
  };
  const find = (orderId: string | number): Order | null => {
    const text = kept.read(nameOf(orderId));
    return text === null || text === REMOVED ? null : Order.parse(JSON.parse(text));
  };
  const listOf = (orderId: string, what: string): unknown[] =>
    JSON.parse(kept.read(nameOf(orderId, what)) ?? '[]');
  const append = (orderId: string, what: string, entry: unknown) =>
    kept.write(nameOf(orderId, what), JSON.stringify([entry, ...listOf(orderId, what)]));
  const read = (body: Uint8Array) => Order.parse(JSON.parse(Buffer.from(body).toString('utf8')));
  // `any` means those statuses alone that a search of the site shows: not the trash.
  const listAll = () =>
    kept
      .list(nameOf(''))
      .filter((text) => text !== REMOVED)
      .map((text) => Order.parse(JSON.parse(text)))
      .filter(({ status }) => status !== 'trash');
  const listNamed = (query: URLSearchParams): Omit<FakeAnswer, 'operation'> => {
    const asked = ListNamed.safeParse(Object.fromEntries(query));
    if (!asked.success) return refusal(400, 'rest_invalid_param', z.prettifyError(asked.error));
    const { include, per_page } = asked.data;
    const orders = listAll().filter(({ id }) => include.split(',').includes(String(id)));
    return { status: 200, body: orders.slice(0, per_page).map(({ fake_refunds: _, ...shown }) => shown) };
  };
  const listChanged = (query: URLSearchParams): Omit<FakeAnswer, 'operation'> => {
    const asked = ListOrders.safeParse(Object.fromEntries(query));
    if (!asked.success) return refusal(400, 'rest_invalid_param', z.prettifyError(asked.error));
    const { modified_after, per_page, exclude } = asked.data;
    const modified = ({ date_modified_gmt }: Order) => date_modified_gmt ?? '';
    const orders = listAll()
      .filter((order) => modified(order) > modified_after && !exclude.split(',').includes(String(order.id)))
      .sort((one, other) => (modified(one) < modified(other) ? -1 : 1))
      .slice(0, per_page)
      .map(({ fake_refunds: _, ...shown }) => shown);
    return { status: 200, body: orders };
  };
  const webhooks = (operation: string, path: string, body: unknown): Omit<FakeAnswer, 'operation'> => {
    const listed = kept.list(nameOf('', 'webhook')).map((text) => JSON.parse(text) as { id: number });
    if (operation === 'ListWebhooks') return { status: 200, body: listed };
    const asked = (operation === 'CreateWebhook' ? Webhook : WebhookStatus).safeParse(body);
    if (!asked.success) return refusal(400, 'rest_invalid_param', z.prettifyError(asked.error));
    const id = operation === 'CreateWebhook' ? listed.length + 1 : Number(path.split('/')[2]);
    const before = listed.find((each) => each.id === id) ?? { status: 'active' };
    const { secret: _, ...webhook } = { secret: '', ...before, ...asked.data, id };
    kept.write(nameOf(id, 'webhook'), JSON.stringify(webhook));
    return { status: operation === 'CreateWebhook' ? 201 : 200, body: webhook };
  };
  const productView = (item: FakeItem) => ({
    id: Number(item.itemId),
    parent_id: Number(item.parentId ?? 0),
    sku: item.sku,
    manage_stock: item.isTracked,
    stock_quantity: item.isTracked ? item.levels[SITE] : null,
    meta_data: JSON.parse(kept.read(nameOf(item.itemId, 'meta')) ?? '[]'),
  });
  const listProducts = (query: URLSearchParams): Omit<FakeAnswer, 'operation'> => {
    const asked = ListProducts.safeParse(Object.fromEntries(query));
    if (!asked.success) return refusal(400, 'rest_invalid_param', z.prettifyError(asked.error));
    const { sku, per_page } = asked.data;
    // As the plugin does it: the whole text counts too, and MySQL compares in any case.
    const wanted = [...sku.split(','), sku].map((each) => each.toLowerCase());
    const found = stock.list().filter((item) => wanted.includes(item.sku.toLowerCase()));
    return { status: 200, body: found.slice(0, per_page).map(productView) };
  };
  const saveProducts = (path: string, body: unknown): Omit<FakeAnswer, 'operation'> => {
    const asked = BatchUpdate.safeParse(body);
    if (!asked.success) return refusal(400, 'rest_invalid_param', z.prettifyError(asked.error));
    const [, , parentId] = /^\/products\/((\d+)\/)?/.exec(path) ?? [];
    const update = asked.data.update.map(({ id, inventory_delta, meta_data }) => {
      const item = stock.find(String(id));
      if (item === null || item.parentId !== parentId) {
        const code = `woocommerce_rest_product${parentId === undefined ? '' : '_variation'}_invalid_id`;
        return { id, error: { code, message: 'Invalid ID.', data: { status: 400 } } };
      }
      kept.write(nameOf(id, 'meta'), JSON.stringify(meta_data));
      if (item.isTracked) stock.set(item, SITE, (item.levels[SITE] ?? 0) + inventory_delta);
      return productView(stock.find(String(id)) ?? item);
    });
    return { status: 200, body: { update } };
  };
  const operationOf = (method: string, path: string) =>
    OPERATIONS.find(([verb, pattern]) => verb === method && pattern.test(path))?.[2] ?? 'unknown';

  const respond = (operation: string, orderId: string, body: unknown): Omit<FakeAnswer, 'operation'> => {
    const order = find(orderId);
    if (order === null) return refusal(404, 'woocommerce_rest_shop_order_invalid_id', 'Invalid ID.');
    const { fake_refunds: refunds = [], ...shown } = order;
    const created = (what: string, schema: z.ZodType) => {
      const asked = schema.safeParse(body);
      if (!asked.success) return refusal(400, 'rest_invalid_param', z.prettifyError(asked.error));
      append(orderId, what, asked.data);
      return { status: 201, body: asked.data };
    };
    switch (operation) {
      case 'RetrieveOrder':
        return { status: 200, body: shown };
      case 'UpdateOrder': {
        const asked = Update.safeParse(body);
        if (!asked.success) return refusal(400, 'rest_invalid_param', z.prettifyError(asked.error));
        const date_modified_gmt = new Date().toISOString().slice(0, 19);
        keep({ ...order, ...asked.data, date_modified_gmt });
        return { status: 200, body: { ...shown, ...asked.data, date_modified_gmt } };
      }
      case 'ListRefunds':
        return { status: 200, body: refunds };
      case 'ListNotes':
        return { status: 200, body: listOf(orderId, 'notes') };
      case 'CreateNote':
        return created('notes', Note);
      default:
        return created('trackings', Tracking);
    }
  };

  return {
    stock,
    put: (body) => keep(read(body)),
    lose: (orderId) => kept.write(nameOf(orderId), REMOVED),
    hear(body, headers) {
      if (!ORDER_TOPICS.includes(headers['x-wc-webhook-topic'] ?? '')) return;
      const sent = read(body);
      const known = find(sent.id);
      // Unless it is older than what became of the order here.
      if (known === null || (known.date_modified_gmt ?? '') < (sent.date_modified_gmt ?? '')) keep(sent);
    },
    operationOf,
    answer(method, path, body, query) {
      const operation = operationOf(method, path);
      if (operation === 'unknown') {
        return { operation, ...refusal(404, 'rest_no_route', 'No route was found matching the URL.') };
      }
      if (/Webhooks?$/.test(operation)) return { operation, ...webhooks(operation, path, body) };
      if (operation === 'ListProducts') return { operation, ...listProducts(query) };
      if (operation === 'BatchUpdateProducts') return { operation, ...saveProducts(path, body) };
      if (operation === 'ListOrders') {
        return { operation, ...(query.has('include') ? listNamed(query) : listChanged(query)) };
      }
      return { operation, ...respond(operation, path.split('/')[2] ?? '', body) };
    },
  };
}

const Lines = z.array(z.looseObject({ sku: z.string().nullish(), quantity: z.int() }));

/** States in which an order holds what it wants. */
const TAKES: readonly string[] = ['processing', 'on-hold', 'completed'];

function takenBy(order: Order | null): readonly Taken[] {
  if (order === null || !TAKES.includes(order.status)) return [];
  const lines = Lines.safeParse(order.line_items).data ?? [];
  return lines.map(({ sku, quantity }) => ({ sku: sku ?? '', locationId: SITE, quantity }));
}

/** An error in WordPress's form. */
function refusal(status: number, code: string, message: string) {
  return { status, body: { code, message, data: { status } } };
}
