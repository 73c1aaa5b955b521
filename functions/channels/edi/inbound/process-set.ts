import type { Order } from '../../../../domain/order/order.ts';
import type { Origin } from '../../../events/envelope.ts';
import type { MessageWrite } from '../../../messages/message.ts';
import { handleOrderCommand, tryOrderCommand } from '../../../orders/handle-order-command.ts';
import type { Ports } from '../../../orders/ports.ts';
import { Busy, WriteFailed } from '../../../write-failures.ts';
import { breachesOf } from '../check-rules.ts';
import {
  type AccountEntry,
  type ApplicationAdvice,
  type InterchangeReport,
  type PurchaseOrderChangeDocument,
  type PurchaseOrderDocument,
  type Remittance,
  readApplicationAdvice,
  readPurchaseOrder,
  readPurchaseOrderChange,
  readRemittance,
  readShippingAdvice,
  type SetReport,
  type ShippingAdvice,
} from '../x12/index.ts';
import { changeOfShare } from './change-of-share.ts';
import { booking, type EdiContext, type InterchangeContext, type SetOutcome } from './edi-context.ts';
import { digestOf, ordersMeantBy } from './known-orders.ts';
import { mastersFor } from './partner-masters.ts';
import { processAcknowledgment } from './process-acknowledgment.ts';
import { processAdvice } from './process-advice.ts';
import { brokenRules, cancelOrders, processPurchaseOrder, severalBuyers } from './process-purchase-order.ts';
import { processRemittance } from './process-remittance.ts';
import { processShippingAdvice } from './process-shipping-advice.ts';
import { translateChange } from './translate-change.ts';

/** How often a change is made anew when its order changes meanwhile. */
const ATTEMPTS = 8;

/**
 * Books the accepted sets of an interchange, one after another, each whole or not at all. Doing it again changes
 * nothing: what the log has settled stays, an order is known by its purchase order number and sender, a change by what
 * the order already is.
 *
 * @throws Busy when contention outlasted every attempt or the time is over; the same interchange may be sent again
 */
export async function processSets(
  ports: Ports,
  report: InterchangeReport,
  context: InterchangeContext,
): Promise<readonly SetOutcome[]> {
  const accepted = report.groups.flatMap(({ sets }) => sets).filter(({ verdict }) => verdict !== 'R');
  const { usage } = report.interchange.header;
  const outcomes: SetOutcome[] = [];
  for (const [position, { set }] of accepted.entries()) {
    if (Date.now() >= context.deadline)
      throw new Busy('the interchange is processed piece by piece; send it again');
    const message = context.messageAt(position, set.id);
    outcomes.push(await processLogged(ports, set, usage, { ...context, message }));
  }
  return outcomes;
}

/** Processes a set, and settles it in the log unless the transaction that booked it did. */
async function processLogged(
  ports: Ports,
  set: AcceptedSet,
  usage: string,
  context: InterchangeContext & EdiContext,
): Promise<SetOutcome> {
  const { log, message, body } = context;
  const read = readSet(set);
  const own = { ...context, account: read.account };
  const outcome =
    usage === 'I' ? forInformation(set) : await unlessSettled(own, processSet(ports, set, read, own));
  const account = read.account?.();
  if (outcome.kind === 'quarantined') {
    // Its interchange is settled, and kept for a shorter time than a set that waits for somebody.
    const { reason, about: orderIds } = outcome;
    await log.settle(message, { state: 'QUARANTINED', reason, orderIds, account }, body);
  } else if (outcome.kind === 'nothing-to-do' || outcome.isLogged !== true) {
    const { orderIds, kind: detail } = outcome;
    await log.settle(message, { state: 'PROCESSED', orderIds, detail, account });
  }
  return outcome;
}

/** A set that was processed or dismissed meanwhile is left as it is. */
async function unlessSettled(
  { log, message }: InterchangeContext & EdiContext,
  processing: Promise<SetOutcome>,
): Promise<SetOutcome> {
  try {
    return await processing;
  } catch (error) {
    if (!(error instanceof WriteFailed) || error.conflict !== 'message-settled') throw error;
    return { kind: 'nothing-to-do', orderIds: (await log.find(message.messageId))?.message.orderIds ?? [] };
  }
}

/** A set as far as it is translated, with what becomes of its elements. */
interface ReadSet {
  readonly documents?: readonly PurchaseOrderDocument[];
  readonly change?: PurchaseOrderChangeDocument;
  readonly advice?: ApplicationAdvice;
  readonly remittance?: Remittance;
  readonly shipping?: ShippingAdvice;
  readonly account?: (() => readonly AccountEntry[]) | undefined;
}

function readSet(set: AcceptedSet): ReadSet {
  if (set.id === '850') {
    const documents = readPurchaseOrder(set);
    return { documents, account: () => documents[0]?.account.entries() ?? [] };
  }
  if (set.id === '860') {
    const change = readPurchaseOrderChange(set);
    return { change, account: () => change.account.entries() };
  }
  if (set.id === '824') {
    const advice = readApplicationAdvice(set);
    return { advice, account: () => advice.account };
  }
  if (set.id === '820') {
    const remittance = readRemittance(set);
    return { remittance, account: () => remittance.account };
  }
  if (set.id === '945') {
    const shipping = readShippingAdvice(set);
    return { shipping, account: () => shipping.account };
  }
  return {};
}

type AcceptedSet = SetReport['set'];

