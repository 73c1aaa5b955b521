import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { LOCAL_ACCESS_TOKEN } from '../aws/credentials.ts';
import { sendJson, sendProblem } from '../gateway/answer.ts';
import { readBody } from '../gateway/body.ts';
import { Fault, type Journal, openFaults } from './faults.ts';
import type { OAuthFake } from './oauth.ts';
import type { FakeStock } from './stock.ts';

/** Where the fakes are found below the address of the loop. */
export const FAKES = '/dev/stand-ins';

const BODY_LIMIT = 1024 * 1024;

/** An answer of a fake. */
export interface FakeAnswer {
  readonly operation: string;
  readonly status: number;
  readonly body: unknown;
}

/** A shop's fake, as the server below drives it. */
export interface ShopFake {
  readonly stock: FakeStock;
  /** Where access is given. @default the shop knows only the local token */
  readonly oauth?: OAuthFake;
  /** What a request asks for, by the name that faults know it by. */
  operationOf(method: string, path: string, body: unknown): string;
  /** @param path below the API's address: `/v2/orders/CAIS…` */
  answer(method: string, path: string, body: unknown, query: URLSearchParams): FakeAnswer;
  /**
   * Plays the merchant: puts an order into the shop, in place of the one with its id.
   *
   * @throws ZodError or SyntaxError for what is no order of the shop
   */
  put(body: Uint8Array): void;
  /** Plays a shop that has an order no more, and sends no message of it. */
  lose(orderId: string): void;
  /**
   * Takes note of a webhook that the test or the demo sent in the shop's name: the shop knows what it said.
   *
   * @throws ZodError for what is no order of the shop; the webhook refuses it by itself
   */
  hear?(body: Uint8Array, headers: Readonly<Record<string, string>>): void;
}

/** Is kept where an order was that its shop has no more. */
export const REMOVED = 'removed';

/** The shops that are played, by the path of their webhook. */
export type Shops = Readonly<Record<string, ShopFake>>;

/**
 * Answers requests under `/dev/stand-ins`, where shops are played in the language of their own APIs: false for
 * any other request. `GET /dev/stand-ins` shows what they were asked, and their stock; `PUT …/faults` makes the next answers
 * fail; `PUT …/<shop>/orders` puts an order into a shop, `DELETE …/<shop>/orders/{orderId}` takes it out; `PUT …/<shop>/stock`
 * types quantities of products, which orders lower.
 */
export function fakeRoutes(shops: Shops) {
  const faults = openFaults();
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const [path = '/', search] = (request.url ?? '/').split('?');
    const query = new URLSearchParams(search);
    if (path !== FAKES && !path.startsWith(`${FAKES}/`)) return false;
    const method = request.method ?? 'GET';
    const [, name = '', below = ''] = /^\/([^/]*)(\/.*)?$/.exec(path.slice(FAKES.length)) ?? [];
    const bytes = await readBody(request, BODY_LIMIT);
    const body = bytes === null ? undefined : parsed(bytes);
    const shop = Object.hasOwn(shops, name) ? shops[name] : undefined;
    if (name === '' && method === 'GET') {
      const stock = Object.fromEntries(
        Object.entries(shops).map(([each, { stock: of }]) => [each, of.list()]),
      );
      sendJson(response, 200, { items: faults.asked, stock });
    } else if (name === 'faults' && method === 'PUT') plan(faults, body, response, path);
    else if (shop === undefined) sendProblem(response, 'not_found', 'there is no such stand-in', path);
    else if (below === '/orders' && method === 'PUT')
      put(() => shop.put(bytes ?? Buffer.alloc(0)), response, path);
    else if (below === '/stock' && method === 'PUT') put(() => shop.stock.put(body), response, path);
    else if (method === 'DELETE' && LOST_ORDER.test(below)) {
      shop.lose(decodeURIComponent(LOST_ORDER.exec(below)?.[1] ?? ''));
      response.writeHead(204).end();
    } else await ask(faults, { shop, name, method, path: below, body, query }, request, response);
    return true;
  };
}

/** Below the name of a shop; the loop itself deletes no order in a shop. */
const LOST_ORDER = /^\/orders\/([^/]+)$/;

interface Question {
  readonly shop: ShopFake;
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly query: URLSearchParams;
}

async function ask(
  faults: Journal,
  { shop, name, method, path, body, query }: Question,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const given = shop.oauth?.answer(method, path, query, body) ?? null;
  if (given !== null) {
    // Without what was sent: secrets are in it.
    faults.note({ shop: name, operation: given.operation, status: given.status, input: null });
    if (given.location !== undefined) response.setHeader('location', given.location);
    sendJson(response, given.status, given.body ?? {});
    return;
  }
  const operation = shop.operationOf(method, path, body);
  const note = (status: number) => faults.note({ shop: name, operation, status, input: body ?? null });
  const fault = await faults.next(operation);
  if (fault?.status !== undefined) {
    note(fault.status);
    if (fault.retryAfter !== undefined) response.setHeader('retry-after', String(fault.retryAfter));
    sendJson(response, fault.status, {
      errors: [{ category: 'API_ERROR', code: 'PLANNED', detail: 'planned' }],
    });
    return;
  }
  if (fault?.throttled === true) {
    note(200);
    sendJson(response, 200, THROTTLED);
    return;
  }
  if (!isAuthorized(request, shop)) {
    note(401);
    const errors = [
      { category: 'AUTHENTICATION_ERROR', code: 'UNAUTHORIZED', detail: 'no valid access token' },
    ];
    sendJson(response, 401, { errors });
    return;
  }
  const answer = shop.answer(method, path, body, query);
  note(answer.status);
  if (fault?.loseAnswer === true) response.destroy();
  else sendJson(response, answer.status, answer.body);
}

/** Enough is restored within a tenth of a second. */
const THROTTLED = {
  errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
  extensions: {
    cost: {
      requestedQueryCost: 20,
      actualQueryCost: null,
      throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 10, restoreRate: 100 },
    },
  },
};

function isAuthorized(request: IncomingMessage, { oauth }: ShopFake): boolean {
  const { authorization = '', 'x-shopify-access-token': token = authorization.replace(/^Bearer /, '') } =
    request.headers;
  return (
    oauth?.accepts(String(token)) === true ||
    request.headers.authorization === `Bearer ${LOCAL_ACCESS_TOKEN}` ||
    request.headers.authorization === `Basic ${Buffer.from(LOCAL_ACCESS_TOKEN).toString('base64')}` ||
    request.headers['x-shopify-access-token'] === LOCAL_ACCESS_TOKEN
  );
}

function plan(faults: Journal, body: unknown, response: ServerResponse, path: string): void {
  const planned = z.array(Fault).max(100).safeParse(body);
  if (!planned.success) {
    sendProblem(response, 'validation_failed', z.prettifyError(planned.error), path);
    return;
  }
  faults.plan(planned.data);
  sendJson(response, 200, { items: planned.data });
}

function put(change: () => void, response: ServerResponse, path: string): void {
  try {
    change();
    sendJson(response, 200, { status: 'ok' });
  } catch (error) {
    if (!(error instanceof z.ZodError) && !(error instanceof SyntaxError)) throw error;
    sendProblem(response, 'validation_failed', error.message, path);
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
