import * as z from 'zod';
import { type Deadline, type Failure, retryWithDeadline } from '../../../adapters/retry-with-deadline.ts';
import { ShopRefused } from '../../core/shops.ts';

/** The version of the Admin API that the requests here are written for; the webhooks have the same. */
const API_VERSION = '2026-01';

export interface ShopifyAccess {
  /** The shop's domain: `northfield-test.myshopify.com`. */
  readonly shop: string;
  /** Without one every call is refused. */
  readonly accessToken: string | undefined;
  /** @default the shop itself */
  readonly apiBaseUrl?: string | undefined;
  readonly deadlines: Deadline;
  readonly fetch: typeof fetch;
}

/**
 * Asks the Admin API one thing; the answer's `data` is checked against the schema.
 *
 * @param mayRepeat whether a request whose answer was lost may be made again at once. Mutations of Shopify have no
 *   idempotency key: what became of one has to be looked up first. @default true
 */
export type AskShopify = <Data>(
  query: string,
  variables: Readonly<Record<string, unknown>>,
  schema: z.ZodType<Data>,
  mayRepeat?: boolean,
) => Promise<Data>;

const Answer = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(
      z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).optional() }),
    )
    .optional(),
  extensions: z
    .object({
      cost: z
        .object({
          requestedQueryCost: z.number(),
          throttleStatus: z.object({ currentlyAvailable: z.number(), restoreRate: z.number() }),
        })
        .optional(),
    })
    .optional(),
});

/** A try that Shopify did not answer as asked. */
class Unanswered extends Error {
  readonly failure: Failure;
  /** Whether it is certain that nothing was done. */
  readonly isUndone: boolean;
  constructor(detail: string, failure: Failure, isUndone: boolean) {
    super(detail);
    this.name = 'Unanswered';
    this.failure = failure;
    this.isUndone = isUndone;
  }
}

function isUndone(error: unknown): boolean {
  return error instanceof Unanswered && error.isUndone;
}

/**
 * The GraphQL Admin API of a shop, over plain HTTP: Shopify's own client takes no address other than the shop's, and
 * does not wait when the answer says that the cost of the query is used up.
 *
 * @see https://shopify.dev/docs/api/usage/limits
 */
export function shopifyGraphql({
  shop,
  accessToken,
  apiBaseUrl = `https://${shop}`,
  deadlines,
  fetch,
}: ShopifyAccess): AskShopify {
  const url = `${apiBaseUrl.replace(/\/+$/, '')}/admin/api/${API_VERSION}/graphql.json`;
  return async (query, variables, schema, mayRepeat = true) => {
    if (accessToken === undefined) {
      throw new ShopRefused('Shopify', 401, 'the secret holds no access token');
    }
    const headers = { 'content-type': 'application/json', 'x-shopify-access-token': accessToken };
    const body = JSON.stringify({ query, variables });
    const ask = async (signal: AbortSignal): Promise<unknown> => {
      const response = await fetch(url, { method: 'POST', headers, body, signal }).catch((error: unknown) => {
        // The address may not be asked at all; trying again would not change it.
        throw error instanceof TypeError ? new ShopRefused('Shopify', 0, error.message) : error;
      });
      return dataOf(response, await response.text());
    };
    const data = await retryWithDeadline('Shopify', deadlines, ask, (error) => {
      const { mayPass, retryAfter } = failureOf(error);
      return { mayPass: mayPass && (mayRepeat || isUndone(error)), retryAfter };
    });
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    const paths = parsed.error.issues.slice(0, 3).map(({ path }) => path.join('.'));
    throw new ShopRefused('Shopify', 200, `an answer of another form: ${paths.join(', ')}`);
  };
}

function dataOf(response: Response, text: string): unknown {
  const { status } = response;
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfter = response.headers.get('retry-after');
    throw new Unanswered(`status ${status}`, { mayPass: true, retryAfter }, status === 429);
  }
  const parsed = Answer.safeParse(parsedJson(text));
  if (!response.ok || !parsed.success) throw new ShopRefused('Shopify', status, 'no answer of the Admin API');
  const { data, errors = [], extensions } = parsed.data;
  if (errors.length === 0) return data;
  const codes = errors.map(({ extensions: more }) => more?.code ?? 'no code');
  if (codes.includes('THROTTLED')) {
    const { requestedQueryCost = 0, throttleStatus } = extensions?.cost ?? {};
    const { currentlyAvailable = 0, restoreRate = 50 } = throttleStatus ?? {};
    const seconds = Math.max(0, requestedQueryCost - currentlyAvailable) / restoreRate;
    throw new Unanswered('throttled', { mayPass: true, retryAfter: String(seconds) }, true);
  }
  if (codes.includes('INTERNAL_SERVER_ERROR')) {
    throw new Unanswered('an error of Shopify', { mayPass: true, retryAfter: null }, false);
  }
  throw new ShopRefused('Shopify', status, codes.join(', '));
}

function failureOf(error: unknown): Failure {
  if (error instanceof Unanswered) return error.failure;
  // Not reached, cut off, or too late.
  return { mayPass: !(error instanceof ShopRefused), retryAfter: null };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
