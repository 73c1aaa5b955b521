import { unreachable } from '../../../domain/decider.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { Origin } from '../../events/envelope.ts';
import type { ChannelVersion, MessageSettlement } from '../../messages/message.ts';
import { handleOrderCommand } from '../../orders/handle-order-command.ts';
import type { ExternalOrder, Ports } from '../../orders/ports.ts';
import { receiveOrder } from '../../orders/receive-order.ts';
import { Busy, type WriteConflict, WriteFailed } from '../../write-failures.ts';
import type { InboundMessage, MessageOutcome } from '../channel.ts';
import type { ChannelUpdate } from './channel-update.ts';
import type { Instruction, KnownOrder, Units } from './outcome.ts';
import { ShopRefused } from './shops.ts';

/** How often a message is translated anew when its order changes meanwhile, before something of it could be done. */
const ATTEMPTS = 8;
/** Rounds of a message of which each does a part; an order of the most lines takes some fifty. */
const MAX_ROUNDS = 100;

/**
 * Carries out what an update of a shop asks for, once: an order that is new is received, one that is known is changed as
 * far as it can be, and what nothing here can do is quarantined. The transaction of the last effect also settles the
 * message and notes the version of the channel's order.
 *
 * @throws Busy when contention outlasted every attempt, the time is over, or the shop could not be asked; the message is
 *   tried again, and what was done stays done
 * @throws WriteFailed `message-settled` when the message was processed meanwhile
 */
export async function processUpdate(
  ports: Ports,
  message: InboundMessage,
  update: ChannelUpdate,
): Promise<MessageOutcome> {
  let conflicts = 0;
  for (let round = 1; round <= MAX_ROUNDS && conflicts < ATTEMPTS; round++) {
    if (round > 1 && Date.now() >= message.deadline) {
      throw new Busy('the message asks for more than the time suffices for; send it again');
    }
    const outcome = await processRound(ports, message, update);
    if (outcome === 'has-more') conflicts = 0;
    else if (outcome === 'changed-meanwhile') conflicts += 1;
    else return withOrder(outcome, update);
  }
  return quarantined('the order kept changing while the message was processed');
}

/**
 * Carries out what one message says of several orders, in this order. Each is done once by what is known of its order;
 * the message is settled when all are done. One that an operator has to see to keeps the others from nothing.
 *
 * @param updates the last one is of the order that the message is about
 * @throws Busy as `processUpdate` does
 */
export async function processTogether(
  ports: Ports,
  message: InboundMessage,
  updates: readonly ChannelUpdate[],
): Promise<MessageOutcome> {
  const orderIds = new Set<string>();
  const reasons = new Set<string>();
  let isChanged = false;
  let version: ChannelVersion | undefined;
  let detail = '';
  for (const update of updates) {
    const outcome = await processUpdate(ports, message, {
      ...update,
      translate(known) {
        const asked = update.translate(known);
        if (asked.kind !== 'run' && asked.kind !== 'receive') return asked;
        isChanged = true;
        // With more to do the message is not settled; once all is done there is nothing more.
        return { ...asked, hasMore: true };
      },
    });
    if (outcome.kind === 'repeat' || outcome.kind === 'rejected') return outcome;
    for (const orderId of outcome.orderIds ?? []) orderIds.add(orderId);
    if (outcome.kind === 'quarantined') reasons.add(outcome.reason);
    else detail = outcome.detail;
    version = outcome.version;
  }
  const common = { orderIds: [...orderIds], version };
  return reasons.size > 0
    ? { kind: 'quarantined', reason: [...reasons].join('; '), ...common }
    : { kind: 'processed', detail: isChanged ? 'changed' : detail, ...common };
}

/** Notes on a message that nothing was done of which state of the order it holds. */
function withOrder(outcome: MessageOutcome, { order, version }: ChannelUpdate): MessageOutcome {
  const isOpen = outcome.kind === 'quarantined' && outcome.isLogged !== true && outcome.about === undefined;
  return isOpen && version !== null ? { ...outcome, about: { ...order, version } } : outcome;
}

type Round = MessageOutcome | 'has-more' | 'changed-meanwhile';

