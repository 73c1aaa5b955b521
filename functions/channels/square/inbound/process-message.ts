import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@aws-lambda-powertools/logger';
import type { Ports } from '../../../orders/ports.ts';
import { Busy } from '../../../write-failures.ts';
import type { InboundMessage, MessageOutcome } from '../../channel.ts';
import type { ChannelUpdate } from '../../core/channel-update.ts';
import { processTogether, processUpdate } from '../../core/process-message.ts';
import { reconcileDeletion } from '../../core/reconcile-order.ts';
import { ShopRefused, ShopUnreadable, type SquareAccount } from '../../core/shops.ts';
import type { PaymentRule } from '../../payment-rules.ts';
import { fetchUpdates, type Question, type SquareUpdates } from './channel-update.ts';
import type { SquareMessage } from './message.ts';
import { versionText } from './version.ts';

/** Milliseconds after which an order that was read too early is read again. */
const LAG = 300;

/** What processing needs from outside. */
export interface SquareDependencies {
  readonly ports: Ports;
  readonly logger: Pick<Logger, 'error'>;
  readonly account: SquareAccount;
  readonly merchant: string;
  readonly rules: readonly PaymentRule[];
}

/**
 * Messages name an order and how new it is; only one that is newer than what is known has to be fetched.
 *
 * @throws Busy when Square could not be asked, or does not say; the message is sent again
 */
export async function processMessage(
  { ports, logger, account, merchant, rules }: SquareDependencies,
  inbound: InboundMessage,
  message: SquareMessage,
): Promise<MessageOutcome> {
  const { orderId } = message;
  const done = (detail: string, ...orderIds: readonly string[]): MessageOutcome => ({
    kind: 'processed',
    orderIds,
    detail,
  });
  if (orderId === null) return done(`the ${message.about} belongs to no order`);
  if (message.about === 'missing order') {
    if ((await account.retrieveOrder(orderId)) !== null) return done('Square has the order');
    return processUpdate(ports, inbound, deletionOf(merchant, orderId));
  }
  if (message.about === 'order') {
    if (message.state === 'DRAFT') return done('a draft is no sale yet');
    const known = await ports.orders.findExternal('SQUARE', merchant, orderId);
    if (known?.channelVersion != null && known.channelVersion >= versionText(message.version)) {
      return done(
        'this version, or a newer one, has been processed',
        ...(known.orderId === null ? [] : [known.orderId]),
      );
    }
  } else {
    const status = message.about === 'payment' ? message.payment.status : message.status;
    const isDone = status === 'COMPLETED' || (status === 'APPROVED' && message.about === 'payment');
    if (!isDone) return done(`the ${message.about} is ${status.slice(0, 40)}`);
  }
  const question: Question = {
    ...{ merchant, orderId, rules },
    payment: message.about === 'payment' ? message.payment : null,
    isPaidBack: message.about === 'refund',
    isHistory: message.about === 'order' && message.isHistory,
  };
  try {
    let updates = await fetchUpdates(account, question);
    const version = updates?.own?.version;
    if (message.about === 'order' && version && version < versionText(message.version)) {
      // The copy that was read lags behind the message; what is not there now comes with the next one.
      await pause(LAG);
      updates = await fetchUpdates(account, question);
    }
    if (updates === null) return { kind: 'quarantined', reason: `Square knows no order ${orderId}` };
    return await processUpdates({ ports, account }, inbound, updates, question);
  } catch (error) {
    if (error instanceof ShopUnreadable) return { kind: 'quarantined', reason: error.message };
    if (!(error instanceof ShopRefused)) throw error;
    // Our access is at fault, and may be mended before Square stops sending.
    logger.error('Square did not return an order', { merchant, status: error.status });
    throw new Busy('Square did not return the order; send the message again');
  }
}

function deletionOf(merchant: string, externalId: string): ChannelUpdate {
  return {
    order: { channel: 'SQUARE', source: merchant, externalId },
    version: null,
    translate: (known) => reconcileDeletion(known, 'Square'),
  };
}

/** Processes what an order says of itself and of the sales that goods came back of. */
async function processUpdates(
  { ports, account }: Pick<SquareDependencies, 'ports' | 'account'>,
  inbound: InboundMessage,
  { own, returns }: SquareUpdates,
  question: Question,
): Promise<MessageOutcome> {
  const updates: ChannelUpdate[] = [];
  for (const update of returns) {
    const { channel, source, externalId } = update.order;
    // The return may be heard of before its sale is.
    if ((await ports.orders.findExternal(channel, source, externalId)) === null) {
      const asked = { ...question, orderId: externalId, payment: null };
      const sale = externalId === question.orderId ? null : await fetchUpdates(account, asked);
      if (sale?.own != null) updates.push(sale.own);
    }
    updates.push(update);
  }
  if (own !== null) updates.push(own);
  const [only, ...others] = updates;
  if (only === undefined) {
    return { kind: 'processed', orderIds: [], detail: 'the money of the return is not back yet' };
  }
  return others.length === 0 ? processUpdate(ports, inbound, only) : processTogether(ports, inbound, updates);
}
