import type * as z from 'zod';
import type { HeldOrderOutcome, UnknownItem } from '../../../../contract/partner-masters.ts';
import { AmendOrder, type CommandOf } from '../../../../domain/order/commands.ts';
import { type Hold, isGoods, type Line, type Order } from '../../../../domain/order/order.ts';
import type { Origin } from '../../../events/envelope.ts';
import type { MessageLog } from '../../../messages/message-log.ts';
import { handleOrderCommand, type NotReceiving } from '../../../orders/handle-order-command.ts';
import type { Ports } from '../../../orders/ports.ts';
import type { OrderQueries } from '../../../orders/queries.ts';
import type { PartnerMasterStore } from '../../core/partner-master-store.ts';
import { breachesOf } from '../check-rules.ts';
import { ediIdentity, identityOfSource } from '../descriptor.ts';
import { readPurchaseOrder } from '../x12/index.ts';
import { setOf } from './decline-set.ts';
import { digestOf } from './known-orders.ts';
import { mastersFor, OUR_NUMBERS } from './partner-masters.ts';
import type { Partner } from './process-interchange.ts';
import { brokenRules } from './process-purchase-order.ts';
import { translateOrder } from './translate-order.ts';

export interface HeldOrderDependencies {
  readonly ports: Ports;
  readonly queries: OrderQueries;
  readonly masters: Pick<PartnerMasterStore, 'find'>;
  readonly log: Pick<MessageLog, 'list' | 'find'>;
}

/** Held orders that are looked at, the newest first. */
const MAX_ORDERS = 200;
const PAGE = 50;
/** Messages about one order among which its 850 is looked for. */
const MAX_MESSAGES = 50;

/** @returns the numbers of products that a partner's held orders name and its list does not have, most wanted first */
export async function unknownItems(
  dependencies: HeldOrderDependencies,
  partner: Partner,
): Promise<readonly UnknownItem[]> {
  const found = new Map<string, UnknownItem & { readonly orderIds: readonly string[] }>();
  for (const order of await heldOrders(dependencies, partner)) {
    const lines = order.lines.filter((line) => isGoods(line) && line.cancelled < line.ordered);
    const codes = lines.flatMap((line) => numbersOf(line).map(({ value }) => value));
    const known = await dependencies.masters.find(partner.connectionId, 'ITEM', codes);
    const isKnown = new Set(known.map(({ code }) => code));
    for (const line of lines) {
      const numbers = numbersOf(line);
      const number = numbers.find(({ value }) => value === line.sku) ?? numbers[0];
      const isOurs = numbers.some(({ qualifier }) => OUR_NUMBERS.has(qualifier));
      if (number === undefined || isOurs || numbers.some(({ value }) => isKnown.has(value))) continue;
      const { orderIds = [] } = found.get(number.value) ?? {};
      const { description, orderedAs, unitsPerCase } = line;
      found.set(number.value, {
        ...{ buyerItem: number.value, qualifier: number.qualifier, description, unitsPerCase },
        ...{ unit: orderedAs?.unit, orderIds: [...new Set([...orderIds, order.orderId])] },
      });
    }
  }
  return [...found.values()].toSorted((one, other) => other.orderIds.length - one.orderIds.length);
}

/**
 * Continues a partner's held orders with what its lists say by now: lines of products that were unknown become lines of
 * the products that they stand for, and an order is released that is held for nothing else.
 *
 * @param until epoch milliseconds after which no further order is begun
 */
export async function continueHeldOrders(
  dependencies: HeldOrderDependencies,
  partner: Partner,
  origin: Origin,
  until: number,
): Promise<readonly HeldOrderOutcome[]> {
  const outcomes: HeldOrderOutcome[] = [];
  for (const order of await heldOrders(dependencies, partner)) {
    if (Date.now() >= until) break;
    const { orderId } = order;
    const problem = await continueHeldOrder(dependencies, partner, order, origin);
    const after = await dependencies.ports.orders.load(orderId);
    const isReleased = after !== null && after.holds.length === 0;
    outcomes.push({ orderId, isReleased, ...(problem !== null && { problem }) });
  }
  return outcomes;
}

