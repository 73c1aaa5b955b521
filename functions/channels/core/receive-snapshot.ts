import type * as z from 'zod';
import { minus, share, sum, UnitPrice } from '../../../domain/money.ts';
import { type CommandOf, ReceiveOrder } from '../../../domain/order/commands.ts';
import { orderTotal } from '../../../domain/order/decide/receive.ts';
import { shipsNothing } from '../../../domain/order/order.ts';
import { MAX_LINES } from '../../../domain/order/terms.ts';
import type { PaymentRule } from '../payment-rules.ts';
import { detailsOf, type Finding, finding, findingsOf } from './findings.ts';
import type { ChannelOrderSnapshot, SnapshotFulfillment, SnapshotLine } from './order-snapshot.ts';
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
 * as it is now. What had left before takes nothing from our stock. The command satisfies `ReceiveOrder`'s schema.
 *
 * @param rules of the connection, for when goods leave
 * @returns the command, or the problem for which no order can hold what was sent; never throws
 */
export function receptionOf(
  snapshot: ChannelOrderSnapshot,
  rules: readonly PaymentRule[] = [],
): ReceptionOf | { readonly problem: Problem } {
  const cancellation = cancellationOf(snapshot);
  // A cancelled order keeps what had been ordered; what is current of it is nothing.
  const quantityOf = ({ ordered, current }: SnapshotLine) => (cancellation === null ? current : ordered);
  const wanted = snapshot.lines.filter((line) => quantityOf(line) > 0);
  const blocker = blockerOf(wanted, quantityOf);
  if (blocker !== null) return { problem: blocker };
  const { identity, currency } = snapshot;
  const earlierShipments = cancellation === null ? earlierShipmentsOf(snapshot, wanted) : [];
  const command: z.input<typeof ReceiveOrder> = {
    type: 'ReceiveOrder',
    channel: identity.channel,
    orderType: snapshot.orderType,
    source: identity.source,
    externalId: identity.externalId,
    channelOrderName: snapshot.name,
    currency,
    customer: snapshot.customer,
    shipTo: snapshot.shipTo,
    purchaseOrderNumber: snapshot.purchaseOrderNumber,
    paymentTerms: snapshot.paymentTerms,
    deliveryWindow: snapshot.deliveryWindow,
    ...nonZero('discount', snapshot.discount),
    ...nonZero('shippingAmount', snapshot.shippingAmount),
    ...nonZero('tax', snapshot.tax),
    ...nonZero('shippingTax', snapshot.shippingTax),
    channelTotal: snapshot.total,
    note: snapshot.note,
    lines: wanted.map((line) => receivedLine(line, quantityOf(line), currency)),
    ...(earlierShipments.length > 0 && { earlierShipments }),
    // The channel has sold it: a pin that cannot be met makes the order wait, it does not turn it away.
    unmetPins: 'BACKORDER',
  };
  const findings = findingsOf(snapshot, rules);
  // Nobody has to look at an order that is over.
  const isOver = cancellation !== null || hasAllLeft(wanted, earlierShipments);
  const holds = isOver
    ? []
    : findings.flatMap(({ hold, detail }) => (hold === null ? [] : [{ reason: hold, note: detail }]));
  // The schema has the last word, so that whatever is sent leads to a valid command or to a named problem.
  const parsed = ReceiveOrder.safeParse({ ...command, holds });
  if (!parsed.success) return problem('not_mappable', describeIssues(parsed.error.issues));
  const receive = { ...parsed.data, channelTotal: totalOfSale(parsed.data, snapshot) };
  const mismatch = totalMismatch(receive);
  const relevant = findings.filter(({ code }) => !(isOver && code === 'nothing_to_ship'));
  const details = detailsOf(snapshot, mismatch === null ? relevant : [...relevant, mismatch]);
  return {
    receive: { ...receive, ...(details.length > 0 && { channelData: [...details] }) },
    cancellation,
  };
}

/**
 * The channel's total of what was sold, where it has other money in it: what cash was rounded by, or what was given back
 * for goods that stay as they are.
 */
function totalOfSale(
  receive: CommandOf<'ReceiveOrder'>,
  { total, cashRounding = '0', refundedBesides = '0', currency }: ChannelOrderSnapshot,
): string | undefined {
  if (total === undefined) return undefined;
  const unrounded = minus(total, cashRounding, currency);
  const others = [unrounded, sum([total, refundedBesides], currency)];
  const ours = orderTotal(receive, receive.lines);
  return others.find((each) => each === ours) ?? total;
}

