import type { Order } from '../../../domain/order/order.ts';
import type { Origin } from '../../application/envelope.ts';
import { handleOrderCommand, tryOrderCommand } from '../../application/handle-order-command.ts';
import { Busy, type Ports } from '../../application/ports.ts';
import { receiveOrder, tryToReceiveOrder } from '../../application/receive-order.ts';
import {
  type InterchangeReport,
  type PurchaseOrderChangeDocument,
  type PurchaseOrderDocument,
  readAcknowledgment,
  readPurchaseOrder,
  readPurchaseOrderChange,
  type SetReport,
} from '../../x12/index.ts';
import { translateChange } from './translate-change.ts';
import { externalIdOf, type Sender, translateOrder } from './translate-order.ts';

/** What became of one transaction set that was accepted for its form. */
export type SetOutcome =
  | { readonly kind: 'booked'; readonly orderIds: readonly string[] }
  /** It says nothing that was not known, or nothing that changes anything. */
  | { readonly kind: 'nothing-to-do'; readonly orderIds: readonly string[] }
  /** A person has to see to it; nothing of it was booked. */
  | { readonly kind: 'aside'; readonly topic: string; readonly reason: string };

export interface Taking {
  readonly sender: Sender;
  readonly origin: Origin;
  /** Epoch milliseconds after which no further set is begun. */
  readonly deadline: number;
}

/**
 * Books the accepted sets of an interchange, one after another, each whole or not at all. Doing it again changes
 * nothing: an order is known by its purchase order number and sender, a change by what the order already is.
 *
 * @throws Busy when contention outlasted every attempt or the time is over; the same interchange may be sent again
 */
export async function takeIn(
  ports: Ports,
  report: InterchangeReport,
  taking: Taking,
): Promise<readonly SetOutcome[]> {
  const accepted = report.groups.flatMap(({ sets }) => sets).filter(({ verdict }) => verdict !== 'R');
  const { usage } = report.interchange.header;
  const outcomes: SetOutcome[] = [];
  for (const { set } of accepted) {
    if (Date.now() >= taking.deadline)
      throw new Busy('the interchange is taken in piece by piece; send it again');
    outcomes.push(usage === 'P' ? await takeInSet(ports, set, taking) : notLive(set, usage));
  }
  return outcomes;
}

type AcceptedSet = SetReport['set'];

/** ISA15 says whether an interchange is meant: a test, or mere information, never becomes an order. */
function notLive(set: AcceptedSet, usage: string): SetOutcome {
  return { kind: 'aside', topic: set.id, reason: `usage indicator ${usage}: not meant as a live order` };
}

function takeInSet(ports: Ports, set: AcceptedSet, taking: Taking): Promise<SetOutcome> | SetOutcome {
  switch (set.id) {
    case '850':
      return takeInOrder(ports, readPurchaseOrder(set), taking);
    case '860':
      return takeInChange(ports, readPurchaseOrderChange(set), taking);
    case '997':
    case '999':
      return takeInAnswer(set);
    default:
      return { kind: 'aside', topic: set.id, reason: `no rule for transaction set ${set.id}` };
  }
}

async function takeInOrder(
  ports: Ports,
  documents: readonly PurchaseOrderDocument[],
  taking: Taking,
): Promise<SetOutcome> {
  const [first] = documents;
  if (first === undefined) return aside('850', 'the order has no lines');
  const known = await knownOrders(ports, documents, taking.sender);
  switch (first.purpose.kind) {
    case 'ORIGINAL':
    case 'DUPLICATE':
    case 'CONFIRMATION':
      break;
    case 'CANCELLATION':
      return cancelOrders(ports, first.purchaseOrderNumber, known, taking);
    default:
      return aside(
        '850',
        `purpose ${first.purpose.code} of an 850 is no new order; send an 860 to change one`,
      );
  }
  if (known.length === documents.length) return { kind: 'nothing-to-do', orderIds: known };

  const translated = documents.map((document) => translateOrder(document, taking.sender));
  const problems = translated.flatMap((each) => ('problems' in each ? each.problems : []));
  if (problems.length > 0) return aside('850', problems.join('; '));
  const commands = translated.flatMap((each) => ('command' in each ? [each.command] : []));
  // All shares of a divided purchase order, or none: each is tried before the first is booked.
  for (const command of commands) {
    const outcome = await tryToReceiveOrder(ports, { command, origin: taking.origin });
    if (outcome.kind === 'refused') return aside('850', outcome.rejection.detail);
  }
  const orderIds: string[] = [];
  for (const command of commands) {
    // A partner waits for its answer, and the workflow reserves for the lines that one transaction does not take.
    const outcome = await receiveOrder(ports, { command, origin: taking.origin, until: Date.now() });
    if (outcome.kind === 'received') orderIds.push(outcome.order.orderId);
    else if (outcome.kind === 'known') orderIds.push(outcome.orderId);
    else if (outcome.kind === 'refused') return aside('850', outcome.rejection.detail);
    else return aside('850', `purchase order ${first.purchaseOrderNumber} is used by another order`);
  }
  return { kind: 'booked', orderIds };
}

