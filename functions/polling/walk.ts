import type { PolledOrder } from '../channels/channel.ts';
import { ShopRefused, ShopUnreadable } from '../channels/core/shops.ts';
import { Busy } from '../write-failures.ts';
import {
  type Circumstances,
  type Finding,
  lookAtOrder,
  type PollDependencies,
  type PolledSender,
} from './look-at-order.ts';
import type { Pass, PollCounts } from './ports.ts';

/** Pages of one run; the next run continues. */
const MAX_PAGES = 100;
/** Orders of one sender that are looked at side by side. */
const AT_ONCE = 4;

export const NOTHING: PollCounts = { looked: 0, received: 0, changed: 0, quarantined: 0, failed: 0 };

export interface Walked {
  readonly pass: Pass;
  readonly counts: PollCounts;
  readonly isFinished: boolean;
  /** Whether the sender gave a page: it takes requests. */
  readonly isAnswered: boolean;
  /** Why it ended early: the sender could not be asked, or something else failed. */
  readonly failure?: unknown;
}

/**
 * Looks at the changed orders of a sender page by page, until the last one or until the time is over.
 *
 * @param report learns of each order that the sender does not give; the walk continues with the next one
 */
export async function walk(
  dependencies: PollDependencies,
  sender: PolledSender,
  begun: Pass,
  circumstances: Circumstances,
  report: (externalId: string, error: unknown) => void,
): Promise<Walked> {
  let pass = begun;
  let counts = NOTHING;
  let isAnswered = false;
  try {
    for (let pages = 0; pages < MAX_PAGES && Date.now() < circumstances.until; pages++) {
      const { orders, next } = await sender.polling.page(sender.source, pass.since, pass.cursor);
      isAnswered = true;
      const findings = await lookAtAll(orders, circumstances.until, report, (order) =>
        lookAtOrder(dependencies, sender, order, circumstances),
      );
      counts = findings.reduce(counted, counts);
      if (findings.length < orders.length) break;
      const reached = orders.reduce(
        (latest, { updatedAt }) => (updatedAt > latest ? updatedAt : latest),
        pass.reached,
      );
      pass = { ...pass, reached, cursor: next };
      if (next === null) return { pass, counts, isFinished: true, isAnswered };
    }
    return { pass, counts, isFinished: false, isAnswered };
  } catch (failure) {
    // The sender may not take its cursor any more.
    const cursor = failure instanceof ShopRefused ? null : pass.cursor;
    return { pass: { ...pass, cursor }, counts, isFinished: false, isAnswered, failure };
  }
}

/**
 * Looks at several orders of a sender side by side.
 *
 * @param until epoch milliseconds after which no further one is begun
 * @param report learns of each order that the sender does not give; the others are looked at all the same
 * @returns fewer findings than orders where the time was over
 */
export async function lookAtAll<Order extends Pick<PolledOrder, 'externalId'>>(
  orders: readonly Order[],
  until: number,
  report: (externalId: string, error: unknown) => void,
  look: (order: Order) => Promise<Finding>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const failures: unknown[] = [];
  const queue = orders.values();
  const worker = async () => {
    for (const order of queue) {
      if (failures.length > 0 || Date.now() >= until) return;
      try {
        findings.push(await look(order));
      } catch (error) {
        if (error instanceof ShopRefused || error instanceof ShopUnreadable) {
          report(order.externalId, error);
          findings.push('failed');
        } else failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (failures.length > 0) throw failures[0];
  return findings;
}

/** @returns the counts with one finding more. */
export function counted(counts: PollCounts, finding: Finding): PollCounts {
  const looked = counts.looked + 1;
  return finding === 'unchanged'
    ? { ...counts, looked }
    : { ...counts, looked, [finding]: counts[finding] + 1 };
}

/** @returns what is shown of a failure; null for one that is a fault of ours. */
export function failureText(failure: unknown): string | null {
  const isTheirs =
    failure instanceof Busy || failure instanceof ShopRefused || failure instanceof ShopUnreadable;
  return isTheirs ? failure.message.slice(0, 500) : null;
}
