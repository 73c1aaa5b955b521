import { readFileSync } from 'node:fs';
import { buildSchema, graphqlSync, parse, validate } from 'graphql';
import * as z from 'zod';
import { ACCESS_SCOPES } from '../../functions/channels/shopify/client/scopes.ts';
import { readJson } from '../../functions/channels/shopify/inbound/json.ts';
import { ShopifyDeletion } from '../../functions/channels/shopify/inbound/payload.ts';
import type { Keeper } from '../aws/secrets.ts';
import type { ShopFake } from './fakes.ts';
import { accessDenied } from './shopify-access.ts';
import { orderEdits } from './shopify-edits.ts';
import { type FakeOrder, freshId, remaining, shopOrders } from './shopify-orders.ts';
import { type AskedVersion, itemView, shopifyStockRoots } from './shopify-stock.ts';
import {
  fulfillmentOrderOf,
  fulfillmentOrderView,
  fulfillmentView,
  gid,
  holdsOf,
  idOf,
  ONLY_PLACE,
  orderView,
  page,
  placesOf,
  refundView,
} from './shopify-view.ts';
import { fakeStock, type Taken } from './stock.ts';

const SCHEMA = buildSchema(readFileSync(new URL('./shopify.graphql', import.meta.url), 'utf8'));

/** @returns whether a query is one of the schema; what is not is refused when it is carried out. */
function isValid(source: string): boolean {
  try {
    return validate(SCHEMA, parse(source)).length === 0;
  } catch {
    return false;
  }
}

const Body = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).optional() });

interface FulfillmentInput {
  readonly lineItemsByFulfillmentOrder: readonly {
    readonly fulfillmentOrderId: string;
    readonly fulfillmentOrderLineItems?: readonly { readonly id: string; readonly quantity: number }[];
  }[];
  readonly trackingInfo?: { readonly company?: string; readonly number?: string };
}

interface FulfillmentEventInput {
  readonly fulfillmentId: string;
  readonly status: string;
  readonly happenedAt?: string;
}

interface OrdersInput {
  readonly query?: string;
  readonly sortKey?: string;
  readonly first?: number;
  readonly after?: string | null;
}

/** Begins the names under which webhook subscriptions are kept. */
const SUBSCRIPTION = 'stand-in shopify subscription ';

/** The topics whose messages are full orders. */
const ORDER_TOPICS = ['orders/create', 'orders/updated', 'orders/cancelled'];

/**
 * A shop at Shopify: its GraphQL API answers by Shopify's own schema, and refuses what that does not know, and what the
 * token may not see.
 *
 * @param scopes of the token. @default what the documentation asks for
 * @param hiddenBelow orders of lower ids are hidden from a token without read_all_orders, as Shopify hides those of more
 *   than 60 days ago. @default none is
 */
