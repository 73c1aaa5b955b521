import type { CommandOf } from '../../../../domain/order/commands.ts';
import type { Order } from '../../../../domain/order/order.ts';
import { manyLines } from '../../core/clean.ts';
import { continueWith, type Instruction, type ShopOutcome } from '../../core/outcome.ts';
import { unreserved } from '../../core/reservations.ts';
import { changeByFulfillment } from './change-shipment.ts';
import type { ShopifyOrder } from './payload.ts';

/**
 * Fulfillments that a full order tells of and that nobody else did: Shopify does not promise that its message of a
 * fulfillment arrives. One that can be recorded is, before anything else of the order; one that cannot puts the order
 * on hold, since what has left must not leave again.
 *
 * @returns null where there is no such fulfillment
 */
export function learnShipments(shopify: ShopifyOrder, order: Order): ShopOutcome | null {
  if (order.state !== 'ALLOCATED' && order.state !== 'FULFILLMENT_QUEUED') return null;
  // Whoever lifts the hold has looked at it.
  if (order.holds.length > 0) return null;
  for (const fulfillment of shopify.fulfillments ?? []) {
    const outcome = changeByFulfillment(fulfillment, { order, channelVersion: null });
    if (outcome.kind !== 'run') continue;
    const missing = outcome.commands
      .filter(isShipment)
      .flatMap(({ lines }) => unreserved(order, lines ?? []));
    if (missing.length === 0) return continueWith(outcome.commands);
    const list = missing.map(({ lineNumber, quantity }) => `${quantity} of line ${lineNumber}`).join(', ');
    const note = manyLines(
      `Shopify has shipped what is not reserved here; see that it is not shipped twice: ${list}.`,
    );
    return continueWith([{ type: 'PlaceHold', reason: 'OTHER', note }]);
  }
  return null;
}

function isShipment(command: Instruction): command is CommandOf<'RecordShipment'> {
  return command.type === 'RecordShipment';
}
