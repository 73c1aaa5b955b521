/** Gets an access token. */
export type TokenProvider = () => string | Promise<string>;

export interface ClientCredentials {
  /** The token endpoint of the issuer, for example `https://….amazoncognito.com/oauth2/token`. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Scopes, separated by blanks. @default all that the client may have */
  readonly scope?: string;
  /** @default the global one */
  readonly fetch?: typeof fetch;
}

/** Milliseconds before its end at which a token is replaced. */
const MARGIN = 60_000;

/**
 * Tokens of a program by its client credentials (RFC 6749, section 4.4). One is kept until a minute before it ends;
 * requests that wait for the same token share it.
 *
 * @returns a provider that throws an Error when the issuer refuses
 */
export function clientCredentials(credentials: ClientCredentials): TokenProvider {
  const { tokenUrl, clientId, clientSecret, scope, fetch = globalThis.fetch } = credentials;
  const proof = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`);
  let current: { readonly token: Promise<string>; until: number } | null = null;

  const get = async () => {
    const response = await fetch(tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${proof.toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }),
    });
    return readGrant(response);
  };

  return () => {
    if (current !== null && Date.now() < current.until) return current.token;
    const granted = get();
    const next = { token: granted.then(({ token }) => token), until: Number.POSITIVE_INFINITY };
    current = next;
    granted.then(
      ({ seconds }) => {
        next.until = Date.now() + seconds * 1000 - MARGIN;
      },
      () => {
        // The next request asks again; this one gets the error.
        if (current === next) current = null;
      },
    );
    return next.token;
  };
}

/** Tokens of the local stack (`npm start`), which gives them to anyone; what is deployed has no such route. */
export function localToken(baseUrl: string, scope: string): TokenProvider {
  return async () => {
    const body = JSON.stringify({ scope });
    const { token } = await readGrant(await fetch(`${baseUrl}/dev/token`, { method: 'POST', body }));
    return token;
  };
}

async function readGrant(response: Response): Promise<{ readonly token: string; readonly seconds: number }> {
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok || !isGrant(answer)) throw new Error(`no access token: status ${response.status}`);
  return { token: answer.access_token, seconds: answer.expires_in };
}

function isGrant(answer: unknown): answer is { access_token: string; expires_in: number } {
  const { access_token: token, expires_in: seconds } = (answer ?? {}) as Record<string, unknown>;
  return typeof token === 'string' && typeof seconds === 'number';
}
