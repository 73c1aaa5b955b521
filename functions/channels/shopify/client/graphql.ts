import * as z from 'zod';
import { type Deadline, retryWithDeadline } from '../../../adapters/retry-with-deadline.ts';
import { withoutSlashes } from '../../connection-settings.ts';
import { failureOf, requestShop, type ShopResponse, ShopUnanswered } from '../../core/shop-request.ts';
import { ShopRefused } from '../../core/shops.ts';
import { API_VERSION, type ApiVersion } from '../descriptor.ts';
import { versionWarning } from './api-version.ts';

export interface ShopifyAccess {
  /** The shop's domain: `northfield-test.myshopify.com`. */
  readonly shop: string;
  /** Without one every call is refused. */
  readonly accessToken: string | undefined;
  /** @default the shop itself */
  readonly apiBaseUrl?: string | undefined;
  /** @default the newest that is known here */
  readonly apiVersion?: ApiVersion | undefined;
  readonly deadlines: Deadline;
  readonly fetch: typeof fetch;
  /** Is called with what an operator has to know of the version, with each answer. */
  readonly warn?: ((warning: string) => void) | undefined;
}

/**
 * Asks the Admin API one thing; the answer's `data` is checked against the schema.
 *
 * @param mayRepeat whether a request whose answer was lost may be made again at once. Most mutations have
 *   no idempotency key: what became of one has to be looked up first. @default true
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
      z.object({
        message: z.string(),
        extensions: z
          .object({ code: z.string().optional(), requiredAccess: z.string().optional() })
          .optional(),
      }),
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
  apiVersion = API_VERSION,
  deadlines,
  fetch,
  warn,
}: ShopifyAccess): AskShopify {
  const url = `${withoutSlashes(apiBaseUrl)}/admin/api/${apiVersion}/graphql.json`;
  return async (query, variables, schema, mayRepeat = true) => {
    if (accessToken === undefined) {
      throw new ShopRefused('Shopify', 401, 'the secret holds no access token');
    }
    const headers = { 'content-type': 'application/json', 'x-shopify-access-token': accessToken };
    const body = JSON.stringify({ query, variables });
    const ask = async (signal: AbortSignal): Promise<unknown> => {
      const answer = await requestShop('Shopify', fetch, url, { method: 'POST', headers, body, signal });
      const warning = versionWarning(apiVersion, answer.headers.get('x-shopify-api-version'), new Date());
      if (warning !== null) warn?.(warning);
      return dataOf(answer);
    };
    const data = await retryWithDeadline('Shopify', deadlines, ask, (error) => failureOf(error, mayRepeat));
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    const paths = parsed.error.issues.slice(0, 3).map(({ path }) => path.join('.'));
    throw new ShopRefused('Shopify', 200, `an answer of another form: ${paths.join(', ')}`);
  };
}

function dataOf({ status, body }: ShopResponse): unknown {
  const parsed = Answer.safeParse(body);
  if (status < 200 || status > 299 || !parsed.success) {
    throw new ShopRefused('Shopify', status, 'no answer of the Admin API');
  }
  const { data, errors = [], extensions } = parsed.data;
  if (errors.length === 0) return data;
  const codes = errors.map(({ extensions: more }) => more?.code ?? 'no code');
  if (codes.includes('THROTTLED')) {
    const { requestedQueryCost = 0, throttleStatus } = extensions?.cost ?? {};
    const { currentlyAvailable = 0, restoreRate = 50 } = throttleStatus ?? {};
    const seconds = Math.max(0, requestedQueryCost - currentlyAvailable) / restoreRate;
    throw new ShopUnanswered('throttled', { mayPass: true, retryAfter: String(seconds) }, true);
  }
  if (codes.includes('INTERNAL_SERVER_ERROR')) {
    throw new ShopUnanswered('an error of Shopify', { mayPass: true, retryAfter: null }, false);
  }
  const missing = errors.flatMap(({ extensions: more }) => more?.requiredAccess ?? []);
  const access = missing.length === 0 ? [] : [`the token needs ${[...new Set(missing)].join(', ')}`];
  throw new ShopRefused('Shopify', status, [...new Set(codes), ...access].join(', ').slice(0, 500));
}