/** A total that is not ours, in the words in which the domain holds a new order for it; null where they agree. */
export function totalMismatch(receive: CommandOf<'ReceiveOrder'>): Finding | null {
  const ours = orderTotal(receive, receive.lines);
  const { channelTotal = ours, currency } = receive;
  if (channelTotal === ours) return null;
  return finding(
    'total_differs',
    `The channel's total is ${channelTotal} ${currency}, ours is ${ours}.`,
    'OTHER',
  );
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

type EarlierShipments = NonNullable<z.input<typeof ReceiveOrder>['earlierShipments']>;

/** What had left before the order was known here, and from elsewhere than our stock as far as that is known. */
function earlierShipmentsOf(
  snapshot: ChannelOrderSnapshot,
  wanted: readonly SnapshotLine[],
): EarlierShipments {
  const isWithoutGoods = shipsNothing(wanted);
  if (snapshot.earlierShipments === 'OUR_STOCK' && !isWithoutGoods) return [];
  const left = new Map(
    wanted.map((line, index) => [
      line.channelLineId,
      { lineNumber: index + 1, units: isWithoutGoods || line.requiresShipping ? line.current : 0 },
    ]),
  );
  return sentFulfillments(snapshot, wanted).flatMap((fulfillment) => {
    const lines = fulfillment.lines.flatMap(({ channelLineId, quantity }) => {
      const line = left.get(channelLineId);
      const units = Math.min(quantity, line?.units ?? 0);
      if (line === undefined || units === 0) return [];
      line.units -= units;
      return [{ lineNumber: line.lineNumber, quantity: units }];
    });
    if (lines.length === 0) return [];
    const { shippedAt, deliveredAt } = fulfillment;
    return [
      {
        lines,
        ...shipmentTerms(fulfillment),
        ...(shippedAt !== null && { shippedAt }),
        ...(deliveredAt !== null && { deliveredAt }),
        // A voucher or a download is with the customer when it has been sent.
        isDelivered: fulfillment.isDelivered || snapshot.isFinished || isWithoutGoods,
      },
    ];
  });
}

/** A channel may say that an order was fulfilled, and not by which fulfillments: then by one of all that is left. */
function sentFulfillments(
  snapshot: ChannelOrderSnapshot,
  wanted: readonly SnapshotLine[],
): readonly SnapshotFulfillment[] {
  const sent = (snapshot.fulfillments ?? []).filter(({ status }) => status === 'SENT');
  return snapshot.isFulfilled ? [...sent, fulfillmentOfAll(snapshot, wanted)] : sent;
}

/** @returns the fulfillment of all current units that a channel reports by the state of its order alone. */
export function fulfillmentOfAll(
  { identity, system }: Pick<ChannelOrderSnapshot, 'identity' | 'system'>,
  lines: readonly SnapshotLine[],
): SnapshotFulfillment {
  return {
    fulfillmentId: identity.externalId,
    status: 'SENT',
    lines: lines.map(({ channelLineId, current }) => ({ channelLineId, quantity: current })),
    carrier: 'Other',
    trackingNumbers: [],
    reference: `${system} order ${identity.externalId}`,
    shippedAt: null,
    isDelivered: false,
    deliveredAt: null,
  };
}

/** @returns carrier, tracking number and the channel's id of a fulfillment, as a shipment of ours has them. */
export function shipmentTerms({ fulfillmentId, carrier, trackingNumbers, reference }: SnapshotFulfillment) {
  return {
    carrier,
    trackingNumber: trackingNumbers[0] ?? reference,
    // A tracking number is given for each parcel; a shipment of ours goes by the first.
    ...(trackingNumbers.length > 1 && { packages: trackingNumbers.length }),
    channelFulfillmentId: fulfillmentId,
  };
}

function hasAllLeft(wanted: readonly SnapshotLine[], earlier: EarlierShipments): boolean {
  const isWithoutGoods = shipsNothing(wanted);
  const units = wanted.reduce(
    (total, { requiresShipping, current }) => total + (isWithoutGoods || requiresShipping ? current : 0),
    0,
  );
  const left = earlier.flatMap(({ lines }) => lines).reduce((total, { quantity }) => total + quantity, 0);
  return left > 0 && left === units;
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
    fulfilledBy: line.fulfilledBy,
    ...(line.channelData.length > 0 && { channelData: [...line.channelData] }),
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
