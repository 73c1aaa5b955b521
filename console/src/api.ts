import { currentToken, signOut } from './session.ts';

/** A problem document of the API. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
  constructor(status: number, problem: { code?: string; detail?: string; errors?: ApiProblem['errors'] }) {
    super(problem.detail ?? `The API answered ${status}.`);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.errors = problem.errors ?? [];
  }
}

const LACK_OF_SCOPE = 'insufficient_scope';
/** The gateway's own refusal has no words for people, and the API's names scopes. */
const NOT_ALLOWED = 'Your role does not include this. Ask an administrator if you need it.';

interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Sends a request to the API.
 *
 * @throws ApiProblem when it refuses the request, TypeError when it cannot be reached
 */
export async function api<Answer>(
  path: string,
  { method = 'GET', body, headers }: RequestOptions = {},
): Promise<Answer> {
  const token = await currentToken();
  const isText = typeof body === 'string';
  const response = await fetch(path, {
    method,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && !isText && { 'content-type': 'application/json' }),
      // A request that is repeated after a lost response has one effect.
      ...(method === 'POST' && { 'idempotency-key': crypto.randomUUID() }),
      ...headers,
    },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const answer: unknown = isJson && text !== '' ? JSON.parse(text) : text;
  if (response.ok) return answer as Answer;
  if (response.status === 401) signOut();
  const problem: { code?: string } = isJson ? (answer as object) : {};
  const isForRole = response.status === 403 && (problem.code ?? LACK_OF_SCOPE) === LACK_OF_SCOPE;
  throw new ApiProblem(response.status, isForRole ? { code: LACK_OF_SCOPE, detail: NOT_ALLOWED } : problem);
}

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}
