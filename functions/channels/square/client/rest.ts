import * as z from 'zod';
import { type Deadline, retryWithDeadline } from '../../../adapters/retry-with-deadline.ts';
import { withoutSlashes } from '../../connection-settings.ts';
import { failureOf, requestShop } from '../../core/shop-request.ts';
import { ShopRefused, ShopUnreadable } from '../../core/shops.ts';

/** Where Square is reached unless a connection says otherwise. */
export const SQUARE_API = 'https://connect.squareup.com';

/** The version of the API that the requests here are written for. */
export const API_VERSION = '2026-09-16';

export interface SquareAccess {
  /** Without one every call is refused. */
  readonly accessToken: string | undefined;
  readonly apiBaseUrl?: string | undefined;
  readonly deadlines: Deadline;
  readonly fetch: typeof fetch;
}

/** A request that Square refused, with the codes of its errors. */
export class SquareRefused extends ShopRefused {
  readonly codes: readonly string[];
  constructor(status: number, codes: readonly string[]) {
    // Codes alone: Square's details may quote what was sent.
    super('Square', status, codes.join(', ') || 'no code');
    this.name = 'SquareRefused';
    this.codes = codes;
  }
}

const Refusal = z.object({ errors: z.array(z.object({ code: z.string() })) });

/**
 * Sends a request to Square's REST API and reads the response by the schema. A request that failed is sent again: the
 * ones that change something carry an idempotency key.
 *
 * @param body in the names of the API
 * @returns the response, its fields named in camel case
 * @throws Busy when Square could not be reached or was too busy
 * @throws SquareRefused when Square refuses the request
 * @throws ShopUnreadable when the response has another form
 * @see https://developer.squareup.com/docs/build-basics/using-rest-api
 */
export type RequestSquare = <Response>(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  schema: z.ZodType<Response>,
  body?: unknown,
) => Promise<Response>;

/** The REST API of one merchant's account at Square. */
export function squareRest({
  accessToken,
  apiBaseUrl = SQUARE_API,
  deadlines,
  fetch,
}: SquareAccess): RequestSquare {
  const base = withoutSlashes(apiBaseUrl);
  return async (method, path, schema, body) => {
    if (accessToken === undefined) throw new ShopRefused('Square', 401, 'the secret holds no access token');
    const headers = {
      authorization: `Bearer ${accessToken}`,
      'square-version': API_VERSION,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await retryWithDeadline(
      'Square',
      deadlines,
      (signal) => requestShop('Square', fetch, base + path, { ...request, signal }),
      failureOf,
    );
    if (response.status < 200 || response.status > 299) {
      const codes = Refusal.safeParse(response.body).data?.errors.map(({ code }) => code) ?? [];
      throw new SquareRefused(response.status, codes);
    }
    const parsed = schema.safeParse(camelCased(response.body));
    if (!parsed.success) throw new ShopUnreadable('Square', parsed.error);
    return parsed.data;
  };
}

/** Levels of a response; Square's orders have some ten. What lies deeper is left as it is. */
const MAX_DEPTH = 50;

/** @returns the value with its fields named in camel case; keys of metadata are the merchant's own and stay. */
export function camelCased(value: unknown, field = '', depth = 0): unknown {
  if (typeof value !== 'object' || value === null || field === 'metadata' || depth === MAX_DEPTH)
    return value;
  if (Array.isArray(value)) return value.map((each) => camelCased(each, '', depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, of]) => [
      name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      camelCased(of, name, depth + 1),
    ]),
  );
}
