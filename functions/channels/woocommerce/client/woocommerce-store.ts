import * as z from 'zod';
import { type Deadline, retryWithDeadline } from '../../../adapters/retry-with-deadline.ts';
import { failureOf, requestShop } from '../../core/shop-request.ts';
import { ShopRefused, ShopUnreadable } from '../../core/shops.ts';
import { WooOrder, WooRefund } from '../inbound/payload.ts';

export interface WooAccess {
  /** The store's address. */
  readonly store: string;
  /** Consumer key and consumer secret with a colon between them. Without them every request is refused. */
  readonly accessToken: string | undefined;
  readonly apiBaseUrl?: string | undefined;
  readonly deadlines: Deadline;
  readonly fetch: typeof fetch;
}

/** Tracking of one parcel, in the form of the Shipment Tracking extension. */
export interface WooTracking {
  readonly carrier: string;
  readonly trackingNumber: string;
  /** UTC, `2026-03-10`. */
  readonly dateShipped: string;
}

/** One store, by its REST API v3. Each method throws Busy when the store is not reached, ShopRefused when it refuses. */
export interface WooStore {
  /** @returns the webhooks of the store, at most 100. */
  listWebhooks(): Promise<readonly WooWebhook[]>;
  createWebhook(webhook: {
    readonly topic: string;
    readonly url: string;
    readonly secret: string;
  }): Promise<void>;
  /** Makes a webhook send again that the store has disabled after failures. */
  activateWebhook(id: number): Promise<void>;
  /**
   * Lists orders by the second of their last change, the one unchanged the longest first.
   *
   * @param from UTC; orders that changed in this second or later
   * @param except ids of orders to leave out
   * @returns at most `PAGE_OF_ORDERS` orders, as the store has them
   */
  listChanged(from: string, except: readonly string[]): Promise<readonly ChangedOrder[]>;
  /** @returns those of the orders that the store has, without those in its trash. */
  listOrders(orderIds: readonly string[]): Promise<readonly ChangedOrder[]>;
  /** @returns the order as the store has it now, also from its trash; null when there is none. */
  retrieveOrder(orderId: string): Promise<WooOrder | null>;
  /** @returns the refunds of an order, at most 100. */
  listRefunds(orderId: string): Promise<readonly WooRefund[]>;
  setStatus(orderId: string, status: 'completed' | 'cancelled'): Promise<void>;
  /** Adds a note to the order; `forCustomer` sends it by mail as well. */
  addNote(orderId: string, note: string, forCustomer: boolean): Promise<void>;
  /** @returns the notes of the order, the newest first. */
  listNotes(orderId: string): Promise<readonly string[]>;
  /** @returns false where the store has no extension that keeps tracking. */
  addTracking(orderId: string, tracking: WooTracking): Promise<boolean>;
}

const SHOP = 'WooCommerce';
const API = '/wp-json/wc/v3';
/** `woocommerce_rest_shop_order_invalid_id` */
const NO_ORDER = /_invalid_id$/;
/** The most that a list of the API holds; no order has as many refunds or notes of ours. */
const PAGE = 100;

/** Orders of one page; WordPress makes a page of a hundred with all of their lines slowly. */
export const PAGE_OF_ORDERS = 50;

/** An order of a list, with all of its fields. */
const Changed = z.looseObject({
  id: z.int().min(1),
  date_modified_gmt: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/),
});
export type ChangedOrder = z.infer<typeof Changed>;

const Webhook = z.object({
  id: z.int(),
  topic: z.string(),
  delivery_url: z.string(),
  status: z.string(),
});
export type WooWebhook = z.infer<typeof Webhook>;

/** A request that a store refused, with WordPress's code of the error. */
class WooRefused extends ShopRefused {
  readonly code: string;
  constructor(status: number, code: string) {
    super(SHOP, status, code);
    this.name = 'WooRefused';
    this.code = code;
  }
}

const Refusal = z.object({ code: z.string().max(100) });
const Notes = z.array(z.object({ note: z.string() }));

/**
 * Sends a request to the REST API of a store.
 *
 * @param mayRepeat whether a request whose answer was lost may be made again at once. @default true
 * @returns the body of the answer, unchecked
 * @throws Busy when the store could not be reached or was too busy
 * @throws WooRefused when it refuses the request
 * @throws Error of the connection, or ShopUnanswered, where a request that may not be repeated may have had its effect
 */
