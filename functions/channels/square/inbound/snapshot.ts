import { CurrencyCode } from '../../../../domain/money.ts';
import { DeliveryWindow } from '../../../../domain/order/terms.ts';
import { identifier, isGiven, joined, manyLines, oneLine } from '../../core/clean.ts';
import {
  type ChannelOrderSnapshot,
  currencyUnknown,
  lineName,
  type SnapshotFulfillment,
  type SnapshotLine,
  type SnapshotPayment,
  type SnapshotResult,
} from '../../core/order-snapshot.ts';
import { problem } from '../../core/problem.ts';
import { isPaidOnDelivery } from '../../payment-rules.ts';
import {
  amountDue,
  chargeAmount,
  currencyOf,
  decimal,
  includedTaxOf,
  isShipping,
  lineAmounts,
  shippingAmounts,
  taxOnTop,
} from './amounts.ts';
import { lineDetails, orderDetails } from './details.ts';
import type { SquarePayment } from './message.ts';
import { customerOf, isTravelling, notesOf, shipToOf } from './parties.ts';
import type { SquareFulfillment, SquareLine, SquareOrder } from './payload.ts';
import { isCounterSale, isGoods, projection, unitsOf, wholeQuantity } from './quantities.ts';
import { versionText } from './version.ts';

/** SKUs of catalog items by Square's id of the item; an item without SKU is missing. */
export type Skus = ReadonlyMap<string, string>;

/** An order of Square with what was asked for besides. */
export interface Fetched {
  readonly square: SquareOrder;
  /** The payment that was reported, where that led to the order. */
  readonly payment: SquarePayment | null;
  readonly merchant: string;
  /** What the catalog says of the order's items. */
  readonly skus: Skus;
  /** What has left of it is no stock of ours any more. @default false */
  readonly isHistory?: boolean;
}

/** The line under which a tip is kept; no uid of Square has a blank. */
const TIP_LINE = 'the tip';

/**
 * An order of Square in the form that all channels share.
 *
 * @returns the snapshot, or the problem for which none can be made; never throws
 */
export function snapshotOf({ square, payment, merchant, skus, isHistory = false }: Fetched): SnapshotResult {
  const currency = currencyOf(square);
  if (!CurrencyCode.safeParse(currency).success) return currencyUnknown(currency);
  const split = square.lineItems.find((line) => wholeQuantity(line.quantity) === null);
  if (split !== undefined) {
    const name = `line ${split.uid} (${oneLine(split.name, 100) ?? 'no name'})`;
    return problem('quantity_not_whole', `${name}: ${split.quantity} is no whole number of units`);
  }
  const lines = square.lineItems.map((line) => lineOf(line, square, skus));
  if (lines.every(({ ordered }) => ordered === 0)) {
    return problem('no_lines', 'the order has no line with a quantity');
  }
  const snapshot: ChannelOrderSnapshot = {
    identity: { channel: 'SQUARE', source: merchant, externalId: square.id },
    system: 'Square',
    version: versionText(square.version),
    currency,
    orderType: 'DTC',
    customer: customerOf(square),
    shipTo: shipToOf(square),
    delivery: deliveryOf(square),
    deliveryWindow: deliveryWindowOf(square),
    note: noteOf(square),
    lines: [...lines, ...feesOf(square)],
    fulfillments: fulfillmentsOf(square),
    isFulfilled: isCounterSale(square) || (square.state === 'COMPLETED' && !square.lineItems.some(isGoods)),
    isFinished: square.state === 'COMPLETED' && (isHistory || isLongOver(square)),
    refunds: [],
    ...shippingAmounts(square),
    discount: '0',
    total: decimal(square.totalMoney.amount, currency),
    cashRounding: decimal(square.roundingAdjustment?.amountMoney.amount ?? 0n, currency),
    payment: paymentOf(square, payment),
    cancellation: square.state === 'CANCELED' ? 'Cancelled in Square' : null,
    isCancellationFinal: true,
    holds: [],
    concerns: concernsOf(square, skus),
    channelData: orderDetails(square),
    isFulfillmentGivenUp: square.state === 'OPEN' && isGivenUp(square),
    hearsCancellations: false,
    earlierShipments: isHistory || isLongOver(square) ? 'ELSEWHERE' : 'OUR_STOCK',
  };
  return { snapshot };
}

