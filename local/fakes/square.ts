import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { SQUARE_SCOPES } from '../../functions/channels/square/client/authorization.ts';
import type { Keeper } from '../aws/secrets.ts';
import { type FakeAnswer, REMOVED, type ShopFake } from './fakes.ts';
import { type FakeStock, fakeStock, type Taken } from './stock.ts';

const Text = z.string().max(500);

/** Square's order as far as the fake looks into it; all else is kept as it was put. */
const Order = z.looseObject({
  id: z.string().min(1),
  location_id: z.string(),
  version: z.int().min(0),
  state: z.enum(['DRAFT', 'OPEN', 'COMPLETED', 'CANCELED']),
  fulfillments: z
    .array(
      z.looseObject({
        uid: z.string(),
        state: z.string(),
        shipment_details: z.looseObject({}).optional(),
      }),
    )
    .optional(),
  tenders: z.array(z.unknown()).optional(),
  updated_at: z.string().optional(),
});
type Order = z.infer<typeof Order>;

/** UpdateOrder as it is documented, as far as it is used here: a sparse order with the version that it rests on. */
const UpdateOrder = z.strictObject({
  idempotency_key: z.string().max(192).optional(),
  order: z.strictObject({
    location_id: z.string(),
    version: z.int().min(0),
    state: z.enum(['OPEN', 'COMPLETED', 'CANCELED']).optional(),
    fulfillments: z
      .array(
        z.strictObject({
          uid: z.string(),
          state: z.enum(['PROPOSED', 'RESERVED', 'PREPARED', 'COMPLETED', 'CANCELED', 'FAILED']).optional(),
          shipment_details: z
            .strictObject({
              carrier: z.string().max(50).optional(),
              tracking_number: z.string().max(100).optional(),
              tracking_url: z.string().max(2000).optional(),
              cancel_reason: z.string().max(100).optional(),
            })
            .optional(),
        }),
      )
      .optional(),
  }),
});

/** SearchOrders as far as it is used here; Square wants locations, and the sort by the date that is filtered by. */
const SearchOrders = z.strictObject({
  location_ids: z.array(z.string()).min(1).max(10),
  limit: z.int().min(1).max(1000).default(500),
  query: z.strictObject({
    filter: z.strictObject({
      date_time_filter: z.strictObject({
        updated_at: z.strictObject({ start_at: z.iso.datetime({ offset: true }) }),
      }),
    }),
    sort: z.strictObject({ sort_field: z.literal('UPDATED_AT'), sort_order: z.enum(['ASC', 'DESC']) }),
  }),
});

const eventTypes = z.array(z.string().regex(/^[a-z_]+(\.[a-z_]+)+$/)).min(1);
const CreateSubscription = z.strictObject({
  idempotency_key: z.string().min(1).max(45),
  subscription: z.strictObject({
    name: z.string().min(1).max(64),
    enabled: z.boolean(),
    event_types: eventTypes,
    notification_url: z.url(),
    api_version: z.string(),
  }),
});
const UpdateSubscription = z.strictObject({
  subscription: z.strictObject({ enabled: z.boolean(), event_types: eventTypes }),
});

/** Begins the names under which adjustments of the inventory are kept. */
const ADJUSTED = 'stand-in square adjustment ';

/** Begins the names under which webhook subscriptions are kept. */
const SUBSCRIPTION = 'stand-in square subscription ';

const BatchRetrieveOrders = z.strictObject({ order_ids: z.array(Text).min(1).max(100) });

const BatchRetrieve = z.looseObject({ object_ids: z.array(Text).min(1).max(1000) });

const SearchCatalog = z.strictObject({
  object_types: z.tuple([z.literal('ITEM_VARIATION')]),
  query: z.strictObject({
    set_query: z.strictObject({
      attribute_name: z.literal('sku'),
      attribute_values: z.array(z.string()).min(1).max(250),
    }),
  }),
  limit: z.int().min(1).max(1000),
});

