import { accept, type Decision, type Rejection } from '../../domain/decider.ts';
import type { CommandOf } from '../../domain/order/commands.ts';
import { after, type Facts } from '../../domain/order/decide/context.ts';
import { decide } from '../../domain/order/decide/decide.ts';
import { wantsStock } from '../../domain/order/decide/reallocation.ts';
import type { OrderEvent } from '../../domain/order/events.ts';
import type { Order } from '../../domain/order/order.ts';
import type { OrderEnvelope, Origin } from '../events/envelope.ts';
import type { IdempotencyRecord } from '../idempotency.ts';
import type { MessageWrite } from '../messages/message.ts';
import { Busy, WriteFailed } from '../write-failures.ts';
import {
  apply,
  envelopes,
  factsFor,
  factsOfAllSteps,
  handleOrderCommand,
  mayRetry,
  mayTry,
} from './handle-order-command.ts';
import type { Ports } from './ports.ts';

/** After this many attempts on contended stock an order is received without a reservation. */
const ATTEMPTS_WITH_STOCK = 8;
/** Stands for the number of an order that is only tried. */
const UNNUMBERED = 'UNNUMBERED';

export interface Reception {
  readonly command: CommandOf<'ReceiveOrder'>;
  readonly origin: Origin;
  /** A number chosen beforehand, for orders that are brought over from elsewhere. */
  readonly orderId?: string | undefined;
  /** Builds the record that keeps the answer; with `hasMore` the order is still reserved for in further steps. */
  readonly remember?: ((order: Order, hasMore: boolean) => IdempotencyRecord) | undefined;
  /** The inbound message that the order came with. */
  readonly message?: MessageWrite | undefined;
  /**
   * Epoch milliseconds after which nothing is tried again, and no further step of a large order is begun; the workflow
   * continues from there.
   */
  readonly until?: number | undefined;
  /** The channel cancelled the order before its reception: it is received as cancelled, without a reservation. */
  readonly cancellation?: CommandOf<'CancelOrder'> | undefined;
}

export type ReceptionOutcome =
  | { readonly kind: 'received'; readonly order: Order; readonly events: readonly OrderEnvelope[] }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  /** The channel sent this order before. */
  | { readonly kind: 'known'; readonly orderId: string }
  | { readonly kind: 'duplicate-purchase-order'; readonly purchaseOrderNumber: string }
  | { readonly kind: 'key-used' };

/**
 * Receives an order and reserves for it in the same transaction. Where stock is too contended the order is received all
 * the same, and the workflow reserves for it; only a customer who wants all or nothing has to send it again.
 *
 * @throws Busy when contention outlasted every attempt; nothing was written
 */
export async function receiveOrder(ports: Ports, reception: Reception): Promise<ReceptionOutcome> {
  const { command, origin } = reception;
  let orderId = reception.orderId ?? (await nextNumber(ports));
  for (let attempt = 1; mayTry(attempt, reception.until); attempt++) {
    const facts = await factsFor(ports, orderId, command, null);
    const contended = attempt > ATTEMPTS_WITH_STOCK && command.backorderPolicy !== 'REJECT';
    const withoutStock = contended || reception.cancellation !== undefined;
    const decision = decideReception(reception, withoutStock ? { ...facts, stock: null } : facts);
    if ('rejection' in decision) return { kind: 'refused', rejection: decision.rejection };
    const events = envelopes(ports, { orderId, origin }, null, decision.events, facts.now);
    const order = apply(null, events, orderId);
    try {
      await ports.orders.save({
        before: null,
        after: order,
        events,
        stock: facts.stock,
        message: reception.message,
        idempotency: reception.remember?.(order, !isLookedAt(order)),
      });
      return await allocateTheRest(ports, reception, order, events);
    } catch (error) {
      if (!(error instanceof WriteFailed)) throw error;
      const known = await alreadyThere(ports, command, error);
      if (known !== null) return known;
      if (error.conflict === 'order-number-taken' && reception.orderId === undefined) {
        orderId = await nextNumber(ports);
      } else if (!mayRetry(error)) throw error;
      else await ports.pause(attempt);
    }
  }
  throw new Busy('the order was not received: many requests contend for its stock; send it again');
}

/** What receiving an order would lead to, without doing it; the order has no number yet. */
export async function tryToReceiveOrder(
  ports: Ports,
  { command, origin }: Pick<Reception, 'command' | 'origin'>,
): Promise<ReceptionOutcome> {
  const facts = await factsOfAllSteps(ports, UNNUMBERED, command, null);
  const decision = decide(command, null, facts);
  if ('rejection' in decision) return { kind: 'refused', rejection: decision.rejection };
  const events = envelopes(ports, { orderId: UNNUMBERED, origin }, null, decision.events, facts.now);
  return { kind: 'received', order: apply(null, events, UNNUMBERED), events };
}

function decideReception({ command, cancellation }: Reception, facts: Facts): Decision<OrderEvent> {
  const received = decide(command, null, facts);
  if ('rejection' in received || cancellation === undefined) return received;
  const cancelled = decide(cancellation, after(null, received.events, facts), {
    ...facts,
    mostReservations: Number.POSITIVE_INFINITY, // Nothing is reserved, so nothing has to be given up in steps.
  });
  return 'rejection' in cancelled ? cancelled : accept(...received.events, ...cancelled.events);
}

/** An order too large for one transaction is reserved in the steps that follow its reception. */
async function allocateTheRest(
  ports: Ports,
  { origin, until }: Reception,
  order: Order,
  events: readonly OrderEnvelope[],
): Promise<ReceptionOutcome> {
  if (isLookedAt(order)) return { kind: 'received', order, events };
  try {
    const outcome = await handleOrderCommand(ports, {
      orderId: order.orderId,
      command: { type: 'CompleteAllocation' },
      origin,
      until,
    });
    if (outcome.kind === 'done') {
      return { kind: 'received', order: outcome.order, events: [...events, ...outcome.events] };
    }
  } catch (error) {
    // The order is in; what could not be reserved now is reserved by its workflow.
    if (!(error instanceof Busy)) throw error;
  }
  return { kind: 'received', order: (await ports.orders.load(order.orderId)) ?? order, events };
}

/** @returns whether stock was looked at for every line of a new order. */
function isLookedAt({ state, lines }: Order): boolean {
  return state === 'CANCELLED' || lines.every((line) => !wantsStock(line) || line.backordered > 0);
}

async function alreadyThere(
  ports: Ports,
  command: CommandOf<'ReceiveOrder'>,
  error: WriteFailed,
): Promise<ReceptionOutcome | null> {
  switch (error.conflict) {
    case 'idempotency-key-used':
      return { kind: 'key-used' };
    case 'purchase-order-used':
      return { kind: 'duplicate-purchase-order', purchaseOrderNumber: command.purchaseOrderNumber ?? '' };
    case 'external-order-known': {
      const { channel, source = '', externalId = '', channelDocument } = command;
      if (channelDocument !== undefined) {
        const [orderId] = await ports.orders.findDocument(channel, source, channelDocument.key);
        return orderId === undefined ? null : { kind: 'known', orderId };
      }
      const known = await ports.orders.findExternal(channel, source, externalId);
      return known?.orderId == null ? null : { kind: 'known', orderId: known.orderId };
    }
    default:
      return null;
  }
}

function nextNumber(ports: Ports): Promise<string> {
  return ports.numbers.next(Number(ports.now().slice(0, 4)));
}