/** @returns why a person has to put the order right; null when it says what the lists say by now */
async function continueHeldOrder(
  { ports, masters, log }: HeldOrderDependencies,
  partner: Partner,
  order: Order,
  origin: Origin,
): Promise<string | null> {
  const found = await purchaseOrderOf(log, partner, order);
  if (found === null) return 'its 850 is no longer stored';
  const { set, sender } = found;
  const document = readPurchaseOrder(set)[(order.channelDocument?.part ?? 1) - 1];
  if (document === undefined || digestOf(set) !== order.channelDocument?.digest)
    return 'it was made of another document';
  const known = await mastersFor([document], (kind, codes) =>
    masters.find(partner.connectionId, kind, codes),
  );
  const broken = breachesOf(partner.settings.rules ?? [], set.id, set.segments);
  const reasons = broken.length === 0 ? [] : [brokenRules(broken)];
  const translate = (lists: typeof known) => translateOrder(document, sender, '', lists, reasons);
  const [before, after] = [translate({ items: new Map(), locations: new Map() }), translate(known)];
  if ('problems' in after) return after.problems.join('; ');
  if ('problems' in before) return before.problems.join('; ');

  const amended = amendmentOf(order, before.command, after.command);
  if ('problem' in amended) return amended.problem;
  const commands: NotReceiving[] = amended.command === null ? [] : [amended.command];
  const [hold] = order.holds.filter(isForLists);
  const note = after.command.holds?.[0]?.note;
  if (note !== undefined && note !== hold?.note) commands.push({ type: 'PlaceHold', reason: 'OTHER', note });
  if (hold !== undefined && note !== hold.note) commands.push({ type: 'ReleaseHold', holdId: hold.holdId });
  for (const command of commands) {
    const outcome = await handleOrderCommand(ports, { orderId: order.orderId, command, origin });
    if (outcome.kind === 'refused') return outcome.rejection.detail;
    if (outcome.kind !== 'done') return 'it changed meanwhile; retry it';
  }
  return null;
}

type Received = CommandOf<'ReceiveOrder'>;

/** What makes an order, as far as it is still what it was received as, what it is received as now. */
function amendmentOf(
  order: Order,
  before: Received,
  after: Received,
): { readonly command: CommandOf<'AmendOrder'> | null } | { readonly problem: string } {
  const live = order.lines.filter((line) => line.cancelled < line.ordered);
  const cancelled: number[] = [];
  const added: Received['lines'] = [];
  for (const [index, wanted] of after.lines.entries()) {
    const was = before.lines[index];
    const own = live.filter(({ channelLineId }) => channelLineId === wanted.channelLineId);
    if (own.some((line) => isSame(line, wanted))) continue;
    const line = own.find((each) => was !== undefined && isSame(each, was));
    if (line === undefined)
      return { problem: `line ${wanted.channelLineId ?? index + 1} was changed since; amend it` };
    cancelled.push(line.lineNumber);
    added.push(wanted);
  }
  const isElsewhere = JSON.stringify(before.shipTo) !== JSON.stringify(after.shipTo);
  const wanted: z.input<typeof AmendOrder> = {
    type: 'AmendOrder',
    ...(isElsewhere && after.shipTo !== undefined && { shipTo: after.shipTo }),
    ...(added.length > 0 && { addedLines: added, cancelledLines: cancelled }),
    isSoldSo: true,
  };
  if (!isElsewhere && added.length === 0) return { command: null };
  const parsed = AmendOrder.safeParse(wanted);
  if (parsed.success) return { command: parsed.data };
  return {
    problem: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  };
}

function isSame(line: Line, { sku, quantity, unitPrice }: Received['lines'][number]): boolean {
  return line.sku === sku && line.ordered === quantity && Number(line.unitPrice) === Number(unitPrice);
}

/** Product numbers as the partner wrote them. */
function numbersOf({ orderedAs }: Line) {
  return orderedAs?.products ?? [];
}

/** The accepted set that an order was made of. */
async function purchaseOrderOf(log: HeldOrderDependencies['log'], partner: Partner, { orderId }: Order) {
  const { items } = await log.list({ orderId }, MAX_MESSAGES, null);
  for (const { messageId } of items.filter(({ topic }) => topic === '850')) {
    const stored = await log.find(messageId);
    if (stored === null || stored.body === null) continue;
    const { body, message } = stored;
    const found = await setOf({ findPartner: async () => partner }, { body, place: message.place });
    if (found !== null) return found;
  }
  return null;
}

/** Orders of a partner that are held since its lists lack a code. */
async function heldOrders(
  { queries, ports }: HeldOrderDependencies,
  { settings }: Partner,
): Promise<readonly Order[]> {
  const identity = ediIdentity(settings.isaQualifier, settings.isaId);
  const orders: Order[] = [];
  let after: string | null = null;
  for (let looked = 0; looked < MAX_ORDERS; looked += PAGE) {
    const page: Awaited<ReturnType<OrderQueries['list']>> = await queries.list(
      { attention: 'HELD', channel: 'EDI' },
      PAGE,
      after,
    );
    for (const { orderId, source = '', holds } of page.orders) {
      if (identityOfSource(source) !== identity || !holds.some(isForLists)) continue;
      const order = await ports.orders.load(orderId);
      if (order !== null) orders.push(order);
    }
    after = page.next;
    if (after === null) break;
  }
  return orders;
}

/** Whether a hold is for a code that a list of the partner lacks. */
function isForLists({ reason, note = '' }: Hold): boolean {
  return reason === 'OTHER' && /in the partner's list of (items|locations)/.test(note);
}
