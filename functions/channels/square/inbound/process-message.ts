import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@aws-lambda-powertools/logger';
import { Busy, type Ports } from '../../../orders/ports.ts';
import type { InboundMessage, MessageOutcome } from '../../channel.ts';
import { processUpdate } from '../../core/process-message.ts';
import { ShopRefused, ShopUnreadable, type SquareAccount } from '../../core/shops.ts';
import type { PaymentRule } from '../../payment-rules.ts';
import { fetchUpdate } from './channel-update.ts';
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
  if (orderId === null) return done('the payment belongs to no order');
  if (message.about === 'order') {
    if (message.state === 'DRAFT') return done('a draft is no sale yet');
    const known = await ports.orders.findExternal('SQUARE', merchant, orderId);
    if (known?.channelVersion != null && known.channelVersion >= versionText(message.version)) {
      return done(
        'this version, or a newer one, has been processed',
        ...(known.orderId === null ? [] : [known.orderId]),
      );
    }
  } else if (message.payment.status !== 'COMPLETED' && message.payment.status !== 'APPROVED') {
    return done(`the payment is ${message.payment.status.slice(0, 40)}`);
  }
  const payment = message.about === 'payment' ? message.payment : null;
  const isHistory = message.about === 'order' && message.isHistory;
  try {
    let update = await fetchUpdate(account, { merchant, orderId, payment, isHistory, rules });
    if (message.about === 'order' && update?.version && update.version < versionText(message.version)) {
      // The copy that was read lags behind the message; what is not there now comes with the next one.
      await pause(LAG);
      update = await fetchUpdate(account, { merchant, orderId, payment, isHistory, rules });
    }
    if (update === null) return { kind: 'quarantined', reason: `Square knows no order ${orderId}` };
    return await processUpdate(ports, inbound, update);
  } catch (error) {
    if (error instanceof ShopUnreadable) return { kind: 'quarantined', reason: error.message };
    if (!(error instanceof ShopRefused)) throw error;
    // Our access is at fault, and may be mended before Square stops sending.
    logger.error('Square did not return an order', { merchant, status: error.status });
    throw new Busy('Square did not return the order; send the message again');
  }
}
