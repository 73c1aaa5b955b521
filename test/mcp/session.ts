import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { LocalStack } from '../../local/stack.ts';

export const ALL_SCOPES =
  'orders/read orders/write inventory/read inventory/write finance/read operations/admin customers/read';

/** A session of the official client with the running loop. */
export async function connect(
  stack: LocalStack,
  { scope = ALL_SCOPES, subject = 'agent-7', revision = '2026-07-28' } = {},
) {
  const token = await stack.token(scope, subject);
  const mode = revision === '2026-07-28' ? { pin: revision } : ('legacy' as const);
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } });
  await client.connect(
    new StreamableHTTPClientTransport(new URL('/mcp', stack.url), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
  );
  return client;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON, and each test checks what it reads
type Structured = Record<string, any>;

/** Calls a tool that must not refuse. */
export async function call(client: Client, name: string, given: object = {}): Promise<Structured> {
  const result = await client.callTool({ name, arguments: { ...given } });
  if (result.isError) throw new Error(`${name} refused: ${JSON.stringify(result.content)}`);
  return result.structuredContent as Structured;
}

/** Calls a tool that must refuse, and gives its reason. */
export async function refusal(client: Client, name: string, given: object): Promise<Structured> {
  const result = await client.callTool({ name, arguments: { ...given } });
  if (!result.isError) throw new Error(`${name} did not refuse: ${JSON.stringify(result.content)}`);
  const [content] = result.content as { text: string }[];
  try {
    return (JSON.parse(content?.text ?? '') as { error: Structured }).error;
  } catch {
    return { code: 'protocol', detail: content?.text };
  }
}

/** Both steps of a tool that changes something. */
export async function perform(client: Client, name: string, given: object): Promise<Structured> {
  const preview = await call(client, name, given);
  return call(client, name, { ...given, approval: preview.approval });
}

/** A message to the endpoint of agents, without a client in between; text is sent as it is. */
export async function post(
  stack: LocalStack,
  token: string,
  message: unknown,
  headers: Record<string, string> = {},
) {
  const response = await fetch(new URL('/mcp', stack.url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof message === 'string' ? message : JSON.stringify(message),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** A request to the plain API. */
export async function api(
  stack: LocalStack,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const response = await fetch(stack.url + path, {
    method,
    headers: {
      authorization: `Bearer ${await stack.token(ALL_SCOPES, 'ada')}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Structured };
}