function lineOf(line: SquareLine, order: SquareOrder, skus: Skus): SnapshotLine {
  const quantity = wholeQuantity(line.quantity) ?? 0;
  const variation = oneLine(line.variationName, 100);
  // Square calls the only variation of an item "Regular".
  const names = [oneLine(line.name, 300), variation === 'Regular' ? undefined : variation];
  return {
    channelLineId: line.uid,
    sku: (isGoods(line) ? identifier(skus.get(line.catalogObjectId ?? '')) : undefined) ?? null,
    description: names.filter((name) => name !== undefined).join(', ') || undefined,
    // Square takes what was removed off the line, and what came back is an order of its own.
    ordered: quantity,
    current: quantity,
    active: quantity,
    ...lineAmounts(line, quantity, order),
    requiresShipping: isGoods(line),
    lotPin: isGoods(line) ? identifier(line.metadata.lot_pin) : undefined,
    channelData: lineDetails(line),
  };
}

/** Service charges other than shipping, and the tip: charged, and never shipped. */
function feesOf(order: SquareOrder): readonly SnapshotLine[] {
  const currency = currencyOf(order);
  const units = {
    ...{ ordered: 1, current: 1, active: 1 },
    ...{ sku: null, discount: '0', requiresShipping: false, channelData: [] },
  };
  const charges = order.serviceCharges
    .filter((charge) => !isShipping(charge) && chargeAmount(charge) > 0n)
    .map((charge) => ({
      ...units,
      description: oneLine(charge.name, 500) ?? 'Service charge',
      unitPrice: decimal(chargeAmount(charge), currency),
      tax: taxOnTop(charge, order),
      channelLineId: charge.uid,
    }));
  const tip = order.totalTipMoney.amount;
  if (tip <= 0n) return charges;
  const unitPrice = decimal(tip, currency);
  return [...charges, { ...units, description: 'Tip', unitPrice, tax: '0', channelLineId: TIP_LINE }];
}

function deliveryOf(order: SquareOrder): ChannelOrderSnapshot['delivery'] {
  if (projection(order).some(isTravelling)) return 'SHIPPED';
  return order.fulfillments.length > 0 || isCounterSale(order) ? 'PICKED_UP' : 'UNKNOWN';
}

/** Square's fulfillments; a sale at the counter has none, and its customer took the goods along. */
function fulfillmentsOf(order: SquareOrder): readonly SnapshotFulfillment[] {
  if (!isCounterSale(order))
    return order.fulfillments.map((fulfillment) => fulfillmentOf(fulfillment, order));
  return [
    {
      fulfillmentId: 'sale',
      status: 'SENT',
      lines: order.lineItems.map(({ uid, quantity }) => ({
        channelLineId: uid,
        quantity: wholeQuantity(quantity) ?? 0,
      })),
      carrier: 'Counter',
      trackingNumbers: [],
      reference: `Square sale ${order.id}`,
      shippedAt: order.closedAt ?? null,
      isDelivered: true,
      deliveredAt: order.closedAt ?? null,
    },
  ];
}

/** Whether goods are left of fulfillments that were cancelled or failed, while the order continues. */
function isGivenUp(order: SquareOrder): boolean {
  const live = projection(order);
  if (live.length === order.fulfillments.length) return false;
  const units = live.map((fulfillment) => unitsOf(fulfillment, order));
  return order.lineItems.filter(isGoods).some(({ uid, quantity }) => {
    const sent = units.reduce((total, each) => total + (each.get(uid) ?? 0), 0);
    return sent < (wholeQuantity(quantity) ?? 0);
  });
}

/** Milliseconds after its end from which an order that is heard of is history: its goods left long ago. */
const LONG_OVER = 86_400_000;

function isLongOver({ closedAt, updatedAt }: SquareOrder): boolean {
  return closedAt != null && updatedAt != null && Date.parse(updatedAt) - Date.parse(closedAt) > LONG_OVER;
}

const STATUS: Readonly<Record<string, SnapshotFulfillment['status']>> = {
  COMPLETED: 'SENT',
  CANCELED: 'FAILED',
  FAILED: 'FAILED',
};

function fulfillmentOf(fulfillment: SquareFulfillment, order: SquareOrder): SnapshotFulfillment {
  const { uid, type, state, shipmentDetails, deliveryDetails, pickupDetails } = fulfillment;
  const trackingNumber = identifier(shipmentDetails?.trackingNumber);
  const deliveredAt = pickupDetails?.pickedUpAt ?? deliveryDetails?.deliveredAt ?? null;
  return {
    fulfillmentId: uid,
    status: STATUS[state ?? ''] ?? 'UNFINISHED',
    lines: [...unitsOf(fulfillment, order)].map(([channelLineId, quantity]) => ({ channelLineId, quantity })),
    carrier: type === 'PICKUP' ? 'Pickup' : (oneLine(shipmentDetails?.carrier, 100) ?? 'Other'),
    trackingNumbers: trackingNumber === undefined ? [] : [trackingNumber],
    reference: `Square ${order.id.slice(0, 60)} ${uid.slice(0, 50)}`,
    shippedAt: shipmentDetails?.shippedAt ?? null,
    isDelivered: deliveredAt !== null,
    deliveredAt,
  };
}