async function processRound(ports: Ports, message: InboundMessage, update: ChannelUpdate): Promise<Round> {
  const { channel, source, externalId } = update.order;
  const external = await ports.orders.findExternal(channel, source, externalId);
  if (external !== null && external.orderId === null) return deletedBefore(update);
  const known = await knownOrder(ports, external);
  const orderIds = known === null ? [] : [known.order.orderId];
  const isOlder =
    update.version !== null && external?.channelVersion != null && update.version < external.channelVersion;
  // What counts of an older state, as a cancellation that comes late, is done; the newer version stays noted.
  const version =
    update.version === null || isOlder ? undefined : { ...update.order, version: update.version };
  const outcome = update.translate(known);
  switch (outcome.kind) {
    case 'receive': {
      const hasMore = outcome.hasMore === true;
      const settlement = { state: 'PROCESSED', detail: 'received', version } as const;
      const reception = await unlessMeanwhile(
        'external-order-known',
        receiveOrder(ports, {
          command: outcome.command,
          cancellation: outcome.cancellation ?? undefined,
          origin: originOf(message),
          // What is not done yet must not be known as a repeat.
          message: { message: message.ref, ...(!hasMore && { settlement }) },
        }),
      );
      switch (reception.kind) {
        case 'received': {
          if (hasMore) return 'has-more';
          const { orderId } = reception.order;
          return { kind: 'processed', orderIds: [orderId], detail: settlement.detail, isLogged: true };
        }
        case 'stale': // It was deleted meanwhile.
        case 'known': // It was received meanwhile: translated for a known order.
          return 'changed-meanwhile';
        case 'refused':
          return quarantined(reception.rejection.detail);
        case 'duplicate-purchase-order':
          return quarantined(`purchase order ${reception.purchaseOrderNumber} is used by another order`);
        case 'key-used':
          throw new Error('a webhook has no idempotency key');
        default:
          return unreachable(reception);
      }
    }
    case 'run': {
      if (known === null) throw new Error('there is no order to run commands on');
      const left = outcome.quarantined?.detail;
      const hasMore = outcome.hasMore === true;
      const settlement: MessageSettlement =
        left === undefined
          ? { state: 'PROCESSED', detail: 'changed', version }
          : { state: 'QUARANTINED', reason: left, version };
      const ran = await runAll(ports, message, known, outcome.commands, hasMore ? undefined : settlement);
      if (ran.kind === 'changed-meanwhile') return ran.kind;
      if (ran.kind === 'refused') {
        const reason = left === undefined ? ran.reason : `${ran.reason}; ${left}`;
        return { kind: 'quarantined', reason, orderIds, version };
      }
      if (hasMore) return 'has-more';
      const { isLogged } = ran;
      return left === undefined
        ? { kind: 'processed', orderIds, detail: 'changed', isLogged, version }
        : { kind: 'quarantined', reason: left, orderIds, isLogged, version };
    }
    case 'ignore':
      return {
        kind: 'processed',
        orderIds,
        detail: outcome.reason,
        version: known === null ? undefined : version,
      };
    case 'mark-deleted': {
      const detail = 'deleted before it was known here';
      const mark = ports.orders.markDeleted(update.order, {
        message: message.ref,
        settlement: { state: 'PROCESSED', detail },
      });
      const marked = await unlessMeanwhile('external-order-known', mark);
      if (marked?.kind === 'stale') return 'changed-meanwhile';
      return { kind: 'processed', orderIds: [], detail, isLogged: true };
    }
    case 'fetch-order': {
      const whole = await wholeOrder(update);
      if (typeof whole !== 'string') return processUpdate(ports, message, whole);
      return { kind: 'quarantined', reason: `${outcome.reason}; ${whole}`, orderIds };
    }
    case 'quarantine':
      return { kind: 'quarantined', reason: outcome.problem.detail, orderIds };
    default:
      return unreachable(outcome);
  }
}

/** @returns the full order, or why there is none. */
async function wholeOrder(update: ChannelUpdate): Promise<ChannelUpdate | string> {
  if (update.fetch === undefined) return 'the full order does not say enough either';
  try {
    return (await update.fetch()) ?? 'the shop has no such order';
  } catch (error) {
    if (error instanceof ShopRefused) return error.message;
    throw error;
  }
}

type Ran =
  | { readonly kind: 'changed-meanwhile' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'done'; readonly isLogged: boolean };

