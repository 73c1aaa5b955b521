import { SCOPES } from '../../contract/routes.ts';

/** A running local loop, and a token for all of it. */
export interface Loop {
  readonly url: string;
  /** Sends a request that must succeed. */
  api(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Sends anything; gives status and text. */
  post(path: string, body: string, headers: Readonly<Record<string, string>>): Promise<Posted>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON, field by field
export type Answer = any;

interface Posted {
  readonly status: number;
  readonly text: string;
}

/**
 * Finds the loop.
 *
 * @throws Error that tells how to start one
 */
export async function openLoop(url: string): Promise<Loop> {
  const issued = await fetch(`${url}/dev/token`, {
    method: 'POST',
    body: JSON.stringify({ scope: SCOPES.join(' '), sub: 'demo' }),
  }).catch(() => null);
  if (issued === null || !issued.ok) {
    throw new Error(`no local loop answers at ${url}: start one with npm start, or set ORDER_LOOP_URL`);
  }
  const { access_token: token } = (await issued.json()) as { access_token: string };
  return {
    url,
    async api(method, path, body) {
      const response = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
      return text === '' ? null : JSON.parse(text);
    },
    async post(path, body, headers) {
      const response = await fetch(url + path, { method: 'POST', body, headers });
      return { status: response.status, text: await response.text() };
    },
  };
}