const of = { catalog_object_ids: z.array(Text).min(1).max(500), location_ids: z.array(Text).min(1) };
const RetrieveCounts = z.strictObject({ ...of, states: z.tuple([z.literal('IN_STOCK')]) });
const RetrieveChanges = z.strictObject({
  ...of,
  types: z.tuple([z.literal('ADJUSTMENT')]),
  updated_after: z.iso.datetime({ offset: true }),
  limit: z.int().min(1).max(1000),
});

/** As it is since 2026-07-15: an adjustment names both locations. */
const Adjustment = z.strictObject({
  catalog_object_id: Text,
  from_location_id: Text,
  to_location_id: Text,
  from_state: z.enum(['NONE', 'IN_STOCK']),
  to_state: z.enum(['IN_STOCK', 'WASTE']),
  quantity: z.string().regex(/^[1-9][0-9]{0,8}$/),
  occurred_at: z.iso.datetime({ offset: true }),
  reference_id: z.string().max(255).optional(),
});
type Adjustment = z.infer<typeof Adjustment>;

const ChangeInventory = z.strictObject({
  idempotency_key: z.string().min(1).max(128),
  changes: z
    .array(z.strictObject({ type: z.literal('ADJUSTMENT'), adjustment: Adjustment }))
    .min(1)
    .max(100),
});

/** What the permissions of the token have to hold for an operation. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  SearchCatalogObjects: 'ITEMS_READ',
  BatchRetrieveInventoryCounts: 'INVENTORY_READ',
  BatchRetrieveInventoryChanges: 'INVENTORY_READ',
  BatchChangeInventory: 'INVENTORY_WRITE',
};

/** Where the sample orders are sold. */
const SAMPLE_LOCATION = 'LTESTLOCATION1';

/** SKUs of the sample items; any other id of the form `SKU:…` is an item with that SKU. */
const CATALOG: Readonly<Record<string, string>> = {
  VARTS24: 'NF-TS24',
  VARCC08: 'NF-CC08',
  VARCARD: 'NF-CARD',
};

const ENDED: readonly string[] = ['CANCELED', 'FAILED'];

/**
 * A merchant's account at Square: the part of its API that is called, with Square's own errors.
 *
 * @param kept where orders outlive the process
 * @param samples orders that the account has from the start
 * @param permissions of the token. @default what the documentation asks for
 */
