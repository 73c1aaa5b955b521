import type { CommandOf } from '../../../../domain/order/commands.ts';
import type { Order } from '../../../../domain/order/order.ts';
import { handleOrderCommand, tryOrderCommand } from '../../../orders/handle-order-command.ts';
import type { Ports } from '../../../orders/ports.ts';
import { batchThatFits, receiveBatch } from '../../../orders/receive-batch.ts';
import { receiveOrder, tryToReceiveOrder } from '../../../orders/receive-order.ts';
import { Busy } from '../../../write-failures.ts';
import { CANCELLED_BY_PARTNER } from '../outbound/common.ts';
import type { PurchaseOrderDocument } from '../x12/index.ts';
import { booking, type EdiContext, type SetOutcome } from './edi-context.ts';
import { ordersMeantBy, ordersOfDocument } from './known-orders.ts';
import { translateOrder } from './translate-order.ts';

/**
 * Books a purchase order, with every share of it where it is divided among destinations, or nothing of it. What was cut
 * off is completed by the same message again.
 *
 * @param digest of what the document says
 */
export async function processPurchaseOrder(
  ports: Ports,
  documents: readonly PurchaseOrderDocument[],
  digest: string,
  context: EdiContext,
): Promise<SetOutcome> {
  const [first] = documents;
  if (first === undefined) return quarantined('the order has no lines');
  const { purpose, purchaseOrderNumber } = first;
  switch (purpose.kind) {
    case 'ORIGINAL':
    case 'DUPLICATE':
    case 'CONFIRMATION':
      break;
    case 'CANCELLATION': {
      const meant = await ordersMeantBy(ports, context.sender, first);
      if (meant === null) return quarantined(severalBuyers(purchaseOrderNumber));
      if (meant.length === 0)
        return quarantined(`there is no purchase order ${purchaseOrderNumber} to cancel`);
      return cancelOrders(ports, '850', meant, context);
    }
    default:
      return quarantined(`BEG01 ${purpose.code}: an 850 of this purpose is no new order; an 860 changes one`);
  }
  const known = await ordersOfDocument(ports, context.sender, first);
  const other = known.find(({ channelDocument }) => channelDocument?.digest !== digest);
  if (other !== undefined)
    return quarantined(
      `purchase order ${purchaseOrderNumber} is known as ${other.orderId}, with other content`,
    );
  if (known.length === documents.length) return { kind: 'nothing-to-do', orderIds: idsOf(known) };

  const translated = documents.map((document) =>
    translateOrder(document, context.sender, digest, context.masters, brokenRulesOf(context)),
  );
  const problems = translated.flatMap((each) => ('problems' in each ? each.problems : []));
  if (problems.length > 0) return quarantined(problems.join('; '));
  const commands = translated.flatMap((each) => ('command' in each ? [each.command] : []));
  const [only] = commands;
  if (commands.length === 1 && only !== undefined) return book(ports, only, context);
  // Each share is tried before the first is booked: they may take several transactions.
  for (const command of commands) {
    const outcome = await tryToReceiveOrder(ports, { command, origin: context.origin });
    if (outcome.kind === 'refused') return quarantined(outcome.rejection.detail);
  }
  return bookShares(ports, first, commands, context);
}

async function book(
  ports: Ports,
  command: CommandOf<'ReceiveOrder'>,
  context: EdiContext,
): Promise<SetOutcome> {
  // A partner waits for its answer, and the workflow reserves for the lines that one transaction does not take.
  const { origin } = context;
  const circumstances = { origin, until: Date.now(), message: booking(context) };
  const outcome = await receiveOrder(ports, { command, ...circumstances });
  if (outcome.kind === 'received')
    return { kind: 'booked', orderIds: [outcome.order.orderId], isLogged: true };
  if (outcome.kind === 'known') return { kind: 'booked', orderIds: [outcome.orderId] };
  if (outcome.kind === 'refused') return quarantined(outcome.rejection.detail);
  return quarantined(`purchase order ${command.purchaseOrderNumber} is used by another order`);
}

/** As many shares in one transaction as fit; the few purchase orders that have more need several. */
async function bookShares(
  ports: Ports,
  document: PurchaseOrderDocument,
  commands: readonly CommandOf<'ReceiveOrder'>[],
  context: EdiContext,
): Promise<SetOutcome> {
  const { sender, origin, deadline, message } = context;
  // Each round books some, or finds that another one did.
  for (let round = 0; round <= commands.length; round++) {
    const known = await ordersOfDocument(ports, sender, document);
    const booked = new Set(known.map(({ channelDocument }) => channelDocument?.part));
    const missing = commands.filter(({ channelDocument }) => !booked.has(channelDocument?.part));
    if (missing.length === 0) return { kind: 'booked', orderIds: idsOf(known) };
    const batch = batchThatFits(missing);
    const outcome = await receiveBatch(ports, batch, {
      ...{ origin, until: deadline },
      message: batch.length === missing.length ? booking(context, idsOf(known)) : { message },
    });
    switch (outcome.kind) {
      case 'refused':
        return quarantined(outcome.rejection.detail);
      case 'duplicate-purchase-order':
        return quarantined(`purchase order ${document.purchaseOrderNumber} is used by another order`);
      case 'received':
      case 'some-known': // The same message is processed twice at once; the other may have booked more.
    }
  }
  throw new Busy(`${document.purchaseOrderNumber} is booked by several at once; send it again`);
}

/** Cancels every order of a purchase order, or none: each of several is tried before the first is cancelled. */
export async function cancelOrders(
  ports: Ports,
  topic: string,
  orders: readonly Order[],
  context: EdiContext,
): Promise<SetOutcome> {
  const { origin, deadline, message } = context;
  const command = { type: 'CancelOrder', reason: 'CUSTOMER', note: CANCELLED_BY_PARTNER } as const;
  const live = orders.filter(({ state }) => state !== 'CANCELLED').map(({ orderId }) => orderId);
  for (const orderId of live.length > 1 ? live : []) {
    const outcome = await tryOrderCommand(ports, { orderId, command, origin });
    if (outcome.kind === 'refused')
      return { ...quarantined(`${orderId}: ${outcome.rejection.detail}`), topic };
  }
  for (const orderId of live) {
    const outcome = await handleOrderCommand(ports, {
      ...{ orderId, command, origin, until: deadline },
      message: orderId === live.at(-1) ? booking(context, idsOf(orders)) : { message },
    });
    if (outcome.kind === 'refused')
      return { ...quarantined(`${orderId}: ${outcome.rejection.detail}`), topic };
  }
  if (live.length === 0) return { kind: 'nothing-to-do', orderIds: idsOf(orders) };
  return { kind: 'booked', orderIds: idsOf(orders), isLogged: true };
}

function brokenRulesOf({ breaches = [] }: EdiContext): readonly string[] {
  return breaches.length === 0 ? [] : [brokenRules(breaches)];
}

/** That a document breaks rules that were agreed with the partner, for people to read. */
export function brokenRules(breaches: readonly string[]): string {
  return `against the partner's rules: ${breaches.join(', ')}`;
}

/** Why a document cannot be carried out that does not say whose purchase order it means. */
export function severalBuyers(purchaseOrderNumber: string): string {
  return `N1 BY: several buyers have a purchase order ${purchaseOrderNumber}, and none is named`;
}

function idsOf(orders: readonly Order[]): readonly string[] {
  return orders.map(({ orderId }) => orderId);
}

function quarantined(reason: string) {
  return { kind: 'quarantined', topic: '850', reason } as const;
}