export function shopifyFake(
  kept: Keeper,
  samples: readonly Uint8Array[],
  scopes: readonly string[] = ACCESS_SCOPES,
  hiddenBelow = '0',
): ShopFake {
  const stock = fakeStock(kept, 'shopify', ONLY_PLACE);
  const orders = shopOrders(kept, (before, after) => stock.sell(takenBy(before), takenBy(after)));
  const isShown = ({ id }: FakeOrder) =>
    scopes.includes('read_all_orders') || BigInt(id) >= BigInt(hiddenBelow);
  const findShown = (orderId: string) => {
    const order = orders.find(orderId);
    return order === null || !isShown(order) ? null : order;
  };
  const listShown = () => orders.list().filter(isShown);
  const changed = (order: FakeOrder, changes: Partial<FakeOrder>) =>
    orders.keep({ ...order, ...changes, updated_at: new Date().toISOString() } as FakeOrder);

  const fulfillmentCreate = ({ fulfillment }: { fulfillment: FulfillmentInput }) => {
    const refused = (message: string) => ({
      fulfillment: null,
      userErrors: [{ field: ['fulfillment'], message }],
    });
    const [first] = fulfillment.lineItemsByFulfillmentOrder;
    const [orderId, locationId] = fulfillmentOrderOf(first?.fulfillmentOrderId ?? '');
    const order = orders.find(orderId);
    const place = order === null ? undefined : placesOf(order).find((each) => each.locationId === locationId);
    if (order === null || place === undefined) return refused('Fulfillment order does not exist.');
    if (order.cancelled_at) return refused('Fulfillment order is cancelled.');
    if (holdsOf(order, locationId).length > 0) return refused('Fulfillment order is on hold.');
    if (fulfillment.lineItemsByFulfillmentOrder.length > 1) {
      return refused('All fulfillment orders must have the same assigned location.');
    }
    const all = place.lines.map((line) => ({ id: line.id, quantity: remaining(order, line) }));
    const asked = first?.fulfillmentOrderLineItems?.map(({ id, quantity }) => ({ id: idOf(id), quantity }));
    for (const { id, quantity } of asked ?? []) {
      const left = all.find((line) => line.id === id)?.quantity;
      if (left === undefined || quantity > left || quantity < 1) {
        return refused('Invalid fulfillment order line item quantity requested.');
      }
    }
    const { company = null, number = null } = fulfillment.trackingInfo ?? {};
    const made = {
      id: freshId(),
      order_id: order.id,
      status: 'success',
      tracking_company: company,
      tracking_number: number,
      tracking_numbers: number === null ? [] : [number],
      line_items: (asked ?? all).map(({ id, quantity }) => ({ id, quantity: String(quantity) })),
    };
    changed(order, { fulfillments: [...(order.fulfillments ?? []), made] });
    return { fulfillment: fulfillmentView(order, made), userErrors: [] };
  };

  const fulfillmentOrderReleaseHold = ({ id, holdIds }: { id: string; holdIds?: readonly string[] }) => {
    const [orderId, locationId] = fulfillmentOrderOf(id);
    const order = orders.find(orderId);
    const place = order === null ? undefined : placesOf(order).find((each) => each.locationId === locationId);
    const refused = (field: string, message: string, code?: string) => ({
      fulfillmentOrder: null,
      userErrors: [{ field: [field], message, code }],
    });
    if (order === null || place === undefined) {
      return refused('id', 'Fulfillment order does not exist.', 'FULFILLMENT_ORDER_NOT_FOUND');
    }
    const held = holdsOf(order, locationId).map((hold) => hold.id);
    const released = holdIds?.map(idOf) ?? held;
    if (released.some((hold) => !held.includes(hold)))
      return refused('holdIds', 'Fulfillment hold does not exist.');
    const left = order.fulfillment_holds?.filter((hold) => !released.includes(hold.id));
    changed(order, { fulfillment_holds: left });
    return {
      fulfillmentOrder: fulfillmentOrderView({ ...order, fulfillment_holds: left }, place),
      userErrors: [],
    };
  };

  const orderCancel = ({ orderId, reason }: { orderId: string; reason: string }) => {
    const order = orders.find(idOf(orderId));
    const refused = (message: string, code: string) => ({
      job: null,
      orderCancelUserErrors: [{ field: ['orderId'], message, code }],
    });
    if (order === null) return refused('Order does not exist.', 'NOT_FOUND');
    if (order.cancelled_at) return refused('Order has already been cancelled.', 'INVALID');
    if ((order.fulfillments ?? []).some(({ status }) => status === 'success')) {
      return refused('Cannot cancel an order that has fulfillments.', 'INVALID');
    }
    changed(order, { cancelled_at: new Date().toISOString(), cancel_reason: reason.toLowerCase() });
    return { job: { id: gid('Job', freshId()), done: false }, orderCancelUserErrors: [] };
  };

  const fulfillmentEventCreate = ({
    fulfillmentEvent: event,
  }: {
    fulfillmentEvent: FulfillmentEventInput;
  }) => {
    const id = idOf(event.fulfillmentId);
    const order = orders.owner('fulfillment', id);
    if (order === null) {
      const userErrors = [{ field: ['fulfillmentEvent'], message: 'Fulfillment does not exist.' }];
      return { fulfillmentEvent: null, userErrors };
    }
    const delivered_at = event.happenedAt ?? new Date().toISOString();
    const fulfillments = (order.fulfillments ?? []).map((each) =>
      each.id === id && event.status === 'DELIVERED' ? { ...each, delivered_at } : each,
    );
    changed(order, { fulfillments });
    const made = { id: gid('FulfillmentEvent', freshId()), status: event.status };
    return { fulfillmentEvent: made, userErrors: [] };
  };

  const subscriptions = () =>
    kept.list(SUBSCRIPTION).map((text) => JSON.parse(text) as { topic: string; uri: string });
  const rootValue = {
    order({ id }: { id: string }) {
      const order = findShown(idOf(id));
      return order === null ? null : orderView(order);
    },
    webhookSubscriptions: (given: { first?: number; after?: string | null }) => page(subscriptions(), given),
    webhookSubscriptionCreate(given: { topic: string; webhookSubscription: { uri?: string } }) {
      const { topic, webhookSubscription } = given;
      const { uri = '' } = webhookSubscription;
      const refused = (message: string) => ({
        userErrors: [{ field: ['webhookSubscription', 'uri'], message }],
        webhookSubscription: null,
      });
      if (!uri.startsWith('http')) return refused('Address is invalid');
      if (subscriptions().some((each) => each.topic === topic && each.uri === uri)) {
        return refused('Address for this topic has already been taken');
      }
      kept.write(`${SUBSCRIPTION}${topic} ${uri}`, JSON.stringify({ topic, uri }));
      return { userErrors: [], webhookSubscription: { topic, uri } };
    },
    nodes: ({ ids }: { ids: readonly string[] }) =>
      ids.map((id) => {
        if (id.startsWith(gid('InventoryItem', ''))) {
          const item = stock.find(idOf(id));
          return item === null ? null : itemView(item);
        }
        const order = findShown(idOf(id));
        return order === null ? null : { __typename: 'Order', ...orderView(order) };
      }),
    currentAppInstallation: () => ({ accessScopes: scopes.map((handle) => ({ handle })) }),
    orders({ query = '', sortKey, ...given }: OrdersInput) {
      if (sortKey === 'CREATED_AT') {
        // Shopify numbers orders as they are created.
        const oldest = listShown().sort((one, other) => Number(BigInt(one.id) - BigInt(other.id)));
        return page(oldest.map(orderView), given);
      }
      const since = /^updated_at:>='([^']+)'$/.exec(query)?.[1];
      if (since === undefined) throw new Error(`the stand-in knows no search for ${query}`);
      const changed = listShown()
        .map(orderView)
        .filter(({ updatedAt }) => Date.parse(updatedAt) >= Date.parse(since))
        .sort((one, other) => Date.parse(one.updatedAt) - Date.parse(other.updatedAt));
      return page(changed, given);
    },
    fulfillmentOrder({ id }: { id: string }) {
      const [orderId, locationId] = fulfillmentOrderOf(id);
      const order = orders.find(orderId);
      const place =
        order === null ? undefined : placesOf(order).find((each) => each.locationId === locationId);
      return order === null || place === undefined ? null : fulfillmentOrderView(order, place);
    },
    fulfillment({ id }: { id: string }) {
      const order = orders.owner('fulfillment', idOf(id));
      const found = order?.fulfillments?.find((each) => each.id === idOf(id));
      return order == null || found === undefined ? null : fulfillmentView(order, found);
    },
    refund({ id }: { id: string }) {
      const order = orders.owner('refund', idOf(id));
      const refunds = (order?.refunds ?? []) as { id?: unknown }[];
      const found = refunds.find((each) => String(each.id) === idOf(id));
      return order === null || found === undefined ? null : refundView(order, found);
    },
    fulfillmentCreate,
    fulfillmentEventCreate,
    fulfillmentOrderReleaseHold,
    orderCancel,
    ...orderEdits(orders, changed),
    ...shopifyStockRoots(kept, stock),
  };

  // Unless it is older than what became of the order here.
  const keepNewer = (body: Uint8Array) => {
    const sent = orders.read(body);
    if (orders.isRemoved(sent.id)) return;
    const known = orders.find(sent.id);
    if (known === null || (known.updated_at ?? '') < (sent.updated_at ?? '')) orders.keep(sent);
  };
  for (const sample of samples) keepNewer(sample);

  return {
    stock,
    put: (body) => orders.keep(orders.read(body)),
    lose: orders.remove,
    hear(body, headers) {
      const topic = headers['x-shopify-topic'] ?? '';
      if (ORDER_TOPICS.includes(topic)) keepNewer(body);
      if (topic !== 'orders/delete') return;
      const json = readJson(body);
      const deletion = ShopifyDeletion.safeParse('value' in json ? json.value : null);
      if (deletion.success) orders.remove(deletion.data.id);
    },
    operationOf(method, path, body) {
      const given = Body.safeParse(body);
      const isGraphql = method === 'POST' && /^\/admin\/api\/[0-9-]+\/graphql\.json$/.test(path);
      if (!isGraphql || !given.success) return 'unknown';
      return /(?:query|mutation)\s+(\w+)/.exec(given.data.query)?.[1] ?? 'unnamed';
    },
    answer(method, path, body) {
      const operation = this.operationOf(method, path, body);
      const given = Body.safeParse(body);
      if (operation === 'unknown' || !given.success) {
        return { operation, status: 404, body: { errors: 'Not Found' } };
      }
      const { query: source, variables: variableValues } = given.data;
      const invalid = (message: string) => ({ message, extensions: { code: 'INVALID' } });
      const denied = isValid(source) ? accessDenied(SCHEMA, source, scopes) : [];
      const contextValue: AskedVersion = { version: path.split('/')[3] ?? '' };
      const { data = null, errors } =
        denied.length > 0
          ? {}
          : graphqlSync({ schema: SCHEMA, source, rootValue, contextValue, variableValues });
      const refused = denied.length > 0 ? denied : errors?.map(({ message }) => invalid(message));
      const cost = {
        requestedQueryCost: 10,
        actualQueryCost: 10,
        throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1990, restoreRate: 100 },
      };
      const answer = { data, ...(refused !== undefined && { errors: refused }), extensions: { cost } };
      return { operation, status: 200, body: answer };
    },
  };
}

/** Units that an order takes from what is available; a cancelled one takes none. */
function takenBy(order: FakeOrder | null): readonly Taken[] {
  if (order === null || order.cancelled_at) return [];
  return order.line_items.map(({ sku, quantity, current_quantity, origin_location }) => ({
    sku: String(sku ?? ''),
    locationId: origin_location?.id ?? ONLY_PLACE,
    quantity: Number(current_quantity ?? quantity),
  }));
}
