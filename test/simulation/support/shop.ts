import type { Order } from '../../../domain/order/order.ts';
import type { ShopifyShop } from '../../../functions/channels/core/shops.ts';
import type { Truth } from './truth.ts';

/** What a shop sold in one order, and what it heard of it. */
interface Sale {
  /** Units by line that are wanted still. */
  readonly lines: Map<string, number>;
  /** Units that were sent, by tracking number and line. */
  readonly sent: Map<string, Map<string, number>>;
  readonly delivered: Set<string>;
  isCancelled: boolean;
}

/** A call over the wire: it fails, is not heard, or never ends since its caller is killed. */
export type Call = <Answer>(what: string, work: () => Answer) => Promise<Answer>;

/** A shop in memory, which takes what a real one takes and looks at each update whether it is true. */
export interface SimulatedShop {
  /** Sells; the order is to be announced by a webhook. */
  sell(orderId: string, lines: ReadonlyMap<string, number>): void;
  /** How the shop is reached over calls of a kind. */
  reached(call: Call): ShopifyShop;
  /** @throws Error that names what it did not hear of */
  check(order: Order): void;
}

/** @param refuse takes down what the shop received and is not true */
export function simulatedShop(truth: Truth, refuse: (lie: string) => void): SimulatedShop {
  const sales = new Map<string, Sale>();
  const saleOf = (orderId: string) => {
    const sale = sales.get(orderId);
    if (sale === undefined) throw new TypeError(`the shop never sold ${orderId}`);
    return sale;
  };
  const orderOf = (orderId: string) => {
    const order = truth.ofChannel('SHOPIFY', orderId);
    if (order === null) throw new TypeError(`the shop heard of ${orderId} before it was received`);
    return order;
  };
  const left = ({ lines, sent }: Sale, line: string) =>
    (lines.get(line) ?? 0) - sum([...sent.values()].map((units) => units.get(line) ?? 0));

  function send(orderId: string, trackingNumber: string, line: string, quantity: number) {
    const sale = saleOf(orderId);
    const order = orderOf(orderId);
    const units = sale.sent.get(trackingNumber) ?? new Map<string, number>();
    const now = (units.get(line) ?? 0) + quantity;
    const isLeft = !sale.isCancelled && quantity <= left(sale, line);
    if (!isLeft || now > shippedUnits(order, trackingNumber, line)) {
      refuse(`${quantity} units of ${order.orderId} under ${trackingNumber} that were not shipped`);
    }
    sale.sent.set(trackingNumber, units.set(line, now));
  }

  return {
    sell(orderId, lines) {
      if (sales.has(orderId)) return;
      sales.set(orderId, {
        lines: new Map(lines),
        sent: new Map(),
        delivered: new Set(),
        isCancelled: false,
      });
    },

    reached: (call) => ({
      retrieveOrder: () => call('retrieveOrder', () => null),
      holdsOf: () => call('holdsOf', () => null),
      findFulfillments: (orderId, trackingNumber) =>
        call('findFulfillments', () => {
          const sale = saleOf(orderId);
          const lines = [...sale.lines.keys()]
            .map((line) => ({ id: line, lineItemId: line, remaining: left(sale, line) }))
            .filter(({ remaining }) => remaining > 0 && !sale.isCancelled);
          return {
            isCancelled: sale.isCancelled,
            fulfillmentOrders: [{ id: orderId, locationId: null, lines }],
            sent: new Map(sale.sent.get(trackingNumber ?? '')),
          };
        }),
      createFulfillment: ({ trackingInfo, lineItemsByFulfillmentOrder }) =>
        call('createFulfillment', () => {
          for (const { fulfillmentOrderId, fulfillmentOrderLineItems } of lineItemsByFulfillmentOrder) {
            for (const { id, quantity } of fulfillmentOrderLineItems) {
              send(fulfillmentOrderId, trackingInfo.number, id, quantity);
            }
          }
        }),
      // Its shop holds nothing.
      releaseHolds: () => call('releaseHolds', () => []),
      cancelOrder: (orderId) =>
        call('cancelOrder', () => {
          const { state } = orderOf(orderId);
          if (state !== 'CANCELLED') refuse(`that ${orderId} was cancelled, which is ${state}`);
          saleOf(orderId).isCancelled = true;
        }),
      reduceLines: (orderId, wanted) =>
        call('reduceLines', () => {
          const set = new Map<string, number>();
          const { lines } = saleOf(orderId);
          for (const [line, quantity] of wanted) {
            if (quantity >= (lines.get(line) ?? 0)) continue;
            if (quantity < wantedUnits(orderOf(orderId), line))
              refuse(`that ${quantity} are left of ${orderId}`);
            lines.set(line, quantity);
            set.set(line, quantity);
          }
          return set;
        }),
      reportDelivery: (orderId, { trackingNumber }) =>
        call('reportDelivery', () => {
          const { sent, delivered } = saleOf(orderId);
          if (!sent.has(trackingNumber)) return null;
          const shipment = orderOf(orderId).shipments.find((each) => each.trackingNumber === trackingNumber);
          if (shipment?.deliveredAt === undefined) refuse(`that ${trackingNumber} was delivered`);
          if (delivered.has(trackingNumber)) return [];
          delivered.add(trackingNumber);
          return [trackingNumber];
        }),
    }),

    check(order) {
      const { orderId, externalId = '', shipments, state } = order;
      const { lines, sent, delivered, isCancelled } = saleOf(externalId);
      if (isCancelled !== (state === 'CANCELLED'))
        throw new Error(`the shop does not know of ${orderId} ${state}`);
      for (const { trackingNumber, deliveredAt } of shipments) {
        for (const line of lines.keys()) {
          const [reported, shipped] = [
            sent.get(trackingNumber)?.get(line) ?? 0,
            shippedUnits(order, trackingNumber, line),
          ];
          if (reported !== shipped)
            throw new Error(`${reported} of ${shipped} units of ${orderId} were reported to its shop`);
        }
        if (deliveredAt !== undefined && !delivered.has(trackingNumber)) {
          throw new Error(`the shop of ${orderId} was not notified of a delivery`);
        }
      }
      for (const [line, units] of isCancelled ? [] : lines) {
        const wanted = wantedUnits(order, line);
        if (units !== wanted)
          throw new Error(`the shop wants ${units} of ${orderId}, of which ${wanted} are left`);
      }
    },
  };
}

function shippedUnits({ lines, shipments }: Order, trackingNumber: string, line: string): number {
  const numbers = new Set(
    lines.filter(({ channelLineId }) => channelLineId === line).map(({ lineNumber }) => lineNumber),
  );
  return sum(
    shipments
      .filter((shipment) => shipment.trackingNumber === trackingNumber)
      .flatMap((shipment) => shipment.lines)
      .filter(({ lineNumber }) => numbers.has(lineNumber))
      .map(({ quantity }) => quantity),
  );
}

function wantedUnits({ lines }: Order, line: string): number {
  return sum(
    lines
      .filter(({ channelLineId }) => channelLineId === line)
      .map(({ ordered, cancelled }) => ordered - cancelled),
  );
}

function sum(quantities: readonly number[]): number {
  return quantities.reduce((all, each) => all + each, 0);
}
