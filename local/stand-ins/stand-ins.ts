import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { LOCAL_ACCESS_TOKEN } from '../aws/secrets.ts';
import { sendJson, sendProblem } from '../gateway/answer.ts';
import { readBody } from '../gateway/body.ts';
import { Fault, type Journal, openFaults } from './faults.ts';
import type { StandInAnswer } from './square.ts';

/** Where the stand-ins are found below the address of the loop. */
export const STAND_INS = '/dev/stand-ins';

const BODY_LIMIT = 1024 * 1024;

/** A shop's stand-in, as the server below drives it. */
export interface ShopStandIn {
  operationOf(method: string, path: string, body: unknown): string;
  answer(method: string, path: string, body: unknown): StandInAnswer;
  /** Plays the merchant: puts an order into the shop. */
  put(order: unknown): void;
}

/**
 * Answers requests under `/dev/stand-ins`, where shops are played that speak what Shopify and Square speak: false for
 * any other request. `GET /dev/stand-ins` shows what they were asked, `PUT …/faults` makes the next answers fail,
 * `PUT …/<shop>/orders` puts an order into a shop.
 */
export function standInRoutes(shops: Readonly<Record<'square', ShopStandIn>>) {
  const faults = openFaults();
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path !== STAND_INS && !path.startsWith(`${STAND_INS}/`)) return false;
    const method = request.method ?? 'GET';
    const [, name = '', below = ''] = /^\/([^/]*)(\/.*)?$/.exec(path.slice(STAND_INS.length)) ?? [];
    const bytes = await readBody(request, BODY_LIMIT);
    const body = bytes === null ? undefined : parsed(bytes);
    const shop = Object.hasOwn(shops, name) ? shops[name as keyof typeof shops] : undefined;
    if (name === '' && method === 'GET') sendJson(response, 200, { items: faults.asked });
    else if (name === 'faults' && method === 'PUT') plan(faults, body, response, path);
    else if (shop === undefined) sendProblem(response, 'not_found', 'there is no such stand-in', path);
    else if (below === '/orders' && method === 'PUT') put(shop, body, response, path);
    else await ask(faults, { shop, name: name as 'square', method, path: below, body }, request, response);
    return true;
  };
}

interface Question {
  readonly shop: ShopStandIn;
  readonly name: 'square';
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

async function ask(
  faults: Journal,
  { shop, name, method, path, body }: Question,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
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
  if (!isAuthorized(request)) {
    note(401);
    const errors = [
      { category: 'AUTHENTICATION_ERROR', code: 'UNAUTHORIZED', detail: 'no valid access token' },
    ];
    sendJson(response, 401, { errors });
    return;
  }
  const answer = shop.answer(method, path, body);
  note(answer.status);
  if (fault?.loseAnswer === true) response.destroy();
  else sendJson(response, answer.status, answer.body);
}

function isAuthorized(request: IncomingMessage): boolean {
  return (
    request.headers.authorization === `Bearer ${LOCAL_ACCESS_TOKEN}` ||
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

function put(shop: ShopStandIn, body: unknown, response: ServerResponse, path: string): void {
  try {
    shop.put(body);
    sendJson(response, 200, { status: 'ok' });
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    sendProblem(response, 'validation_failed', z.prettifyError(error), path);
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
