import type * as z from 'zod';
import { share, UnitPrice } from '../../../domain/money.ts';
import { type CommandOf, ReceiveOrder } from '../../../domain/order/commands.ts';
import { type HoldRequest, MAX_LINES } from '../../../domain/order/terms.ts';
import { isDeliverable } from './address.ts';
import { manyLines } from './clean.ts';
import type { ChannelOrderSnapshot, SnapshotLine } from './order-snapshot.ts';
import { type Problem, problem } from './problem.ts';
import { describeIssues } from './schema-issues.ts';

/** The most units of one line. */
const MAX_UNITS = 1_000_000;

export interface ReceptionOf {
  readonly receive: CommandOf<'ReceiveOrder'>;
  /** Carried out right after the reception, of an order that is known only as cancelled; it must never hold stock. */
  readonly cancellation: CommandOf<'CancelOrder'> | null;
}

/**
 * The command that receives a channel's order: as it was placed, or, when it was edited before it became known here,
 * as it is now. The command satisfies `ReceiveOrder`'s schema.
 *
 * @returns the command, or the problem for which no order can hold what was sent; never throws
 */
export function receptionOf(snapshot: ChannelOrderSnapshot): ReceptionOf | { readonly problem: Problem } {
  const cancellation = cancellationOf(snapshot);
  // A cancelled order keeps what had been ordered; what is current of it is nothing.
  const quantityOf = ({ ordered, current }: SnapshotLine) => (cancellation === null ? current : ordered);
  const wanted = snapshot.lines.filter((line) => quantityOf(line) > 0);
  const blocker = blockerOf(wanted, quantityOf);
  if (blocker !== null) return { problem: blocker };
  const { identity, currency } = snapshot;
  const command: z.input<typeof ReceiveOrder> = {
    type: 'ReceiveOrder',
    channel: identity.channel,
    orderType: snapshot.orderType,
    source: identity.source,
    externalId: identity.externalId,
    currency,
    customer: snapshot.customer,
    shipTo: snapshot.shipTo,
    purchaseOrderNumber: snapshot.purchaseOrderNumber,
    paymentTerms: snapshot.paymentTerms,
    deliveryWindow: snapshot.deliveryWindow,
    ...nonZero('shippingAmount', snapshot.shippingAmount),
    ...nonZero('tax', snapshot.tax),
    channelTotal: snapshot.total,
    note: snapshot.note,
    lines: wanted.map((line) => receivedLine(line, quantityOf(line), currency)),
    // Nobody has to look at an order that is over.
    holds: cancellation === null ? [...holdsFor(snapshot)] : [],
    // The channel has sold it: a pin that cannot be met makes the order wait, it does not turn it away.
    unmetPins: 'BACKORDER',
  };
  // The schema has the last word, so that whatever is sent leads to a valid command or to a named problem.
  const parsed = ReceiveOrder.safeParse(command);
  return parsed.success
    ? { receive: parsed.data, cancellation }
    : problem('not_mappable', describeIssues(parsed.error.issues));
}

/** @returns how an order that the channel has cancelled, or emptied line by line, is cancelled here; else null. */
export function cancellationOf({
  cancellation,
  lines,
  system,
}: ChannelOrderSnapshot): CommandOf<'CancelOrder'> | null {
  if (cancellation !== null) return { type: 'CancelOrder', reason: cancellation };
  const ordered = lines.filter((line) => line.ordered > 0);
  const isEmptied = ordered.length > 0 && ordered.every((line) => line.current === 0);
  return isEmptied ? { type: 'CancelOrder', reason: `Every line was removed in ${system}` } : null;
}

/** By these notes a later message finds the holds that were placed for a channel, and leaves those of people alone. */
export const HOLD_NOTES = {
  payment: (system: string) => `${system} reports the payment as`,
  address: (system: string) =>
    `${system} gives no complete shipping address for goods that have to be shipped.`,
  delivery: (system: string) =>
    `${system} names no fulfillment of the order: where its goods go is not known.`,
  givenUp: (system: string) =>
    `${system} has given up the fulfillment of the order, and not the order: see whether its goods still go.`,
  earlier: (system: string) =>
    `${system} had fulfilled this before the order was known here; see that it is not shipped twice:`,
} as const;

/** Who buys without terms pays before the goods leave. */
export function paymentHold({ payment, system }: ChannelOrderSnapshot): HoldRequest | null {
  if (!payment.isAwaited) return null;
  return { reason: 'AWAITING_PAYMENT', note: manyLines(`${HOLD_NOTES.payment(system)} ${payment.detail}.`) };
}