/** ISA15 I: what is sent for information never becomes an order. A test (T) does, in a world of its own. */
function forInformation(set: AcceptedSet): SetOutcome {
  return { kind: 'quarantined', topic: set.id, reason: 'usage indicator I: sent for information only' };
}

async function processSet(
  ports: Ports,
  set: AcceptedSet,
  { documents, change, advice, remittance, shipping }: ReadSet,
  context: EdiContext,
): Promise<SetOutcome> {
  const breaches = breachesOf(context.rules ?? [], set.id, set.segments);
  if (documents !== undefined) {
    const masters = await mastersFor(documents, context.findMasters);
    return processPurchaseOrder(ports, documents, digestOf(set), { ...context, masters, breaches });
  }
  if (change !== undefined) {
    if (breaches.length > 0) return quarantined('860', brokenRules(breaches));
    const masters = await mastersFor([change], context.findMasters);
    return processPurchaseOrderChange(ports, change, { ...context, masters });
  }
  if (advice !== undefined) return processAdvice(context.answers, context.sender.identity, advice);
  if (remittance !== undefined)
    return processRemittance(context, context.sender, remittance, context.message.messageId);
  if (shipping !== undefined) return processShippingAdvice(ports, shipping, context);
  if (set.id === '997' || set.id === '999') {
    return processAcknowledgment(context.answers, context.sender.identity, set);
  }
  return { kind: 'quarantined', topic: set.id, reason: `no rule for transaction set ${set.id}` };
}

/** Carries out a change on every order of the purchase order, or on none of them. */
async function processPurchaseOrderChange(
  ports: Ports,
  document: PurchaseOrderChangeDocument,
  context: EdiContext,
): Promise<SetOutcome> {
  const { purchaseOrderNumber, purpose } = document;
  const orders = await ordersMeantBy(ports, context.sender, document);
  if (orders === null) return quarantined('860', severalBuyers(purchaseOrderNumber));
  if (orders.length === 0)
    return quarantined('860', `there is no purchase order ${purchaseOrderNumber} to change yet`);
  if (purpose.kind === 'CANCELLATION') return cancelOrders(ports, '860', orders, context);
  const about = orders.map(({ orderId }) => orderId);
  const isPart = orders.length > 1;
  for (const order of orders) {
    const change = translateChange(changeOfShare(document, order, orders), order, context.masters);
    if ('problems' in change) return { ...quarantined('860', change.problems.join('; ')), about };
    if (change.command === null) continue;
    // One that is done at once is refused by itself.
    if (!isPart && change.heldFor.length === 0) continue;
    const { orderId } = order;
    const tried = await tryOrderCommand(ports, { orderId, command: change.command, origin: context.origin });
    if (tried.kind === 'refused') return { ...quarantined('860', tried.rejection.detail), about };
  }
  const orderIds = about;
  let isBooked = false;
  let isLogged = false;
  for (const orderId of orderIds) {
    // The last one of them settles the set.
    const message = orderId === orderIds.at(-1) ? booking(context, orderIds) : { message: context.message };
    const outcome = await changeOrder(ports, document, { orderId, orders, message }, context);
    if (outcome.kind === 'quarantined') return { ...outcome, about };
    isLogged = outcome.kind === 'booked' && outcome.isLogged === true;
    isBooked ||= outcome.kind === 'booked';
  }
  return isBooked ? { kind: 'booked', orderIds, isLogged } : { kind: 'nothing-to-do', orderIds };
}

async function changeOrder(
  ports: Ports,
  document: PurchaseOrderChangeDocument,
  { orderId, orders, message }: { orderId: string; orders: readonly Order[]; message: MessageWrite },
  { origin, deadline, masters }: EdiContext,
): Promise<SetOutcome> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const order = await ports.orders.load(orderId);
    if (order === null) throw new Error(`there is no order ${orderId}`);
    const shares = orders.map((each) => (each.orderId === orderId ? order : each));
    const change = translateChange(changeOfShare(document, order, shares), order, masters);
    if ('problems' in change) return quarantined('860', change.problems.join('; '));
    const { command, heldFor } = change;
    if (command === null) return { kind: 'nothing-to-do', orderIds: [orderId] };
    // The order is held before it is changed, so that nothing leaves that someone has to look at first.
    const held = await hold(ports, order, heldFor, { origin, message: { message: message.message } });
    const outcome = await handleOrderCommand(ports, {
      orderId,
      command,
      origin,
      expectedVersion: held.version,
      until: deadline,
      message,
    });
    if (outcome.kind === 'done')
      return { kind: 'booked', orderIds: [orderId], isLogged: outcome.events.length > 0 };
    if (outcome.kind === 'refused') return quarantined('860', outcome.rejection.detail);
  }
  throw new Busy(`${orderId} kept changing; send the interchange again`);
}

/** @returns the order with the hold, which it may have already from a change that was cut off */
async function hold(
  ports: Ports,
  order: Order,
  heldFor: readonly string[],
  circumstances: { readonly origin: Origin; readonly message: MessageWrite },
): Promise<Order> {
  const note = heldFor.join('; ').slice(0, 2000);
  if (note === '' || order.holds.some((each) => each.note === note)) return order;
  const command = { type: 'PlaceHold', reason: 'OTHER', note } as const;
  const outcome = await handleOrderCommand(ports, { orderId: order.orderId, command, ...circumstances });
  return outcome.kind === 'done' ? outcome.order : order;
}

function quarantined(topic: string, reason: string) {
  return { kind: 'quarantined', topic, reason } as const;
}
