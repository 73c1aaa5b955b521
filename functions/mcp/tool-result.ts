import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Rejection } from '../../domain/decider.ts';
import { toolsGiving } from '../agents/actions.ts';
import { markCustomerText } from '../agents/customer-text.ts';

/** A tool's answer: as data for programs, and as the same text for clients that know only text. */
export function answer(data: Record<string, unknown>): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(data) }], structuredContent: data };
}

/** A refusal that a model can act on: a code, what is wrong, and what to do. */
export function refusal(code: string, detail: string, more: Record<string, unknown> = {}): CallToolResult {
  const error = { code, detail, ...more };
  return { content: [{ type: 'text', text: JSON.stringify({ error }) }], isError: true };
}

/** A refusal by the order itself; what it quotes beside its own sentence may be other people's words. */
export function refused({ code, detail, ...more }: Rejection): CallToolResult {
  // What the state takes is named by tools: an agent cannot give commands.
  const { allowed, ...rest } = more as { readonly allowed?: readonly string[] };
  return refusal(code, detail, {
    ...(markCustomerText(rest, false) as Record<string, unknown>),
    ...(allowed !== undefined && { allowedTools: toolsGiving(allowed) }),
  });
}
