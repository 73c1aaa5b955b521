import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod';
import {
  PROBLEM_MEDIA_TYPE,
  PROBLEMS,
  type ProblemCode,
  type ProblemDocument,
  problemDocument,
} from '../../contract/problems.ts';
import type { Rejection } from '../../domain/decider.ts';
import type { Origin } from '../events/envelope.ts';

/** A request as a route sees it. */
export interface HttpRequest {
  readonly routeKey: string;
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The parsed body; undefined when there is none. */
  readonly body: unknown;
  /** The body as it was sent. */
  readonly rawBody: Buffer;
  /** Who asks, and under which correlation id. */
  readonly origin: Origin;
  /** The client and the subject of the access token: an idempotency key belongs to both. */
  readonly caller: string;
  /** What the access token grants. */
  readonly scopes: readonly string[];
  /** Epoch milliseconds by which the answer must be under way. */
  readonly deadline: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON unless it is text already. */
  readonly body?: unknown;
}

export type RouteHandler = (request: HttpRequest) => Promise<HttpAnswer>;

/** A request that cannot be answered as asked; becomes a problem document. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly more: Partial<ProblemDocument>;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    code: ProblemCode,
    detail: string,
    more: Partial<ProblemDocument> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.more = more;
    this.headers = headers;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }
}

/** @returns the answer that states a problem. */
export function problemAnswer(problem: Problem, path: string): HttpAnswer {
  return {
    status: problem.status,
    headers: { 'content-type': PROBLEM_MEDIA_TYPE, ...problem.headers },
    body: problemDocument(problem.code, problem.message, path, problem.more),
  };
}

/** @returns the problem that a refusal by the domain is to a client. */
export function problemOf(rejection: Rejection): Problem {
  const { code, detail, ...more } = rejection;
  return new Problem(code, detail, more as Partial<ProblemDocument>);
}

/**
 * Checks a value from outside against its schema.
 *
 * @throws Problem `validation_failed` that names each field at fault
 */
export function valid<Schema extends z.ZodType>(schema: Schema, value: unknown, at = ''): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues
    .slice(0, 100)
    .flatMap(errorsOf)
    .map(({ path, message }) => ({
      path: [at, path].filter((part) => part !== '').join('.'),
      message,
    }));
  const [first] = errors;
  throw new Problem('validation_failed', `${first?.path || 'the body'}: ${first?.message}`, { errors });
}

/** A request's header, query and path values that are a single text. */
export function parameter(request: HttpRequest, name: string): string {
  const value = request.pathParameters[name];
  if (value === undefined) throw new Error(`${request.routeKey} has no path parameter ${name}`);
  return value;
}

/**
 * @returns the order id in the path
 * @throws Problem `not_found` for text that no order id is like, which the store could not even be asked for
 */
export function orderIdOf(request: HttpRequest): string {
  const orderId = parameter(request, 'orderId');
  if (!ORDER_ID.test(orderId)) throw new Problem('not_found', 'there is no order of this number');
  return orderId;
}

const ORDER_ID = /^[A-Za-z0-9-]{1,64}$/;

function errorsOf(issue: z.core.$ZodIssue): readonly { path: string; message: string }[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, 20).map((key) => ({
      path: pathText([...issue.path, key.slice(0, 100)]),
      message: 'unknown field',
    }));
  }
  return [{ path: pathText(issue.path), message: issue.message }];
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/**
 * Browsers keep nothing, guess no type, show nothing in a frame, run nothing that stands in an answer, and never ask over
 * plain HTTP (for two years, RFC 6797). A page has a policy of its own.
 */
const ON_EVERY_ANSWER = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
};

/** @returns the answer as API Gateway takes it; objects are sent as JSON. */
export function gatewayAnswer(answer: HttpAnswer, correlationId: string): GatewayAnswer {
  const headers = { ...ON_EVERY_ANSWER, 'x-correlation-id': correlationId, ...answer.headers };
  if (answer.body === undefined) return { statusCode: answer.status, headers };
  if (typeof answer.body === 'string') return { statusCode: answer.status, headers, body: answer.body };
  return {
    statusCode: answer.status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(answer.body),
  };
}

export type GatewayEvent = Omit<APIGatewayProxyEventV2, 'body'> & { body?: unknown };
export type GatewayAnswer = APIGatewayProxyStructuredResultV2;
