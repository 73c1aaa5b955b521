import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { ROLE_NAMES } from '../../contract/roles.ts';
import { SCOPES } from '../../contract/routes.ts';
import { escapeHtml } from '../../functions/api/html.ts';
import { sendJson } from './answer.ts';
import { readBody } from './body.ts';
import type { TokenIssuer } from './tokens.ts';

/** Where the sign-in of the local stack is; its endpoints are named like those of a user pool's domain. */
export const SIGN_IN_PATH = '/dev/issuer';

const COOKIE = 'order-loop-sign-in';
/** A code is exchanged at once. */
const CODE_MILLISECONDS = 60_000;
/** What is kept of each kind; the oldest is forgotten first. */
const MAX_KEPT = 1000;

const text = z.string().min(1).max(2000);
/** What a client asks for (RFC 6749, 4.1.1; RFC 7636; RFC 8707). */
const Asked = z.object({
  response_type: z.literal('code'),
  client_id: z.string().min(1).max(200),
  redirect_uri: z.url().max(2000),
  code_challenge: z.string().regex(/^[\w-]{43}$/),
  code_challenge_method: z.literal('S256'),
  scope: text.default('openid'),
  state: text.optional(),
  nonce: text.optional(),
  resource: z.url().max(1000).optional(),
  prompt: z.string().max(100).optional(),
});
type Asked = z.infer<typeof Asked>;

/** Who signs in, as the page asks. */
const Person = z.object({ person: z.string().trim().min(1).max(200), role: z.enum(ROLE_NAMES) });
type Person = z.infer<typeof Person>;

/** What a sign-in allows a client; a code and a refresh token stand for it. */
interface Grant extends Person {
  readonly asked: Asked;
  readonly endsAt: number;
}

/** Values by random names, of which only so many are kept. */
class Kept<Value> {
  readonly #values = new Map<string, Value>();

  add(value: Value): string {
    const name = randomBytes(32).toString('base64url');
    this.#values.set(name, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > MAX_KEPT && oldest !== undefined) this.#values.delete(oldest);
    return name;
  }

  get(name: string | null): Value | undefined {
    return name === null ? undefined : this.#values.get(name);
  }

  take(name: string | null): Value | undefined {
    const value = this.get(name);
    if (name !== null) this.#values.delete(name);
    return value;
  }
}

/**
 * Lets people sign in on this machine as they do at a deployed loop: authorization code with PKCE, refresh, revocation, and
 * the end of the session at the issuer. Whoever sits here chooses a name and a role; codes go to this machine alone. What
 * is signed in is forgotten with the process. It answers false for any other request.
 */
export function signInRoutes(issuer: TokenIssuer) {
  const codes = new Kept<Grant>();
  const refreshTokens = new Kept<Grant>();
  const sessions = new Kept<Person>();

  const authorize = (asked: Asked, { person, role }: Person, response: ServerResponse) => {
    const code = codes.add({ asked, person, role, endsAt: Date.now() + CODE_MILLISECONDS });
    goTo(response, asked.redirect_uri, { code, state: asked.state });
  };

  const exchange = (form: URLSearchParams, response: ServerResponse, own: string) => {
    switch (form.get('grant_type')) {
      case 'authorization_code': {
        const grant = codes.take(form.get('code'));
        if (grant === undefined || grant.endsAt < Date.now() || !isFor(grant, form))
          return refuse(response, 'invalid_grant');
        return answerTokens(grant, refreshTokens.add(grant), response, own);
      }
      case 'refresh_token': {
        const grant = refreshTokens.get(form.get('refresh_token'));
        if (grant?.asked.client_id !== form.get('client_id')) return refuse(response, 'invalid_grant');
        return answerTokens(grant, undefined, response, own);
      }
      default:
        return refuse(response, 'unsupported_grant_type');
    }
  };

  const answerTokens = async (
    { asked, person, role }: Grant,
    refreshToken: string | undefined,
    response: ServerResponse,
    own: string,
  ) => {
    const { client_id: client, resource, nonce } = asked;
    const scope = asked.scope.split(' ').filter(isKnownScope).join(' ');
    const isIdentified = asked.scope.split(' ').includes('openid');
    response.setHeader('cache-control', 'no-store');
    sendJson(response, 200, {
      access_token: await issuer.issue(scope, person, { client, resource, groups: [role] }),
      ...(isIdentified && {
        id_token: await issuer.identify({ iss: `${own}${SIGN_IN_PATH}`, aud: client, sub: person, nonce }),
      }),
      ...(refreshToken !== undefined && { refresh_token: refreshToken }),
      ...{ scope, token_type: 'Bearer', expires_in: issuer.lifetimeSeconds },
    });
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const own = `http://${request.headers.host}`;
    const [path = '', query = ''] = (request.url ?? '/').split('?');
    if (!path.startsWith(`${SIGN_IN_PATH}/`)) return false;
    const given = new URLSearchParams(query);
    switch (`${request.method} ${path.slice(SIGN_IN_PATH.length)}`) {
      case 'GET /.well-known/openid-configuration':
        sendJson(response, 200, discovery(own));
        return true;
      case 'GET /.well-known/jwks.json':
        sendJson(response, 200, issuer.keys);
        return true;
      case 'GET /oauth2/authorize': {
        const asked = askedIn(given, own);
        if (asked === null) return refusePage(response);
        const person = asked.prompt === 'login' ? undefined : sessions.get(cookieOf(request));
        if (person === undefined) sendPage(response, signInPage(given));
        else authorize(asked, person, response);
        return true;
      }
      case 'POST /oauth2/authorize': {
        const form = await formOf(request);
        const asked = askedIn(form, own);
        const person = Person.safeParse(Object.fromEntries(form));
        // A page of another site may not sign anybody in.
        if (asked === null || !person.success || request.headers.origin !== own) return refusePage(response);
        const session = sessions.add(person.data);
        response.setHeader(
          'set-cookie',
          `${COOKIE}=${session}; Path=${SIGN_IN_PATH}; HttpOnly; SameSite=Lax`,
        );
        authorize(asked, person.data, response);
        return true;
      }
      case 'POST /oauth2/token':
        await exchange(await formOf(request), response, own);
        return true;
      case 'POST /oauth2/revoke': {
        const form = await formOf(request);
        const token = form.get('token');
        // Does not revoke another client's token. An unknown token gets the same answer (RFC 7009).
        if (refreshTokens.get(token)?.asked.client_id === form.get('client_id')) refreshTokens.take(token);
        sendJson(response, 200, {});
        return true;
      }
      case 'GET /logout': {
        sessions.take(cookieOf(request));
        response.setHeader('set-cookie', `${COOKIE}=; Path=${SIGN_IN_PATH}; HttpOnly; Max-Age=0`);
        const to = given.get('logout_uri') ?? given.get('post_logout_redirect_uri') ?? '';
        if (isOfThisMachine(to, own)) goTo(response, to, { state: given.get('state') ?? undefined });
        else sendPage(response, '<h1>You are signed out</h1>');
        return true;
      }
      default:
        return false;
    }
  };
}

