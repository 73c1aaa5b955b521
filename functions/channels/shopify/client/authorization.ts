import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { type Deadline, retryWithDeadline } from '../../../adapters/retry-with-deadline.ts';
import { withoutSlashes } from '../../connection-settings.ts';
import { type Authorization, NotAuthorized } from '../../core/authorization.ts';
import { failureOf, requestShop } from '../../core/shop-request.ts';
import { ACCESS_SCOPES } from './scopes.ts';

/** The app by which a shop is connected. */
export interface ShopifyOAuthApp {
  readonly clientId: string;
  readonly clientSecrets: readonly (string | undefined)[];
  /** Where the shop is reached: `https://acme.myshopify.com`. */
  readonly shopUrl: string;
}

/** The only domains that Shopify sends browsers back from. */
const SHOP_DOMAIN = /^[a-z0-9][a-z0-9-]{0,100}\.myshopify\.com$/;

/** Milliseconds after which a callback of Shopify's is too old to be one of a browser that was just sent back. */
const MAX_AGE = 3_600_000;

const Token = z.object({ access_token: z.string().min(1), scope: z.string() });

/**
 * The authorization code grant with an offline token, which lasts until the app is uninstalled.
 *
 * @param appOf throws NotAuthorized where the connection names no app
 * @see https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant
 */
export function shopifyAuthorization(
  appOf: (shop: string) => Promise<ShopifyOAuthApp>,
  { deadlines, fetch }: { readonly deadlines: Deadline; readonly fetch: typeof globalThis.fetch },
): Authorization {
  return {
    async page(shop, { state, redirectUri }) {
      if (!SHOP_DOMAIN.test(shop)) {
        throw new NotAuthorized(
          `${shop} is no domain of the form name.myshopify.com, by which Shopify knows a shop`,
        );
      }
      const { clientId, shopUrl } = await appOf(shop);
      const query = new URLSearchParams({
        client_id: clientId,
        scope: ACCESS_SCOPES.join(','),
        redirect_uri: redirectUri,
        state,
      });
      return `${withoutSlashes(shopUrl)}/admin/oauth/authorize?${query}`;
    },

    async grant(shop, answer) {
      const { clientId, clientSecrets, shopUrl } = await appOf(shop);
      const { code, shop: named = '', timestamp } = answer;
      if (!SHOP_DOMAIN.test(named) || named !== shop) {
        throw new NotAuthorized('another shop than the one of the connection sent the browser back');
      }
      const signing = clientSecrets.find((secret) => secret !== undefined && isSigned(answer, secret));
      if (signing === undefined) {
        throw new NotAuthorized('the signature of the callback is not of the app: compare its client secret');
      }
      const age = Date.now() - Number(timestamp) * 1000;
      if (!(Math.abs(age) <= MAX_AGE)) throw new NotAuthorized('the callback of Shopify is too old');
      if (code === undefined) throw new NotAuthorized('Shopify sent no code');
      const body = JSON.stringify({ client_id: clientId, client_secret: signing, code });
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const response = await retryWithDeadline(
        'Shopify',
        deadlines,
        (signal) =>
          requestShop('Shopify', fetch, `${withoutSlashes(shopUrl)}/admin/oauth/access_token`, {
            ...{ method: 'POST', body, headers, signal },
          }),
        failureOf,
      );
      const token = Token.safeParse(response.body);
      if (response.status !== 200 || !token.success) {
        throw new NotAuthorized(
          `Shopify gave no access token (${response.status}): the code may have been used`,
        );
      }
      const given = new Set(token.data.scope.split(',').map((scope) => scope.trim()));
      // A right to write includes the one to read, which Shopify then leaves out.
      const isGiven = (scope: string) => given.has(scope) || given.has(scope.replace(/^read_/, 'write_'));
      return {
        accessToken: token.data.access_token,
        missingScopes: ACCESS_SCOPES.filter((scope) => !isGiven(scope)),
      };
    },
  };
}

/** Shopify signs all parameters but the signature, in the order of their names. */
function isSigned(
  { hmac = '', ...signed }: Readonly<Record<string, string | undefined>>,
  secret: string,
): boolean {
  const message = Object.entries(signed)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value ?? '')}`)
    .join('&');
  const expected = createHmac('sha256', secret).update(message).digest();
  const given = Buffer.from(hmac, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
