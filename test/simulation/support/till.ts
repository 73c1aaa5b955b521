import { leftToShip, type Order } from '../../../domain/order/order.ts';
import type { SquareAccount, SquareOrderChange } from '../../../functions/channels/core/shops.ts';
import type { Call } from './shop.ts';
import type { Truth } from './truth.ts';

/** The one line, and the one fulfillment, of what is sold here. */
const LINE = 'li-1';
const FULFILLMENT = 'ful-1';

interface Sale {
  readonly quantity: number;
  readonly item: string;
  version: number;
  state: string;
  fulfillment: string;
  trackingNumber: string | undefined;
}

/** An account at Square in memory, which takes what a real one takes and looks at each change whether it is true. */
export interface SimulatedTill {
  sell(orderId: string, item: string, quantity: number): void;
  reached(call: Call): SquareAccount;
  /** @throws Error that names what it did not hear of */
  check(order: Order): void;
}

/**
 * @param refuse takes down what the account received and is not true
 * @param notify sends the update of a changed order, as Square does whoever changed it
 */
export function simulatedTill(
  truth: Truth,
  refuse: (lie: string) => void,
  notify: (orderId: string, version: number) => void,
): SimulatedTill {
  const sales = new Map<string, Sale>();
  const keys = new Set<string>();
  const saleOf = (orderId: string) => {
    const sale = sales.get(orderId);
    if (sale === undefined) throw new TypeError(`Square never sold ${orderId}`);
    return sale;
  };

  const doubt = (order: Order, { fulfillments, state }: SquareOrderChange) => {
    const isCancelled = order.state === 'CANCELLED';
    if (state === 'CANCELED' && !isCancelled) refuse(`that ${order.orderId} was cancelled`);
    for (const { state: next, shipmentDetails } of fulfillments) {
      const { trackingNumber } = shipmentDetails ?? {};
      const isShipped = order.shipments.some((shipment) => shipment.trackingNumber === trackingNumber);
      if (next === 'CANCELED' ? !isCancelled : !isShipped)
        refuse(`that goods of ${order.orderId} are ${next}`);
      const left = order.lines.reduce((sum, line) => sum + leftToShip(line), 0);
      if (next === 'COMPLETED' && left > 0) refuse(`that ${order.orderId} is complete, and ${left} are left`);
    }
  };

  return {
    sell(orderId, item, quantity) {
      if (sales.has(orderId)) return;
      const [state, fulfillment] = ['OPEN', 'PROPOSED'];
      sales.set(orderId, { quantity, item, version: 1, state, fulfillment, trackingNumber: undefined });
    },

    reached: (call) => ({
      retrieveOrder: (orderId) => call('retrieveOrder', () => asTold(orderId, saleOf(orderId))),
      skusOf: (ids) => call('skusOf', () => new Map(ids.map((id) => [id, id]))),
      updateOrder: (change) =>
        call('updateOrder', () => {
          const { orderId, version, idempotencyKey, state, fulfillments } = change;
          const sale = saleOf(orderId);
          if (keys.has(idempotencyKey)) return true;
          if (version !== sale.version) return false;
          const order = truth.ofChannel('SQUARE', orderId);
          if (order === null) refuse(`of ${orderId} before it was received`);
          else doubt(order, change);
          keys.add(idempotencyKey);
          sale.version += 1;
          sale.state = state ?? sale.state;
          for (const each of fulfillments) {
            sale.fulfillment = each.state ?? sale.fulfillment;
            sale.trackingNumber = each.shipmentDetails?.trackingNumber ?? sale.trackingNumber;
          }
          notify(orderId, sale.version);
          return true;
        }),
    }),

    check({ orderId, externalId = '', state, lines, shipments }) {
      const sale = saleOf(externalId);
      const isLeft = lines.some((line) => leftToShip(line) > 0);
      const wanted =
        state === 'CANCELLED'
          ? 'CANCELED'
          : shipments.length === 0
            ? 'PROPOSED'
            : isLeft
              ? 'PREPARED'
              : 'COMPLETED';
      if (sale.fulfillment !== wanted) {
        throw new Error(`Square has ${orderId}, which is ${state}, as ${sale.fulfillment} and not ${wanted}`);
      }
    },
  };
}

/** As the client of Square's API gives an order; paid, for one article that is shipped. */
function asTold(orderId: string, { quantity, item, version, state, fulfillment, trackingNumber }: Sale) {
  const total = { amount: quantity * 2000, currency: 'USD' };
  const address = {
    ...{ addressLine1: '1 Main Street', locality: 'Reno', administrativeDistrictLevel1: 'NV' },
    ...{ postalCode: '89502', country: 'US' },
  };
  return {
    ...{ id: orderId, locationId: 'L1', version, state, totalMoney: total },
    lineItems: [
      {
        ...{ uid: LINE, name: item, quantity: String(quantity), itemType: 'ITEM', catalogObjectId: item },
        ...{ basePriceMoney: { amount: 2000, currency: 'USD' }, grossSalesMoney: total },
      },
    ],
    fulfillments: [
      {
        ...{ uid: FULFILLMENT, type: 'SHIPMENT', state: fulfillment },
        shipmentDetails: { recipient: { displayName: 'Ada', address }, trackingNumber },
      },
    ],
  };
}
