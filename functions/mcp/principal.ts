import type { Origin } from '../events/envelope.ts';

/** Who calls a tool. */
export interface Principal {
  /** Client and subject of the access token, as the history names the agent. */
  readonly agent: string;
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly origin: Origin;
  /** Epoch milliseconds by which an answer must be under way. */
  readonly deadline: number;
}

/** @returns an agent as the history names it: by its client and its subject, or by either where they are the same. */
export function agentName(client: string, subject: string): string {
  return client === subject ? subject : `${client}/${subject}`;
}

/** @returns whether the caller may see who customers are and where they live. */
export function mayReadPersonal({ scopes }: Principal): boolean {
  return scopes.includes('customers/read');
}