/** @returns the holds that an order starts with; an order without any goes straight through. */
function holdsFor(snapshot: ChannelOrderSnapshot): readonly HoldRequest[] {
  const { system, delivery, shipTo, lines, concerns } = snapshot;
  const holds: HoldRequest[] = [];
  const other = (note: string) => holds.push({ reason: 'OTHER', note: manyLines(note) });
  const payment = paymentHold(snapshot);
  if (payment !== null) holds.push(payment);
  if (snapshot.payment.isRefunded) other(`${system} has refunded the whole order.`);
  const needsShipping = lines.some((line) => line.current > 0 && line.requiresShipping);
  // An order of vouchers and downloads alone would wait for a shipment for ever.
  if (!needsShipping) other('There is nothing to ship: no line of the order needs shipping.');
  if (needsShipping && delivery === 'SHIPPED' && !isDeliverable(shipTo)) {
    holds.push({ reason: 'INCORRECT_ADDRESS', note: HOLD_NOTES.address(system) });
  }
  if (needsShipping && delivery === 'UNKNOWN') {
    holds.push({ reason: 'INCORRECT_ADDRESS', note: HOLD_NOTES.delivery(system) });
  }
  if (snapshot.isFulfillmentGivenUp) other(HOLD_NOTES.givenUp(system));
  if (concerns.length > 0) other(concerns.join('\n'));
  const earlier = snapshot.earlierShipments === 'HOLD' ? shippedEarlier(snapshot) : null;
  if (earlier !== null) other(earlier);
  return holds;
}

/** What left before the order was known here must not leave a second time; only a person can tell from which stock. */
function shippedEarlier({ system, lines, fulfillments, isFulfilled }: ChannelOrderSnapshot): string | null {
  const goods = lines.filter((line) => line.requiresShipping);
  const sent = (fulfillments ?? [])
    .filter(({ status }) => status !== 'FAILED')
    .flatMap((fulfillment) => fulfillment.lines);
  const left = goods.flatMap(({ channelLineId, sku, description }) => {
    const units = sent
      .filter((each) => each.channelLineId === channelLineId)
      .reduce((total, { quantity }) => total + quantity, 0);
    return units === 0 ? [] : [`${units} × ${sku ?? description ?? channelLineId}`];
  });
  if (left.length === 0 && !(isFulfilled && goods.length > 0)) return null;
  const what = left.length === 0 ? 'some of the goods' : left.join(', ');
  return `${HOLD_NOTES.earlier(system)} ${what}.`;
}

function receivedLine(line: SnapshotLine, quantity: number, currency: string) {
  const part = (amount: string) => share(amount, quantity, line.ordered, currency);
  return {
    sku: line.sku,
    description: line.description,
    quantity,
    unitPrice: line.unitPrice,
    ...nonZero('discount', part(line.discount)),
    ...nonZero('tax', part(line.tax)),
    lotPin: line.lotPin,
    requiresShipping: line.requiresShipping,
    channelLineId: line.channelLineId,
  };
}

/** What no order of ours can hold. The order is quarantined whole: never dropped, and never received in part. */
function blockerOf(
  wanted: readonly SnapshotLine[],
  quantityOf: (line: SnapshotLine) => number,
): Problem | null {
  const blocked = (...[code, detail]: Parameters<typeof problem>) => problem(code, detail).problem;
  if (wanted.length === 0) return blocked('no_lines', 'the order has no line with a quantity');
  if (wanted.length > MAX_LINES) {
    return blocked('too_many_lines', `${wanted.length} lines; ${MAX_LINES} are the most`);
  }
  for (const line of wanted) {
    const name = `line ${line.channelLineId} (${line.description?.slice(0, 100) ?? line.sku ?? 'no name'})`;
    const quantity = quantityOf(line);
    if (quantity > MAX_UNITS) {
      return blocked('quantity_too_large', `${name}: ${quantity} units; ${MAX_UNITS} are the most`);
    }
    if (!UnitPrice.safeParse(line.unitPrice).success) {
      const detail = `${name}: ${line.unitPrice}; 0 to less than 10000000 with six decimals is what fits`;
      return blocked('price_unsupported', detail);
    }
  }
  return null;
}

/** An amount of zero is left out; it says no more than a missing one. */
function nonZero<Name extends string>(name: Name, amount: string): { readonly [Key in Name]?: string };
function nonZero(name: string, amount: string): Readonly<Record<string, string>> {
  return /^-?[0.]*$/.test(amount) ? {} : { [name]: amount };
}
