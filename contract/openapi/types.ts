import * as z from 'zod';
import type { OrderCommandType } from '../../domain/order/commands.ts';
import { LIFECYCLE, ORDER_STATES } from '../../domain/order/lifecycle.ts';
import type { ProblemCode } from '../problems.ts';
import { OrderResponse } from '../responses.ts';

/** One response of a route. */
export interface AnswerDescription {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** @default application/json */
  readonly mediaType?: string;
  readonly headers?: z.ZodObject;
}

/** Request and responses of a route, as the OpenAPI document describes them. */
export interface Operation {
  /** Unique `operationId`; generated clients name their methods after it. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  /** The header with the signature, for routes that a signature authenticates. */
  readonly signature?: string;
  readonly body?: z.ZodType;
  readonly bodyIsOptional?: boolean;
  /** Of the body. @default application/json */
  readonly mediaType?: string;
  /** A valid body. */
  readonly example?: unknown;
  readonly answers: Readonly<Record<string, AnswerDescription>>;
  readonly problems?: readonly ProblemCode[];
}

/** Operations by the key of their route. */
export type Operations = Readonly<Record<string, Operation>>;

type Details = Omit<Operation, 'id' | 'summary' | 'body' | 'answers'>;

const idempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .optional()
  .meta({ description: 'The same key and body return the first response again and have no second effect.' });
const ifMatch = z.string().meta({ description: 'The ETag of the order that was read.' });

export const IDEMPOTENT = z.object({ 'Idempotency-Key': idempotencyKey });
const COMMAND_HEADERS = IDEMPOTENT.extend({ 'If-Match': ifMatch.optional() });
export const AMENDMENT_HEADERS = IDEMPOTENT.extend({ 'If-Match': ifMatch });

const etag = z.string().meta({ description: 'The version of the order, for If-Match.', example: '"7"' });
const location = z.string().meta({ description: 'Path of the resource.' });
const replayed = z
  .literal('true')
  .optional()
  .meta({ description: 'Present when this is the first response to the same key, returned again.' });

export const WITH_ETAG = z.object({ ETag: etag });
export const OF_COMMAND = WITH_ETAG.extend({ 'Idempotent-Replayed': replayed });
export const OF_CREATION = OF_COMMAND.extend({ Location: location });
export const OF_RECEIPT = z.object({ Location: location, 'Idempotent-Replayed': replayed });

/** Problems of any JSON body. */
export const BODY_PROBLEMS: readonly ProblemCode[] = [
  'malformed_json',
  'unsupported_media_type',
  'payload_too_large',
];
export const IDEMPOTENCY_PROBLEMS: readonly ProblemCode[] = ['idempotency_conflict', 'idempotency_in_flight'];

const COMMAND_PROBLEMS: readonly ProblemCode[] = [
  ...BODY_PROBLEMS,
  ...IDEMPOTENCY_PROBLEMS,
  'not_found',
  'illegal_transition',
  'precondition_failed',
];

/** @returns a description with the states that allow a command, from the lifecycle, followed by `more`. */
export function allowedIn(command: OrderCommandType, more = ''): string {
  const states = ORDER_STATES.filter((state) => LIFECYCLE[state].includes(command));
  const last = states.at(-1);
  const named = states.length > 1 ? `${states.slice(0, -1).join(', ')} or ${last}` : last;
  return `Allowed while the order is ${named}; otherwise \`illegal_transition\` with the \`allowed\` commands. ${more}`.trim();
}

/** A command to an order, with a body; returns the order. */
export function command(
  id: string,
  summary: string,
  body: z.ZodType,
  { problems = [], ...details }: Partial<Details> & { readonly answers?: Operation['answers'] } = {},
): Operation {
  return {
    id,
    summary,
    headers: COMMAND_HEADERS,
    body,
    answers: {
      200: { description: 'The order after the command.', schema: OrderResponse, headers: OF_COMMAND },
    },
    problems: [...COMMAND_PROBLEMS, ...problems],
    ...details,
  };
}

/** A command to an order without a body, sent as DELETE. */
export function withdrawal(
  id: string,
  summary: string,
  description: string,
  answers?: Operation['answers'],
): Operation {
  return {
    id,
    summary,
    description,
    headers: COMMAND_HEADERS,
    answers: answers ?? {
      200: { description: 'The order after the command.', schema: OrderResponse, headers: OF_COMMAND },
    },
    problems: [...IDEMPOTENCY_PROBLEMS, 'not_found', 'illegal_transition', 'precondition_failed'],
  };
}

/** A read. */
export function read(
  id: string,
  summary: string,
  schema: z.ZodType,
  { headers, ...details }: Partial<Details> = {},
): Operation {
  const answer = {
    description: 'The requested resource.',
    schema,
    ...(headers !== undefined && { headers }),
  };
  return { id, summary, answers: { 200: answer }, ...details };
}

/** The order, with the id that the command created. */
export function orderWith(name: string, description: string): Operation['answers'] {
  const schema = OrderResponse.extend({ [name]: z.string() });
  return { 201: { description, schema, headers: OF_COMMAND } };
}