export function squareFake(
  kept: Keeper,
  samples: readonly unknown[],
  permissions: readonly string[] = SQUARE_SCOPES,
): ShopFake {
  const stock = fakeStock(kept, 'square', SAMPLE_LOCATION, idOfSku);
  const nameOf = (orderId: string) => `stand-in square order ${orderId}`;
  const keep = (order: Order) => {
    const { updated_at = new Date().toISOString() } = order;
    stock.sell(takenBy(find(order.id), stock), takenBy(order, stock));
    kept.write(nameOf(order.id), JSON.stringify({ ...order, updated_at }));
  };
  const list = () =>
    kept
      .list(nameOf(''))
      .filter((text) => text !== REMOVED)
      .map((text) => JSON.parse(text) as Order);
  const find = (orderId: string): Order | null => {
    const text = kept.read(nameOf(orderId));
    return text === null || text === REMOVED ? null : (JSON.parse(text) as Order);
  };
  for (const sample of samples) {
    const order = Order.parse(sample);
    if (find(order.id) === null) keep(order);
  }

  const update = (orderId: string, body: unknown): Omit<FakeAnswer, 'operation'> => {
    const asked = UpdateOrder.safeParse(body);
    if (!asked.success) return refusal(400, 'BAD_REQUEST', z.prettifyError(asked.error));
    const order = find(orderId);
    if (order === null) return refusal(404, 'NOT_FOUND', `Order not found for id ${orderId}`);
    const { idempotency_key: key, order: sparse } = asked.data;
    const keyName = `stand-in square key ${orderId} ${key}`;
    if (key !== undefined && kept.read(keyName) !== null) return { status: 200, body: { order } };
    if (sparse.version !== order.version) {
      const detail = `Supplied version ${sparse.version} does not match the current version ${order.version}`;
      return refusal(400, 'VERSION_MISMATCH', detail);
    }
    const next = changed(order, sparse);
    if (typeof next === 'string') return refusal(400, 'BAD_REQUEST', next);
    keep(next);
    if (key !== undefined) kept.write(keyName, 'done');
    return { status: 200, body: { order: next } };
  };

  const subscriptions = () =>
    kept.list(SUBSCRIPTION).map((text) => JSON.parse(text) as { id: string; notification_url: string });
  const saveSubscription = (id: string | undefined, body: unknown): Omit<FakeAnswer, 'operation'> => {
    const asked = (id === undefined ? CreateSubscription : UpdateSubscription).safeParse(body);
    if (!asked.success) return refusal(400, 'BAD_REQUEST', z.prettifyError(asked.error));
    const known = subscriptions().find((each) => each.id === id);
    if (id !== undefined && known === undefined) return refusal(404, 'NOT_FOUND', 'Subscription not found.');
    const fresh = { id: `wbhk_${subscriptions().length + 1}`, signature_key: randomUUID() };
    const subscription = { ...(known ?? fresh), ...asked.data.subscription };
    kept.write(`${SUBSCRIPTION}${subscription.id}`, JSON.stringify(subscription));
    return { status: 200, body: { subscription } };
  };

  const search = (body: unknown): Omit<FakeAnswer, 'operation'> => {
    const asked = SearchOrders.safeParse(body);
    if (!asked.success) return refusal(400, 'INVALID_REQUEST', z.prettifyError(asked.error));
    const { location_ids, limit, query } = asked.data;
    const since = Date.parse(query.filter.date_time_filter.updated_at.start_at);
    const changedAt = ({ updated_at }: Order) => Date.parse(updated_at ?? '');
    const orders = list()
      .filter((order) => location_ids.includes(order.location_id) && changedAt(order) >= since)
      .sort((one, other) => changedAt(one) - changedAt(other))
      .slice(0, limit);
    return { status: 200, body: { orders } };
  };

  const inventory = (operation: string, body: unknown): Omit<FakeAnswer, 'operation'> => {
    const invalid = (error: z.ZodError) => refusal(400, 'BAD_REQUEST', z.prettifyError(error));
    if (operation === 'SearchCatalogObjects') {
      const asked = SearchCatalog.safeParse(body);
      if (!asked.success) return invalid(asked.error);
      const wanted = asked.data.query.set_query.attribute_values.map((sku) => sku.toLowerCase());
      const found = stock.list().filter(({ sku }) => wanted.includes(sku.toLowerCase()));
      return { status: 200, body: { objects: found.flatMap(({ itemId }) => catalogObject(itemId, stock)) } };
    }
    if (operation === 'BatchRetrieveInventoryCounts') {
      const asked = RetrieveCounts.safeParse(body);
      if (!asked.success) return invalid(asked.error);
      const { catalog_object_ids, location_ids } = asked.data;
      const counts = catalog_object_ids.flatMap((id) =>
        Object.entries(stock.find(id)?.levels ?? {})
          .filter(([location_id]) => location_ids.includes(location_id))
          .map(([location_id, quantity]) => ({
            ...{ catalog_object_id: id, catalog_object_type: 'ITEM_VARIATION', state: 'IN_STOCK' },
            ...{ location_id, quantity: String(quantity), calculated_at: new Date().toISOString() },
          })),
      );
      return { status: 200, body: { counts } };
    }
    if (operation === 'BatchRetrieveInventoryChanges') {
      const asked = RetrieveChanges.safeParse(body);
      if (!asked.success) return invalid(asked.error);
      const { catalog_object_ids, updated_after } = asked.data;
      const made = kept
        .list(ADJUSTED)
        .map((text): Adjustment => JSON.parse(text))
        .filter((each) => catalog_object_ids.includes(each.catalog_object_id))
        .filter(({ occurred_at }) => Date.parse(occurred_at) > Date.parse(updated_after));
      const changes = made.map((adjustment) => ({ type: 'ADJUSTMENT', adjustment }));
      return { status: 200, body: { changes } };
    }
    const asked = ChangeInventory.safeParse(body);
    if (!asked.success) return invalid(asked.error);
    const { idempotency_key, changes } = asked.data;
    const keyName = `stand-in square key inventory ${idempotency_key}`;
    const before = kept.read(keyName);
    if (before !== null && before !== JSON.stringify(body)) {
      return refusal(
        400,
        'IDEMPOTENCY_KEY_REUSED',
        'The idempotency key can only be retried with the same request.',
      );
    }
    if (before !== null) return { status: 200, body: { changes } };
    const unknown = changes.find(({ adjustment }) => stock.find(adjustment.catalog_object_id) === null);
    if (unknown !== undefined) {
      return refusal(404, 'NOT_FOUND', `Catalog object ${unknown.adjustment.catalog_object_id} not found.`);
    }
    for (const [index, { adjustment }] of changes.entries()) {
      const { catalog_object_id, to_location_id, to_state, quantity } = adjustment;
      const item = stock.find(catalog_object_id);
      const units = (item?.levels[to_location_id] ?? 0) + Number(quantity) * (to_state === 'WASTE' ? -1 : 1);
      if (item !== null) stock.set(item, to_location_id, units);
      kept.write(`${ADJUSTED}${idempotency_key} ${index}`, JSON.stringify(adjustment));
    }
    kept.write(keyName, JSON.stringify(body));
    return { status: 200, body: { changes } };
  };

  return {
    stock,
    lose: (orderId) => kept.write(nameOf(orderId), REMOVED),
    put: (body) => keep(Order.parse(JSON.parse(Buffer.from(body).toString('utf8')))),
    operationOf,
    answer(method, path, body) {
      const operation = operationOf(method, path);
      const orderId = decodeURIComponent(path.split('/')[3] ?? '');
      const permission = PERMISSIONS[operation];
      if (permission !== undefined) {
        return permissions.includes(permission)
          ? { operation, ...inventory(operation, body) }
          : { operation, ...refusal(403, 'INSUFFICIENT_SCOPES', `The token lacks ${permission}.`) };
      }
      switch (operation) {
        case 'RetrieveOrder': {
          const order = find(orderId);
          return order === null
            ? { operation, ...refusal(404, 'NOT_FOUND', `Order not found for id ${orderId}`) }
            : { operation, status: 200, body: { order } };
        }
        case 'UpdateOrder':
          return { operation, ...update(orderId, body) };
        case 'SearchOrders':
          return { operation, ...search(body) };
        case 'BatchRetrieveOrders': {
          const asked = BatchRetrieveOrders.safeParse(body);
          return asked.success
            ? {
                operation,
                status: 200,
                body: { orders: asked.data.order_ids.flatMap((id) => find(id) ?? []) },
              }
            : { operation, ...refusal(400, 'BAD_REQUEST', z.prettifyError(asked.error)) };
        }
        case 'ListWebhookSubscriptions':
          return { operation, status: 200, body: { subscriptions: subscriptions() } };
        case 'CreateWebhookSubscription':
        case 'UpdateWebhookSubscription':
          return { operation, ...saveSubscription(path.split('/')[4], body) };
        case 'ListLocations': {
          const ordered = list().map(({ location_id }) => location_id);
          const stocked = stock.list().flatMap(({ levels }) => Object.keys(levels));
          const locations = [...new Set([...ordered, ...stocked])].map((id) => ({ id, status: 'ACTIVE' }));
          return { operation, status: 200, body: { locations } };
        }
        case 'BatchRetrieveCatalogObjects': {
          const asked = BatchRetrieve.safeParse(body);
          return asked.success
            ? {
                operation,
                status: 200,
                body: { objects: asked.data.object_ids.flatMap((id) => catalogObject(id, stock)) },
              }
            : { operation, ...refusal(400, 'BAD_REQUEST', z.prettifyError(asked.error)) };
        }
        default:
          return { operation, ...refusal(404, 'NOT_FOUND', 'Resource not found.') };
      }
    },
  };
}

