import * as z from 'zod';
import { type Deadline, retryWithDeadline } from '../../../adapters/retry-with-deadline.ts';
import { withoutSlashes } from '../../connection-settings.ts';
import { failureOf, requestShop } from '../../core/shop-request.ts';
import { ShopRefused } from '../../core/shops.ts';

/** An app that has no lasting token, as those made since January 2026. */
export interface ShopifyApp {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the shop is reached: `https://acme.myshopify.com`. */
  readonly shopUrl: string;
}

/** So long before its end a token is not used any more, in milliseconds. */
const MARGIN = 5 * 60_000;

const Granted = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

interface Token {
  readonly granted: Promise<z.infer<typeof Granted>>;
  endsAt: number;
}

/**
 * Gives tokens by the client-credentials grant: each lasts a day, is kept in the memory of the process, and is asked
 * anew before it ends.
 *
 * @param now epoch milliseconds
 * @returns throws ShopRefused where the shop does not grant one, Busy where it is not reached
 * @see https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant
 */
export function shopifyTokens(
  { deadlines, fetch }: { readonly deadlines: Deadline; readonly fetch: typeof globalThis.fetch },
  now: () => number = Date.now,
): (app: ShopifyApp) => Promise<string> {
  const tokens = new Map<string, Token>();
  return async (app) => {
    for (const [key, { endsAt }] of tokens) if (endsAt - MARGIN <= now()) tokens.delete(key);
    const key = JSON.stringify(app);
    const known = tokens.get(key);
    if (known !== undefined) return (await known.granted).access_token;
    // Until it is known how long it lasts, those who ask meanwhile wait for the same one.
    const token: Token = { granted: grant(app, deadlines, fetch), endsAt: Number.POSITIVE_INFINITY };
    tokens.set(key, token);
    try {
      const { access_token, expires_in } = await token.granted;
      token.endsAt = now() + expires_in * 1000;
      return access_token;
    } catch (error) {
      tokens.delete(key);
      throw error;
    }
  };
}

async function grant(
  { clientId, clientSecret, shopUrl }: ShopifyApp,
  deadlines: Deadline,
  fetch: typeof globalThis.fetch,
): Promise<z.infer<typeof Granted>> {
  const url = `${withoutSlashes(shopUrl)}/admin/oauth/access_token`;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const { status, body: answer } = await retryWithDeadline(
    'Shopify',
    deadlines,
    (signal) => requestShop('Shopify', fetch, url, { method: 'POST', body, signal }),
    failureOf,
  );
  const granted = Granted.safeParse(answer);
  if (status === 200 && granted.success) return granted.data;
  // Without a token every request would be refused.
  throw new ShopRefused(
    'Shopify',
    401,
    `no access token is granted to the app of the connection (${status})`,
  );
}