async function cancelOrders(
  ports: Ports,
  purchaseOrderNumber: string,
  known: readonly string[],
  { origin, deadline }: Taking,
): Promise<SetOutcome> {
  if (known.length === 0) return aside('850', `there is no purchase order ${purchaseOrderNumber} to cancel`);
  const command = { type: 'CancelOrder', reason: 'CUSTOMER' } as const;
  const live: string[] = [];
  for (const orderId of known) {
    const order = await ports.orders.load(orderId);
    if (order?.state === 'CANCELLED') continue;
    const outcome = await tryOrderCommand(ports, { orderId, command, origin });
    if (outcome.kind === 'refused') return aside('850', `${orderId}: ${outcome.rejection.detail}`);
    live.push(orderId);
  }
  for (const orderId of live) {
    const outcome = await handleOrderCommand(ports, { orderId, command, origin, until: deadline });
    if (outcome.kind === 'refused') return aside('850', `${orderId}: ${outcome.rejection.detail}`);
  }
  return { kind: live.length === 0 ? 'nothing-to-do' : 'booked', orderIds: known };
}

async function takeInChange(
  ports: Ports,
  document: PurchaseOrderChangeDocument,
  { sender, origin, deadline }: Taking,
): Promise<SetOutcome> {
  const externalId = externalIdOf(document.purchaseOrderNumber, null);
  const external = await ports.orders.findExternal('EDI', sender.identity, externalId);
  if (external === null) {
    return aside('860', `there is no purchase order ${document.purchaseOrderNumber} to change yet`);
  }
  const { orderId } = external;
  for (;;) {
    const order = await ports.orders.load(orderId);
    if (order === null) throw new Error(`there is no order ${orderId}`);
    const change = translateChange(document, order);
    if ('problems' in change) return aside('860', change.problems.join('; '));
    const { command, heldFor } = change;
    if (command === null) return { kind: 'nothing-to-do', orderIds: [orderId] };
    const tried = await tryOrderCommand(ports, { orderId, command, origin });
    if (tried.kind === 'refused') return aside('860', tried.rejection.detail);
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

/** A partner's answer to documents of ours: only a refusal asks for someone's attention. */
function takeInAnswer(set: AcceptedSet): SetOutcome {
  const { functionalId, groupControlNumber, verdict, sets } = readAcknowledgment(set);
  if (verdict === 'A') return { kind: 'nothing-to-do', orderIds: [] };
  const refused = sets
    .filter((each) => each.verdict !== 'A')
    .map(({ id, controlNumber }) => `${id} ${controlNumber}`);
  return aside(
    set.id,
    `the partner answers ${verdict} to our group ${functionalId} ${groupControlNumber}: ${refused.join(', ')}`,
  );
}

async function knownOrders(
  ports: Ports,
  documents: readonly PurchaseOrderDocument[],
  { identity }: Sender,
): Promise<readonly string[]> {
  const found = await Promise.all(
    documents.map(({ purchaseOrderNumber, split }) =>
      ports.orders.findExternal('EDI', identity, externalIdOf(purchaseOrderNumber, split?.location ?? null)),
    ),
  );
  return found.flatMap((external) => (external === null ? [] : [external.orderId]));
}

function aside(topic: string, reason: string): SetOutcome {
  return { kind: 'aside', topic, reason };
}