export type RequestWoo = (
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
  mayRepeat?: boolean,
) => Promise<unknown>;

/**
 * The REST API of one store.
 *
 * @see https://woocommerce.github.io/woocommerce-rest-api-docs/
 */
export function wooRest({
  store,
  accessToken,
  apiBaseUrl = store + API,
  deadlines,
  fetch,
}: WooAccess): RequestWoo {
  const base = apiBaseUrl.replace(/\/$/, '');
  return async (method, path, body, mayRepeat = true) => {
    if (accessToken === undefined) throw new ShopRefused(SHOP, 401, 'the secret holds no access token');
    const headers = {
      authorization: `Basic ${Buffer.from(accessToken).toString('base64')}`,
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await retryWithDeadline(
      SHOP,
      deadlines,
      (signal) => requestShop(SHOP, fetch, base + path, { ...request, signal }),
      (error) => failureOf(error, mayRepeat),
    );
    if (response.status >= 200 && response.status <= 299) return response.body;
    // The code alone: WordPress's message may quote what was sent.
    throw new WooRefused(response.status, Refusal.safeParse(response.body).data?.code ?? 'no code');
  };
}

/** What is done with orders and webhooks of one store. */
export function wooStore(access: WooAccess): WooStore {
  const send = wooRest(access);
  return {
    listWebhooks: async () => read(z.array(Webhook), await send('GET', `/webhooks?per_page=${PAGE}`)),
    async createWebhook({ topic, url, secret }) {
      await send('POST', '/webhooks', { name: `Order Loop ${topic}`, topic, delivery_url: url, secret });
    },
    async activateWebhook(id) {
      await send('PUT', `/webhooks/${id}`, { status: 'active' });
    },
    async listChanged(from, except) {
      const query = new URLSearchParams({
        // Without a zone, or WordPress turns it into the time of the site. It gives what is after it.
        modified_after: new Date(Date.parse(from) - 1000).toISOString().slice(0, 19),
        dates_are_gmt: 'true',
        orderby: 'modified',
        order: 'asc',
        status: 'any',
        per_page: String(PAGE_OF_ORDERS),
        ...(except.length > 0 && { exclude: except.join(',') }),
      });
      return read(z.array(Changed), await send('GET', `/orders?${query}`));
    },
    async listOrders(orderIds) {
      const query = new URLSearchParams({
        include: orderIds.join(','),
        status: 'any',
        per_page: String(orderIds.length),
      });
      return read(z.array(Changed), await send('GET', `/orders?${query}`));
    },
    async retrieveOrder(orderId) {
      // A site whose API has gone answers 404 as well, and says nothing of the order.
      const body = await nullIfMissing(send('GET', orderPath(orderId)), NO_ORDER);
      return body === null ? null : read(WooOrder, body);
    },
    listRefunds: async (orderId) =>
      read(z.array(WooRefund), await send('GET', `${orderPath(orderId)}/refunds?per_page=${PAGE}`)),
    async setStatus(orderId, status) {
      await send('PUT', orderPath(orderId), { status });
    },
    async addNote(orderId, note, forCustomer) {
      await send('POST', `${orderPath(orderId)}/notes`, { note, customer_note: forCustomer });
    },
    async listNotes(orderId) {
      const notes = read(Notes, await send('GET', `${orderPath(orderId)}/notes?per_page=${PAGE}`));
      return notes.map(({ note }) => note);
    },
    async addTracking(orderId, { carrier, trackingNumber, dateShipped }) {
      const tracking = {
        custom_tracking_provider: carrier,
        tracking_number: trackingNumber,
        date_shipped: dateShipped,
      };
      return (
        (await nullIfMissing(send('POST', `${orderPath(orderId)}/shipment-trackings`, tracking))) !== null
      );
    },
  };
}

function orderPath(orderId: string): string {
  return `/orders/${encodeURIComponent(orderId)}`;
}

/** @returns the body by the schema. @throws ShopUnreadable where it has another form */
export function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ShopUnreadable(SHOP, parsed.error);
  return parsed.data;
}

async function nullIfMissing<Value>(response: Promise<Value>, code = /./): Promise<Value | null> {
  try {
    return await response;
  } catch (error) {
    if (error instanceof WooRefused && error.status === 404 && code.test(error.code)) return null;
    throw error;
  }
}