/**
 * Who has not paid gets no goods; an order that does not say what is due does not wait. The payment that was reported may
 * be newer than the order that was fetched, and counts then too; authorised money is promised by the card's bank.
 */
function paymentOf(order: SquareOrder, payment: SquarePayment | null): SnapshotPayment {
  const due = amountDue(order) ?? 0n;
  const isPromised = payment?.status === 'COMPLETED' || payment?.status === 'APPROVED';
  const isCounted = order.tenders.some(
    ({ id, paymentId }) => id === payment?.paymentId || paymentId === payment?.paymentId,
  );
  const isCovered = isPromised && !isCounted && (payment?.amount ?? 0n) >= due;
  const { authorized, isVoid } = cardsOf(order);
  const isAuthorized =
    (authorized > 0n && authorized >= due) || (isCovered && payment?.status === 'APPROVED');
  const currency = currencyOf(order);
  const gateways = order.tenders.map(({ type }) => type).filter(isGiven);
  const unpaid = isVoid ? 'VOIDED' : order.tenders.length > 0 ? 'PARTIALLY_PAID' : 'PENDING';
  return {
    isAwaited: due > 0n && !isCovered && !isAuthorized && !isPaidOnDelivery(gateways),
    isRefunded: false,
    state: isAuthorized ? 'AUTHORIZED' : due <= 0n || isCovered ? 'PAID' : unpaid,
    gateways,
    detail: `${decimal(due, currency)} ${currency} due`,
  };
}

/** What banks have promised, and whether every card was given up or declined. */
function cardsOf({ tenders }: SquareOrder): { readonly authorized: bigint; readonly isVoid: boolean } {
  const statuses = tenders.map(({ cardDetails }) => cardDetails?.status);
  return {
    authorized: tenders.reduce(
      (total, { amountMoney }, index) => total + (statuses[index] === 'AUTHORIZED' ? amountMoney.amount : 0n),
      0n,
    ),
    isVoid: statuses.length > 0 && statuses.every((status) => status === 'VOIDED' || status === 'FAILED'),
  };
}

/** What of the lines could not be taken over as it stands, a sentence each. */
function concernsOf(order: SquareOrder, skus: Skus): readonly string[] {
  const ofLines = order.lineItems.flatMap((line) => {
    const name = lineName(oneLine(line.name, 100), line.quantity);
    const isUnknown = isGoods(line) && identifier(skus.get(line.catalogObjectId ?? '')) === undefined;
    const why = isGiven(line.catalogObjectId) ? 'has no SKU in the catalog' : 'is no item of the catalog';
    // A line that was to be bound to a lot must not ship from just any.
    const isPinLost = isGiven(line.metadata.lot_pin) && identifier(line.metadata.lot_pin) === undefined;
    return [
      ...(isUnknown ? [`${name} ${why}, so it cannot be allocated.`] : []),
      ...(isPinLost ? [`${name}: the lot it is bound to cannot be read.`] : []),
    ];
  });
  const targets = destinationsOf(order);
  if (targets.length < 2) return ofLines;
  // An order goes to one customer here, and all of it the same way.
  return [
    ...ofLines,
    `The goods go to several places: ${targets.join('; ')}. See that each goes to its own.`,
  ];
}

/** Where the fulfillments take goods, a text each; those that end in the same place are one. */
function destinationsOf(order: SquareOrder): readonly string[] {
  const targets = projection(order).map((fulfillment) => {
    if (!isTravelling(fulfillment)) return 'fetched by the customer';
    const { name, address1, postalCode, city } = shipToOf({ ...order, fulfillments: [fulfillment] }) ?? {};
    return joined([name, address1, postalCode, city], ', ');
  });
  return [...new Set(targets.filter(isGiven))];
}

/** The delivery window that a merchant's checkout leaves in the metadata: `2026-03-16/2026-03-18`. */
function deliveryWindowOf(order: SquareOrder): DeliveryWindow | undefined {
  const [start, end, ...more] = (order.metadata.delivery_window ?? '').split('/').map((date) => date.trim());
  const window = DeliveryWindow.safeParse({ start, end });
  return more.length === 0 && window.success ? window.data : undefined;
}

function noteOf(order: SquareOrder): string | undefined {
  const tax = includedTaxOf(order);
  const reference = oneLine(order.referenceId, 100);
  const currency = currencyOf(order);
  const parts = [
    ...notesOf(order).map((note) => manyLines(note)?.slice(0, 500)),
    reference === undefined ? undefined : `Square reference ${reference}.`,
    tax === 0n ? undefined : `The prices include taxes of ${decimal(tax, currency)} ${currency}.`,
  ];
  return manyLines(parts.filter(isGiven).join('\n'));
}