function operationOf(method: string, path: string): string {
  if (method === 'POST' && path === '/v2/orders/search') return 'SearchOrders';
  if (method === 'POST' && path === '/v2/orders/batch-retrieve') return 'BatchRetrieveOrders';
  if (path === '/v2/webhooks/subscriptions') {
    if (method === 'GET') return 'ListWebhookSubscriptions';
    if (method === 'POST') return 'CreateWebhookSubscription';
  }
  if (method === 'PUT' && /^\/v2\/webhooks\/subscriptions\/[^/]+$/.test(path))
    return 'UpdateWebhookSubscription';
  if (method === 'GET' && path === '/v2/locations') return 'ListLocations';
  if (/^\/v2\/orders\/[^/]+$/.test(path)) {
    if (method === 'GET') return 'RetrieveOrder';
    if (method === 'PUT') return 'UpdateOrder';
  }
  if (method === 'POST' && path === '/v2/catalog/batch-retrieve') return 'BatchRetrieveCatalogObjects';
  if (method === 'POST' && path === '/v2/catalog/search') return 'SearchCatalogObjects';
  if (method === 'POST' && path === '/v2/inventory/counts/batch-retrieve')
    return 'BatchRetrieveInventoryCounts';
  if (method === 'POST' && path === '/v2/inventory/changes/batch-retrieve')
    return 'BatchRetrieveInventoryChanges';
  if (method === 'POST' && path === '/v2/inventory/changes/batch-create') return 'BatchChangeInventory';
  return 'unknown';
}

