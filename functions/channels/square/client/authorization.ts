import * as z from 'zod';
import { Instant } from '../../../../domain/text.ts';
import { type Deadline, retryWithDeadline } from '../../../adapters/retry-with-deadline.ts';
import { withoutSlashes } from '../../connection-settings.ts';
import { type Authorization, type Granted, NotAuthorized } from '../../core/authorization.ts';
import { failureOf, requestShop } from '../../core/shop-request.ts';
import { API_VERSION, SQUARE_API } from './rest.ts';

/** What the loop may do at Square. @see https://developer.squareup.com/docs/oauth-api/square-permissions */
export const SQUARE_SCOPES = [
  'ORDERS_READ',
  'ORDERS_WRITE',
  'ITEMS_READ',
  'PAYMENTS_READ',
  'MERCHANT_PROFILE_READ',
  'INVENTORY_READ',
  'INVENTORY_WRITE',
] as const;

/** The application by which an account is connected. */
export interface SquareOAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly apiBaseUrl?: string | undefined;
}

const Token = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_at: Instant,
  merchant_id: z.string(),
});

/**
 * The code flow: a token lasts thirty days, its refresh token until the seller takes the access back.
 *
 * @param appOf throws NotAuthorized where the connection names no application
 * @see https://developer.squareup.com/docs/oauth-api/overview
 */
export function squareAuthorization(
  appOf: (merchant: string) => Promise<SquareOAuthApp>,
  { deadlines, fetch }: { readonly deadlines: Deadline; readonly fetch: typeof globalThis.fetch },
): Authorization {
  const obtain = async (merchant: string, terms: Readonly<Record<string, string>>): Promise<Granted> => {
    const { clientId, clientSecret, apiBaseUrl = SQUARE_API } = await appOf(merchant);
    const body = JSON.stringify({ client_id: clientId, client_secret: clientSecret, ...terms });
    const headers = { 'content-type': 'application/json', 'square-version': API_VERSION };
    const { status, body: answer } = await retryWithDeadline(
      'Square',
      deadlines,
      (signal) =>
        requestShop('Square', fetch, `${withoutSlashes(apiBaseUrl)}/oauth2/token`, {
          ...{ method: 'POST', body, headers, signal },
        }),
      failureOf,
    );
    const token = Token.safeParse(answer);
    if (status !== 200 || !token.success) {
      throw new NotAuthorized(`Square gave no access token (${status}): authorize the connection again`);
    }
    const { access_token, refresh_token, expires_at, merchant_id } = token.data;
    if (merchant_id !== merchant) {
      throw new NotAuthorized('access was given to another account than the one of the connection');
    }
    return {
      accessToken: access_token,
      refreshToken: refresh_token,
      expiresAt: expires_at,
      missingScopes: [],
    };
  };
  return {
    async page(merchant, { state, redirectUri }) {
      const { clientId, apiBaseUrl = SQUARE_API } = await appOf(merchant);
      const query = new URLSearchParams({
        client_id: clientId,
        scope: SQUARE_SCOPES.join(' '),
        session: 'false',
        state,
        redirect_uri: redirectUri,
      });
      return `${withoutSlashes(apiBaseUrl)}/oauth2/authorize?${query}`;
    },

    async grant(merchant, { code, error }, { redirectUri }) {
      if (error !== undefined) throw new NotAuthorized('access was denied at Square');
      if (code === undefined) throw new NotAuthorized('Square sent no code');
      return obtain(merchant, { grant_type: 'authorization_code', code, redirect_uri: redirectUri });
    },

    refresh: (merchant, refresh_token) => obtain(merchant, { grant_type: 'refresh_token', refresh_token }),
  };
}