/**
 * Runs commands one after another, each on the version that the one before left, and stops at the first that is
 * refused: those behind it may only be right after it. The last one settles the message.
 */
async function runAll(
  ports: Ports,
  message: InboundMessage,
  known: KnownOrder,
  commands: readonly Instruction[],
  settlement: MessageSettlement | undefined,
): Promise<Ran> {
  const { orderId } = known.order;
  let { version: expectedVersion } = known.order;
  let isLogged = false;
  for (const [index, command] of commands.entries()) {
    const isLast = index === commands.length - 1;
    // A newer state of the order that was processed meanwhile makes this one an older one, which is translated anew.
    const outcome = await unlessMeanwhile(
      'newer-channel-version',
      handleOrderCommand(ports, {
        ...{ orderId, command, origin: originOf(message), expectedVersion },
        message: { message: message.ref, ...(isLast && { settlement }) },
      }),
    );
    if (outcome.kind === 'stale') return { kind: 'changed-meanwhile' };
    if (outcome.kind === 'refused') {
      return { kind: 'refused', reason: `${command.type}: ${outcome.rejection.detail}` };
    }
    expectedVersion = outcome.order.version;
    isLogged = isLast && outcome.events.length > 0;
  }
  return { kind: 'done', isLogged };
}

/** What was written meanwhile makes what is decided obsolete: the update is translated anew. */
async function unlessMeanwhile<Result>(
  conflict: WriteConflict,
  running: Promise<Result>,
): Promise<Result | { readonly kind: 'stale' }> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof WriteFailed && error.conflict === conflict) return { kind: 'stale' };
    throw error;
  }
}

function deletedBefore({ order: { externalId }, isRestored }: ChannelUpdate): MessageOutcome {
  return isRestored
    ? quarantined(
        `order ${externalId} was deleted before it was known here, and is restored: enter it by hand if it is to be shipped`,
      )
    : { kind: 'processed', orderIds: [], detail: 'the channel had deleted the order' };
}

/** @returns what is known of an order of a channel; null where it is not known here. */
export async function knownOrder(ports: Ports, external: ExternalOrder | null): Promise<KnownOrder | null> {
  if (external?.orderId == null) return null;
  const order = await ports.orders.load(external.orderId);
  if (order === null) return null;
  return { order, channelVersion: external.channelVersion, ...(await unitsBefore(ports, order)) };
}

type UnitsBefore = Pick<KnownOrder, 'cancelledHere' | 'byReturn' | 'returnedHere' | 'isCancelledThere'>;

/** Reads who cancelled and returned what from the history of the order. */
async function unitsBefore(ports: Ports, order: Order): Promise<UnitsBefore> {
  const cancelledHere = new Map<number, number>();
  const returnedHere = new Map<number, number>();
  const byReturn = new Map<string, Map<number, number>>();
  let isCancelledThere = false;
  if (order.lines.every(({ cancelled, returned }) => cancelled + returned === 0)) return {};
  for (const { type, data, actor } of await ports.orders.history(order.orderId, 0, order.sequence)) {
    if (type !== 'LinesCancelled' && type !== 'OrderCancelled' && type !== 'ReturnReceived') continue;
    const isTheirs = actor.type === 'channel' && actor.id === order.source;
    if (type === 'OrderCancelled') isCancelledThere = isTheirs;
    const { channelReturnId } = data;
    if (channelReturnId !== undefined) {
      const units = byReturn.get(channelReturnId) ?? new Map<number, number>();
      byReturn.set(channelReturnId, units);
      add(data.lines, units);
    }
    if (type === 'LinesCancelled' && (!isTheirs || channelReturnId !== undefined))
      add(data.lines, cancelledHere);
    if (type === 'ReturnReceived' && !isTheirs) add(data.lines, returnedHere);
  }
  return { cancelledHere, byReturn, returnedHere, isCancelledThere };
}

function add(lines: readonly Units[], to: Map<number, number>): void {
  for (const { lineNumber, quantity } of lines) to.set(lineNumber, (to.get(lineNumber) ?? 0) + quantity);
}

function quarantined(reason: string): MessageOutcome {
  return { kind: 'quarantined', reason };
}

/** The shop itself brought about what its messages say. */
function originOf({ origin, sender }: InboundMessage): Origin {
  return { ...origin, actor: { type: 'channel', id: sender.source } };
}