/** @returns the order after a sparse update, or why Square would not make it. */
function changed(order: Order, sparse: z.infer<typeof UpdateOrder>['order']): Order | string {
  const { fulfillments = [] } = order;
  const unknown = sparse.fulfillments?.find(({ uid }) => !fulfillments.some((each) => each.uid === uid));
  if (unknown !== undefined) return `there is no fulfillment ${unknown.uid}`;
  const now = new Date().toISOString();
  const next = fulfillments.map((fulfillment) => {
    const asked = sparse.fulfillments?.find(({ uid }) => uid === fulfillment.uid);
    if (asked === undefined) return fulfillment;
    const { state = fulfillment.state, shipment_details } = asked;
    const stamp =
      state === 'COMPLETED' ? { shipped_at: now } : state === 'CANCELED' ? { canceled_at: now } : {};
    const details = { ...fulfillment.shipment_details, ...shipment_details, ...stamp };
    return { ...fulfillment, state, shipment_details: details };
  });
  if (order.state !== 'OPEN') return `an order that is ${order.state} takes no update`;
  const { state = order.state } = sparse;
  if (state === 'CANCELED') {
    if (next.some((each) => !ENDED.includes(each.state))) return 'its fulfillments have to be canceled first';
    if ((order.tenders ?? []).length > 0) return 'an order that has been paid cannot be canceled';
  }
  return { ...order, state, fulfillments: next, version: order.version + 1, updated_at: now };
}

function catalogObject(id: string, stock: FakeStock) {
  const counted = stock.find(id);
  const sku = counted?.sku ?? skuOf(id);
  if (sku === undefined) return [];
  const data = { name: 'Regular', sku, track_inventory: counted?.isTracked ?? false };
  return [{ type: 'ITEM_VARIATION', id, version: 1772900000123, item_variation_data: data }];
}

function skuOf(id: string): string | undefined {
  return CATALOG[id] ?? (id.startsWith('SKU:') ? id.slice('SKU:'.length) : undefined);
}

function idOfSku(sku: string): string {
  return Object.keys(CATALOG).find((id) => CATALOG[id] === sku) ?? `SKU:${sku}`;
}

const Lines = z.array(z.looseObject({ quantity: z.string(), catalog_object_id: z.string().optional() }));

/** Units that an order takes from what is in stock; a canceled one takes none. */
function takenBy(order: Order | null, stock: FakeStock): readonly Taken[] {
  if (order === null || order.state === 'CANCELED') return [];
  return (Lines.safeParse(order.line_items).data ?? []).flatMap(({ quantity, catalog_object_id = '' }) => {
    const sku = stock.find(catalog_object_id)?.sku ?? skuOf(catalog_object_id);
    return sku === undefined ? [] : [{ sku, locationId: order.location_id, quantity: Number(quantity) }];
  });
}

/** An error in Square's form. */
function refusal(status: number, code: string, detail: string) {
  const category = status === 401 ? 'AUTHENTICATION_ERROR' : 'INVALID_REQUEST_ERROR';
  return { status, body: { errors: [{ category, code, detail }] } };
}
