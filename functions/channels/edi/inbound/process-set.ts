import type { Order } from '../../../../domain/order/order.ts';
import type { Origin } from '../../../events/envelope.ts';
import { handleOrderCommand, tryOrderCommand } from '../../../orders/handle-order-command.ts';
import { Busy, type Ports } from '../../../orders/ports.ts';
import {
  type InterchangeReport,
  type PurchaseOrderChangeDocument,
  readPurchaseOrder,
  readPurchaseOrderChange,
  type SetReport,
} from '../x12/index.ts';
import type { EdiContext, SetOutcome } from './edi-context.ts';
import { digestOf, ordersMeantBy } from './known-orders.ts';
import { processAcknowledgment } from './process-acknowledgment.ts';
import { cancelOrders, processPurchaseOrder, severalBuyers } from './process-purchase-order.ts';
import { translateChange } from './translate-change.ts';

/**
 * Books the accepted sets of an interchange, one after another, each whole or not at all. Doing it again changes
 * nothing: an order is known by its purchase order number and sender, a change by what the order already is.
 *
 * @throws Busy when contention outlasted every attempt or the time is over; the same interchange may be sent again
 */
export async function takeIn(
  ports: Ports,
  report: InterchangeReport,
  context: EdiContext,
): Promise<readonly SetOutcome[]> {
  const accepted = report.groups.flatMap(({ sets }) => sets).filter(({ verdict }) => verdict !== 'R');
  const { usage } = report.interchange.header;
  const outcomes: SetOutcome[] = [];
  for (const [position, { set }] of accepted.entries()) {
    if (Date.now() >= context.deadline)
      throw new Busy('the interchange is taken in piece by piece; send it again');
    outcomes.push(usage === 'P' ? await processSet(ports, set, position, context) : notLive(set, usage));
  }
  return outcomes;
}

type AcceptedSet = SetReport['set'];

/** ISA15 says whether an interchange is meant: a test, or mere information, never becomes an order. */
function notLive(set: AcceptedSet, usage: string): SetOutcome {
  return {
    kind: 'quarantined',
    topic: set.id,
    reason: `usage indicator ${usage}: not meant as a live order`,
  };
}

async function processSet(
  ports: Ports,
  set: AcceptedSet,
  position: number,
  context: EdiContext,
): Promise<SetOutcome> {
  switch (set.id) {
    case '850': {
      let isBegun = false;
      const documents = readPurchaseOrder(set);
      const outcome = await processPurchaseOrder(ports, documents, digestOf(set), context, async (reason) => {
        await context.begin(position, set.id, reason);
        isBegun = true;
      });
      if (isBegun && outcome.kind === 'booked') await context.finish(position);
      return { ...outcome, account: documents[0]?.account.entries() };
    }
    case '860': {
      const change = readPurchaseOrderChange(set);
      return {
        ...(await processPurchaseOrderChange(ports, change, context)),
        account: change.account.entries(),
      };
    }
    case '997':
    case '999':
      return processAcknowledgment(context.answers, context.sender.identity, set);
    default:
      return { kind: 'quarantined', topic: set.id, reason: `no rule for transaction set ${set.id}` };
  }
}

/** Carries out a change on every order of the purchase order, or on none of them. */
async function processPurchaseOrderChange(
  ports: Ports,
  document: PurchaseOrderChangeDocument,
  context: EdiContext,
): Promise<SetOutcome> {
  const { purchaseOrderNumber, purpose } = document;
  const orders = await ordersMeantBy(ports, context.sender, document);
  if (orders === null) return aside('860', severalBuyers(purchaseOrderNumber));
  if (orders.length === 0)
    return aside('860', `there is no purchase order ${purchaseOrderNumber} to change yet`);
  if (purpose.kind === 'CANCELLATION') return cancelOrders(ports, '860', orders, context);
  const isPart = orders.length > 1;
  for (const order of orders) {
    const change = translateChange(document, order, context.masters, isPart);
    if ('problems' in change) return aside('860', change.problems.join('; '));
    if (change.command === null) continue;
    const { orderId } = order;
    const tried = await tryOrderCommand(ports, { orderId, command: change.command, origin: context.origin });
    if (tried.kind === 'refused') return aside('860', tried.rejection.detail);
  }
  const outcomes: SetOutcome[] = [];
  for (const { orderId } of orders)
    outcomes.push(await changeOrder(ports, document, orderId, isPart, context));
  const refused = outcomes.find(({ kind }) => kind === 'quarantined');
  const kind = outcomes.some((each) => each.kind === 'booked') ? 'booked' : 'nothing-to-do';
  return refused ?? { kind, orderIds: orders.map(({ orderId }) => orderId) };
}

async function changeOrder(
  ports: Ports,
  document: PurchaseOrderChangeDocument,
  orderId: string,
  isPart: boolean,
  { origin, deadline, masters }: EdiContext,
): Promise<SetOutcome> {
  for (;;) {
    const order = await ports.orders.load(orderId);
    if (order === null) throw new Error(`there is no order ${orderId}`);
    const change = translateChange(document, order, masters, isPart);
    if ('problems' in change) return aside('860', change.problems.join('; '));
    const { command, heldFor } = change;
    if (command === null) return { kind: 'nothing-to-do', orderIds: [orderId] };
    // The order is held before it is changed, so that nothing leaves that someone has to look at first.
    const held = await hold(ports, order, heldFor, origin);
    const outcome = await handleOrderCommand(ports, {
      orderId,
      command,
      origin,
      expectedVersion: held.version,
      until: deadline,
    });
    if (outcome.kind === 'done') return { kind: 'booked', orderIds: [orderId] };
    if (outcome.kind === 'refused') return aside('860', outcome.rejection.detail);
  }
}

/** @returns the order with the hold, which it may have already from a change that was cut off */
async function hold(ports: Ports, order: Order, heldFor: readonly string[], origin: Origin): Promise<Order> {
  const note = heldFor.join('; ').slice(0, 2000);
  if (note === '' || order.holds.some((each) => each.note === note)) return order;
  const command = { type: 'PlaceHold', reason: 'OTHER', note } as const;
  const outcome = await handleOrderCommand(ports, { orderId: order.orderId, command, origin });
  return outcome.kind === 'done' ? outcome.order : order;
}

function aside(topic: string, reason: string): SetOutcome {
  return { kind: 'quarantined', topic, reason };
}
