import type { CommandOf } from '../../../../domain/order/commands.ts';
import { handleOrderCommand, tryOrderCommand } from '../../../orders/handle-order-command.ts';
import type { Ports } from '../../../orders/ports.ts';
import { batchThatFits, receiveBatch } from '../../../orders/receive-batch.ts';
import { receiveOrder, tryToReceiveOrder } from '../../../orders/receive-order.ts';
import type { PurchaseOrderDocument } from '../x12/index.ts';
import type { EdiContext, SetOutcome } from './edi-context.ts';
import { externalIdOf, type Sender, translateOrder } from './translate-order.ts';

/**
 * Books a purchase order, with every share of it where it is divided among destinations, or nothing of it. What was cut
 * off is completed by the same message again.
 *
 * @param begin keeps the message for an operator until all of it is booked
 */
export async function processPurchaseOrder(
  ports: Ports,
  documents: readonly PurchaseOrderDocument[],
  context: EdiContext,
  begin: (reason: string) => Promise<void>,
): Promise<SetOutcome> {
  const [first] = documents;
  if (first === undefined) return aside('the order has no lines');
  const known = await knownOrders(ports, documents, context.sender);
  switch (first.purpose.kind) {
    case 'ORIGINAL':
    case 'DUPLICATE':
    case 'CONFIRMATION':
      break;
    case 'CANCELLATION':
      return cancelOrders(ports, first.purchaseOrderNumber, [...known.values()], context);
    default:
      return aside(`purpose ${first.purpose.code} of an 850 is no new order; send an 860 to change one`);
  }
  if (known.size === documents.length) return { kind: 'nothing-to-do', orderIds: [...known.values()] };

  const translated = documents.map((document) => translateOrder(document, context.sender));
  const problems = translated.flatMap((each) => ('problems' in each ? each.problems : []));
  if (problems.length > 0) return aside(problems.join('; '));
  const commands = translated.flatMap((each) => ('command' in each ? [each.command] : []));
  // Each share is tried before the first is booked.
  for (const command of commands) {
    const outcome = await tryToReceiveOrder(ports, { command, origin: context.origin });
    if (outcome.kind === 'refused') return aside(outcome.rejection.detail);
  }
  const [only] = commands;
  if (commands.length === 1 && only !== undefined) return book(ports, only, context);
  if (batchThatFits(commands).length < commands.length) {
    await begin(`not all ${commands.length} shares of ${first.purchaseOrderNumber} are booked yet`);
  }
  return bookShares(ports, documents, commands, context);
}

async function book(
  ports: Ports,
  command: CommandOf<'ReceiveOrder'>,
  { origin }: EdiContext,
): Promise<SetOutcome> {
  // A partner waits for its answer, and the workflow reserves for the lines that one transaction does not take.
  const outcome = await receiveOrder(ports, { command, origin, until: Date.now() });
  if (outcome.kind === 'received') return { kind: 'booked', orderIds: [outcome.order.orderId] };
  if (outcome.kind === 'known') return { kind: 'booked', orderIds: [outcome.orderId] };
  if (outcome.kind === 'refused') return aside(outcome.rejection.detail);
  return aside(`purchase order ${command.purchaseOrderNumber} is used by another order`);
}

/** As many shares in one transaction as fit; the few purchase orders that have more need several. */
async function bookShares(
  ports: Ports,
  documents: readonly PurchaseOrderDocument[],
  commands: readonly CommandOf<'ReceiveOrder'>[],
  { sender, origin, deadline }: EdiContext,
): Promise<SetOutcome> {
  for (;;) {
    const known = await knownOrders(ports, documents, sender);
    const missing = commands.filter(({ externalId = '' }) => !known.has(externalId));
    if (missing.length === 0) return { kind: 'booked', orderIds: [...known.values()] };
    const outcome = await receiveBatch(ports, batchThatFits(missing), {
      origin,
      until: deadline,
    });
    switch (outcome.kind) {
      case 'refused':
        return aside(outcome.rejection.detail);
      case 'duplicate-purchase-order':
        return aside(`purchase order ${commands[0]?.purchaseOrderNumber} is used by another order`);
      case 'received':
      case 'some-known': // The same message was taken in twice at once; the other may have booked more.
    }
  }
}

async function cancelOrders(
  ports: Ports,
  purchaseOrderNumber: string,
  known: readonly string[],
  { origin, deadline }: EdiContext,
): Promise<SetOutcome> {
  if (known.length === 0) return aside(`there is no purchase order ${purchaseOrderNumber} to cancel`);
  const command = { type: 'CancelOrder', reason: 'CUSTOMER' } as const;
  const live: string[] = [];
  for (const orderId of known) {
    const order = await ports.orders.load(orderId);
    if (order?.state === 'CANCELLED') continue;
    const outcome = await tryOrderCommand(ports, { orderId, command, origin });
    if (outcome.kind === 'refused') return aside(`${orderId}: ${outcome.rejection.detail}`);
    live.push(orderId);
  }
  for (const orderId of live) {
    const outcome = await handleOrderCommand(ports, { orderId, command, origin, until: deadline });
    if (outcome.kind === 'refused') return aside(`${orderId}: ${outcome.rejection.detail}`);
  }
  return { kind: live.length === 0 ? 'nothing-to-do' : 'booked', orderIds: known };
}

/** The orders of those documents that were booked before, by the id that the partner knows them by. */
async function knownOrders(
  ports: Ports,
  documents: readonly PurchaseOrderDocument[],
  { identity }: Sender,
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    documents.map(async ({ purchaseOrderNumber, split }) => {
      const externalId = externalIdOf(purchaseOrderNumber, split?.location ?? null);
      const external = await ports.orders.findExternal('EDI', identity, externalId);
      return external === null ? [] : [[externalId, external.orderId] as const];
    }),
  );
  return new Map(found.flat());
}

function aside(reason: string): SetOutcome {
  return { kind: 'quarantined', topic: '850', reason };
}
