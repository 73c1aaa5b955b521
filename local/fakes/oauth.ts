import { createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { LOCAL_CLIENT_ID, LOCAL_CLIENT_SECRET } from '../aws/credentials.ts';
import type { Keeper } from '../aws/secrets.ts';

/** What a page or a token endpoint of a fake answers. */
export interface OAuthAnswer {
  readonly operation: string;
  readonly status: number;
  readonly body?: unknown;
  /** Where the browser is sent. */
  readonly location?: string;
}

/** The pages on which access is given, and where codes are exchanged: asked without an access token. */
export interface OAuthFake {
  /** @returns null for a request that is none of these */
  answer(method: string, path: string, query: URLSearchParams, body: unknown): OAuthAnswer | null;
  /** @returns whether it gave this token, which has not ended */
  accepts(token: string): boolean;
}

/** The shop and the account that the fakes play. */
const SHOP = 'northfield-test.myshopify.com';
const MERCHANT = 'MLTESTMERCHANT1';

const CALLBACK = '/oauth/callback';
/** Milliseconds for which a code counts; Square's own figure. */
const CODE_LASTS = 5 * 60_000;
const TOKEN_LASTS = 30 * 86_400_000;

const Code = z.object({ scope: z.string(), redirectUri: z.string(), until: z.number() });
const Exchange = z.object({
  client_id: z.string(),
  client_secret: z.string(),
  grant_type: z.string().optional(),
  code: z.string().optional(),
  refresh_token: z.string().optional(),
  redirect_uri: z.string().optional(),
});

function kept(keeper: Keeper, shop: string) {
  const nameOf = (kind: string, value: string) => `stand-in ${shop} oauth ${kind} ${value}`;
  return {
    make(kind: 'code' | 'token' | 'refresh', prefix: string, about: object): string {
      const value = prefix + randomBytes(24).toString('hex');
      keeper.write(nameOf(kind, value), JSON.stringify(about));
      return value;
    },
    /** Codes are used once. */
    use(value: string): z.infer<typeof Code> | null {
      const found = this.find('code', value);
      if (found === null) return null;
      keeper.write(nameOf('code', value), JSON.stringify({ used: true }));
      return Code.safeParse(found).data ?? null;
    },
    find(kind: 'code' | 'token' | 'refresh', value: string): unknown {
      const text = keeper.read(nameOf(kind, value));
      return text === null ? null : JSON.parse(text);
    },
    accepts(token: string): boolean {
      const found = z.object({ until: z.number().nullable() }).safeParse(this.find('token', token));
      return found.success && (found.data.until === null || found.data.until > Date.now());
    },
  };
}

/** What both refuse on their pages, in place of sending the browser back. */
function refusedPage(query: URLSearchParams): string | null {
  if (query.get('client_id') !== LOCAL_CLIENT_ID) return 'unknown client_id';
  if ((query.get('scope') ?? '') === '') return 'scope is missing';
  if ((query.get('state') ?? '') === '') return 'state is missing';
  const redirect = URL.parse(query.get('redirect_uri') ?? '');
  return redirect?.pathname === CALLBACK ? null : 'redirect_uri is not registered for the application';
}

function backTo(query: URLSearchParams, answer: Readonly<Record<string, string>>): string {
  return `${query.get('redirect_uri')}?${new URLSearchParams(answer)}`;
}

/**
 * A merchant at Shopify who gives access to the app when asked.
 *
 * @param clientSecret of the app, with which Shopify signs
 * @see https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant
 */
export function shopifyOAuth(keeper: Keeper, clientSecret: string): OAuthFake {
  const given = kept(keeper, 'shopify');
  return {
    accepts: (token) => given.accepts(token),
    answer(method, path, query, body) {
      if (method === 'GET' && path === '/admin/oauth/authorize') {
        const operation = 'authorizePage';
        const refused = refusedPage(query);
        if (refused !== null) return { operation, status: 400, body: { error: 'invalid_request', refused } };
        const about = { scope: query.get('scope'), redirectUri: '', until: Date.now() + CODE_LASTS };
        const answer = {
          code: given.make('code', '', about),
          shop: SHOP,
          state: query.get('state') ?? '',
          timestamp: String(Math.floor(Date.now() / 1000)),
        };
        const message = new URLSearchParams(Object.entries(answer).sort()).toString();
        const hmac = createHmac('sha256', clientSecret).update(message).digest('hex');
        return { operation, status: 302, location: backTo(query, { ...answer, hmac }) };
      }
      if (method !== 'POST' || path !== '/admin/oauth/access_token') return null;
      const operation = 'exchangeCode';
      const asked = Exchange.safeParse(body).data;
      const refused = (error: string) => ({ operation, status: 400, body: { error } });
      if (asked?.client_id !== LOCAL_CLIENT_ID || asked.client_secret !== clientSecret) {
        return refused('application_cannot_be_found');
      }
      const code = given.use(asked.code ?? '');
      if (code === null || code.until < Date.now()) return refused('invalid_request');
      const access_token = given.make('token', 'shpat_', { until: null });
      return { operation, status: 200, body: { access_token, scope: code.scope } };
    },
  };
}

/**
 * A seller at Square who gives access to the application when asked.
 *
 * @see https://developer.squareup.com/reference/square/o-auth-api/obtain-token
 */
export function squareOAuth(keeper: Keeper): OAuthFake {
  const given = kept(keeper, 'square');
  return {
    accepts: (token) => given.accepts(token),
    answer(method, path, query, body) {
      if (method === 'GET' && path === '/oauth2/authorize') {
        const operation = 'Authorize';
        const refused = refusedPage(query);
        if (refused !== null) return { operation, status: 400, body: { error: 'invalid_request', refused } };
        const redirectUri = query.get('redirect_uri') ?? '';
        const about = { scope: query.get('scope'), redirectUri, until: Date.now() + CODE_LASTS };
        const code = given.make('code', 'sq0cgp-', about);
        const answer = { code, response_type: 'code', state: query.get('state') ?? '' };
        return { operation, status: 302, location: backTo(query, answer) };
      }
      if (method !== 'POST' || path !== '/oauth2/token') return null;
      const operation = 'ObtainToken';
      const asked = Exchange.safeParse(body).data;
      const refused = (status: number, code: string) => ({
        ...{ operation, status },
        body: { errors: [{ category: 'AUTHENTICATION_ERROR', code, detail: 'refused' }] },
      });
      if (asked?.client_id !== LOCAL_CLIENT_ID || asked.client_secret !== LOCAL_CLIENT_SECRET) {
        return refused(401, 'UNAUTHORIZED');
      }
      let refresh = asked.refresh_token ?? '';
      if (asked.grant_type === 'authorization_code') {
        const code = given.use(asked.code ?? '');
        if (code === null || code.until < Date.now() || code.redirectUri !== asked.redirect_uri) {
          return refused(401, 'UNAUTHORIZED');
        }
        refresh = given.make('refresh', 'EQAA', {});
      } else if (asked.grant_type !== 'refresh_token' || given.find('refresh', refresh) === null) {
        return refused(401, 'UNAUTHORIZED');
      }
      const until = Date.now() + TOKEN_LASTS;
      const token = {
        access_token: given.make('token', 'EAAA', { until }),
        token_type: 'bearer',
        expires_at: new Date(until).toISOString(),
        merchant_id: MERCHANT,
        refresh_token: refresh,
        short_lived: false,
      };
      return { operation, status: 200, body: token };
    },
  };
}