/** RFC 8414, OpenID Connect Discovery 1.0. */
function discovery(own: string) {
  const base = `${own}${SIGN_IN_PATH}`;
  return {
    issuer: base,
    authorization_endpoint: `${base}/oauth2/authorize`,
    token_endpoint: `${base}/oauth2/token`,
    revocation_endpoint: `${base}/oauth2/revoke`,
    end_session_endpoint: `${base}/logout`,
    jwks_uri: `${base}/.well-known/jwks.json`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['EdDSA'],
    scopes_supported: ['openid', ...SCOPES],
  };
}

/** @returns null where it is not asked as it should be, or the code would leave this machine */
function askedIn(given: URLSearchParams, own: string): Asked | null {
  const { data } = Asked.safeParse(Object.fromEntries(given));
  return data !== undefined && isOfThisMachine(data.redirect_uri, own) ? data : null;
}

function isOfThisMachine(address: string, own: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, origin } = new URL(address);
  if (origin === own) return true;
  return protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** Whether a code is exchanged by whom it was given to (RFC 7636, 4.6). */
function isFor({ asked }: Grant, form: URLSearchParams): boolean {
  const verifier = createHash('sha256').update(form.get('code_verifier') ?? '');
  return (
    form.get('client_id') === asked.client_id &&
    form.get('redirect_uri') === asked.redirect_uri &&
    timingSafeEqual(verifier.digest(), Buffer.from(asked.code_challenge, 'base64url'))
  );
}

function isKnownScope(scope: string): boolean {
  return (SCOPES as readonly string[]).includes(scope);
}

function cookieOf({ headers }: IncomingMessage): string | null {
  const [, value = null] = new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(headers.cookie ?? '') ?? [];
  return value;
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const body = await readBody(request, 64 * 1024);
  return new URLSearchParams(body?.toString('utf8') ?? '');
}

function goTo(response: ServerResponse, address: string, more: Readonly<Record<string, string | undefined>>) {
  const location = new URL(address);
  for (const [name, value] of Object.entries(more))
    if (value !== undefined) location.searchParams.set(name, value);
  response.writeHead(302, { location: location.href, 'cache-control': 'no-store' }).end();
}

function refuse(response: ServerResponse, error: string): void {
  sendJson(response, 400, { error });
}

function refusePage(response: ServerResponse): true {
  const detail =
    'A client asks with response_type=code, client_id, a redirect_uri on this machine, and a code_challenge by S256.';
  sendPage(response, `<h1>Cannot sign in</h1><p>${detail}</p>`, 400);
  return true;
}

/** The page that asks who signs in; it takes anybody's word for it. */
function signInPage(given: URLSearchParams): string {
  const hidden = [...given].map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  const roles = ROLE_NAMES.map((role) => `<option${role === 'admin' ? ' selected' : ''}>${role}</option>`);
  return `<h1>Sign in</h1>
<p>${escapeHtml(given.get('client_id') ?? '')} asks to sign you in to the loop on this machine.</p>
<form method="post" action="${SIGN_IN_PATH}/oauth2/authorize">${hidden.join('')}
<p><label>Name <input name="person" value="operator" required maxlength="200"></label></p>
<p><label>Role <select name="role">${roles.join('')}</select></label></p>
<p><button>Sign in</button></p></form>`;
}

function sendPage(response: ServerResponse, body: string, status = 200): void {
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http://localhost:* http://127.0.0.1:*; frame-ancestors 'none'; base-uri 'none'",
      ...{
        'cache-control': 'no-store',
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
      },
    })
    .end(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>Order Loop on this machine</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:4rem auto;padding:0 1rem}</style>${body}</html>\n`,
    );
}
