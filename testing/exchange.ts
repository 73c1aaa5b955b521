/** What came of a request. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON, field by field
  readonly body: any;
}

/** A request; a body that is no text is sent as JSON. */
export interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * Sends a request to a running loop, once.
 *
 * @throws Error when no answer came: nobody can know then whether it was carried out
 */
export async function exchange(
  url: string,
  token: string,
  { method, path, body, headers }: Outgoing,
): Promise<Answer> {
  const isText = typeof body === 'string';
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, body: isJson && text !== '' ? JSON.parse(text) : text };
}
