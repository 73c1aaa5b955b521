/** A loop that a command operates: a deployed one, or the local one. */
export interface OperatedLoop {
  /**
   * Sends a request as JSON.
   *
   * @throws Error with the response of the loop when it refuses
   */
  post<Answer>(path: string, body: unknown): Promise<Answer>;
  /** @throws Error with the response of the loop when it refuses */
  get<Answer>(path: string): Promise<Answer>;
}

const LOCAL_URL = 'http://127.0.0.1:4000';

/**
 * Connects to the loop at `ORDER_LOOP_URL` with the access token in `ORDER_LOOP_TOKEN` (scope operations/admin). Without
 * them it is the local one of `npm start`, which issues development tokens.
 *
 * @throws Error when a remote loop is named without a token
 */
export async function openLoop(environment: NodeJS.ProcessEnv): Promise<OperatedLoop> {
  const url = (environment.ORDER_LOOP_URL ?? LOCAL_URL).replace(/\/$/, '');
  const token = environment.ORDER_LOOP_TOKEN ?? (await developmentToken(url));
  return {
    post: (path, body) => send('POST', `${url}${path}`, { authorization: `Bearer ${token}` }, body),
    get: (path) => send('GET', `${url}${path}`, { authorization: `Bearer ${token}` }),
  };
}

async function developmentToken(url: string): Promise<string> {
  const { hostname } = new URL(url);
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    throw new Error(`ORDER_LOOP_TOKEN is missing: an access token of ${url} with the scope operations/admin`);
  }
  const request = { sub: 'operator', scope: 'operations/admin' };
  const { access_token } = await send<{ access_token: string }>('POST', `${url}/dev/token`, {}, request);
  return access_token;
}

async function send<Answer>(
  method: 'GET' | 'POST',
  url: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 1000)}`);
  return JSON.parse(text) as Answer;
}
