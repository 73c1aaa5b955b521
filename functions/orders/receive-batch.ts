import type { Rejection } from '../../domain/decider.ts';
import type { CommandOf } from '../../domain/order/commands.ts';
import { decide } from '../../domain/order/decide/decide.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Origin } from '../events/envelope.ts';
import type { MessageWrite } from '../messages/message.ts';
import { Busy, WriteFailed } from '../write-failures.ts';
import { apply, envelopes, handleOrderCommand, mayRetry, mayTry } from './handle-order-command.ts';
import type { OrderWrite, Ports } from './ports.ts';

/**
 * So many orders fit into one transaction of 100 items: each takes up to eight (header, the text by which it is searched, what
 * its channel said, reception, hold, the claims on its channel's id and its purchase order, the link to its message), and
 * the message takes one.
 */
const MAX_ORDERS = 12;
/** A transaction ends at 4 MB; a line with a long description and many product numbers takes about 1.5 KB. */
const MAX_LINES = 2000;

export interface BatchCircumstances {
  readonly origin: Origin;
  readonly until?: number | undefined;
  /** The inbound message that the orders came with. */
  readonly message?: MessageWrite | undefined;
}

export type BatchOutcome =
  | { readonly kind: 'received'; readonly orderIds: readonly string[] }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  /** The channel sent one of these orders before; none was received now. */
  | { readonly kind: 'some-known' }
  | { readonly kind: 'duplicate-purchase-order' };

/** @returns as many orders, from the first on, as one transaction holds; at least one. */
export function batchThatFits(
  commands: readonly CommandOf<'ReceiveOrder'>[],
): readonly CommandOf<'ReceiveOrder'>[] {
  let lines = 0;
  const tooMany = commands.findIndex((command, index) => {
    lines += command.lines.length;
    return index > 0 && (index >= MAX_ORDERS || lines > MAX_LINES);
  });
  return tooMany === -1 ? commands : commands.slice(0, tooMany);
}

/**
 * Receives orders that are one document to their sender: all of them in one transaction, or none. Stock is reserved
 * right after, and by the workflow for what the time does not suffice for.
 *
 * @param commands no more than {@link thoseThatFit}
 * @param until epoch milliseconds after which nothing is tried again, and stock is left to the workflow
 * @throws Busy when contention outlasted every attempt; nothing was written
 */
export async function receiveBatch(
  ports: Ports,
  commands: readonly CommandOf<'ReceiveOrder'>[],
  { origin, until, message }: BatchCircumstances,
): Promise<BatchOutcome> {
  for (let attempt = 1; mayTry(attempt, until); attempt++) {
    const now = ports.now();
    const writes: OrderWrite[] = [];
    for (const command of commands) {
      const orderId = await ports.numbers.next(Number(now.slice(0, 4)));
      const decision = decide(command, null, { orderId, now, stock: null, mostReservations: 0 });
      if ('rejection' in decision) return { kind: 'refused', rejection: decision.rejection };
      const events = envelopes(ports, { orderId, origin }, null, decision.events, now);
      const orderIds = [...writes.map(({ after }) => after.orderId), orderId];
      const isLast = orderIds.length === commands.length;
      const written = message && { message: message.message, ...(isLast && settling(message, orderIds)) };
      writes.push({ before: null, after: apply(null, events, orderId), events, message: written });
    }
    try {
      await ports.orders.saveBatch(writes);
      const orders = writes.map(({ after }) => after);
      for (const order of orders) await reserve(ports, order, origin, until);
      return { kind: 'received', orderIds: orders.map(({ orderId }) => orderId) };
    } catch (error) {
      if (!(error instanceof WriteFailed)) throw error;
      if (error.conflict === 'external-order-known') return { kind: 'some-known' };
      if (error.conflict === 'purchase-order-used') return { kind: 'duplicate-purchase-order' };
      if (error.conflict !== 'order-number-taken' && !mayRetry(error)) throw error;
      await ports.pause(attempt);
    }
  }
  throw new Busy('the orders were not received: the store is busy; send them again');
}

/** The message is about all of the orders, and those of earlier batches. */
function settling({ settlement }: MessageWrite, orderIds: readonly string[]): Partial<MessageWrite> {
  if (settlement === undefined) return {};
  return { settlement: { ...settlement, orderIds: [...(settlement.orderIds ?? []), ...orderIds] } };
}

async function reserve(ports: Ports, order: Order, origin: Origin, until: number | undefined): Promise<void> {
  if (until !== undefined && Date.now() >= until) return;
  const { orderId } = order;
  try {
    await handleOrderCommand(ports, { orderId, command: { type: 'CompleteAllocation' }, origin, until });
  } catch (error) {
    // The order is in; what could not be reserved now is reserved by its workflow.
    if (!(error instanceof Busy)) throw error;
  }
}
