import type * as z from 'zod';
import { type Problem, problem } from '../../core/problem.ts';
import { describeIssues } from '../../core/schema-issues.ts';
import { WooDeletion, WooOrder } from './payload.ts';

/** A webhook of WooCommerce, read. */
export type WooMessage =
  | { readonly about: 'order'; readonly isRestored: boolean; readonly order: WooOrder }
  | { readonly about: 'deletion'; readonly orderId: string };

/**
 * Reads a webhook whose signature has been checked.
 *
 * @param topic the value of `X-WC-Webhook-Topic`
 * @returns the message, or why it cannot be read; never throws
 */
export function readMessage(
  topic: string,
  body: Uint8Array,
): { readonly message: WooMessage } | { readonly problem: Problem } {
  const json = jsonOf(body);
  if (json === undefined) return problem('unreadable_json', 'the body is no JSON in UTF-8');
  switch (topic) {
    case 'order.created':
    case 'order.updated':
    case 'order.restored':
      return read(WooOrder, json, (order) => ({
        about: 'order',
        isRestored: topic === 'order.restored',
        order,
      }));
    case 'order.deleted':
      return read(WooDeletion, json, ({ id }) => ({ about: 'deletion', orderId: id }));
    default:
      return problem('unknown_topic', `no rule deals with the topic ${JSON.stringify(topic.slice(0, 100))}`);
  }
}

function read<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
  messageOf: (value: z.output<Schema>) => WooMessage,
): ReturnType<typeof readMessage> {
  const parsed = schema.safeParse(json);
  return parsed.success
    ? { message: messageOf(parsed.data) }
    : problem('malformed_payload', describeIssues(parsed.error.issues));
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
