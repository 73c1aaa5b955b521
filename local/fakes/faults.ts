import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';

/** How a shop's fake is to answer next, in place of what it would say. */
export const Fault = z.strictObject({
  /** What fails: `fulfillmentCreate`, `RetrieveOrder`. @default the next request of any kind */
  operation: z.string().max(100).optional(),
  status: z.int().min(400).max(599).optional(),
  /** Answer as Shopify does when the cost of queries is used up: status 200, and an error in the answer. */
  throttled: z.boolean().optional(),
  /** Seconds that `Retry-After` asks for. */
  retryAfter: z.number().min(0).max(3600).optional(),
  /** Milliseconds before the answer. */
  delay: z.int().min(0).max(60_000).optional(),
  /** Do what was asked, and then break the connection off, so that the caller does not learn of it. */
  loseAnswer: z.boolean().optional(),
  times: z.int().min(1).max(1000).default(1),
});
export type Fault = z.infer<typeof Fault>;

/** What a fake was asked, and what it answered. */
export interface Asked {
  readonly at: string;
  readonly shop: string;
  readonly operation: string;
  readonly status: number;
  readonly input: unknown;
}

/** Faults to come, and what was asked so far. */
export interface Journal {
  readonly asked: readonly Asked[];
  note(asked: Omit<Asked, 'at'>): void;
  /** Puts faults in place of those that are still to come. */
  plan(faults: readonly Fault[]): void;
  /** Takes the next fault that the operation meets, after its delay; null where there is none. */
  next(operation: string): Promise<Fault | null>;
}

/** So many requests are remembered. */
const MAX_ASKED = 500;

export function openFaults(): Journal {
  const asked: Asked[] = [];
  let faults: Fault[] = [];
  return {
    asked,
    note(request) {
      asked.push({ at: new Date().toISOString(), ...request });
      if (asked.length > MAX_ASKED) asked.shift();
    },
    plan(planned) {
      faults = planned.map((fault) => ({ ...fault }));
    },
    async next(operation) {
      const fault = faults.find((each) => each.operation === undefined || each.operation === operation);
      if (fault === undefined) return null;
      fault.times -= 1;
      if (fault.times === 0) faults = faults.filter((each) => each !== fault);
      if (fault.delay !== undefined) await pause(fault.delay, undefined, { ref: false });
      return fault;
    },
  };
}
