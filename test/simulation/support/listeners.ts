import type { Order } from '../../../domain/order/order.ts';
import { controlNumbers } from '../../../functions/adapters/dynamodb/control-numbers.ts';
import { deliveryStore } from '../../../functions/adapters/dynamodb/deliveries.ts';
import { documentStore } from '../../../functions/adapters/dynamodb/document-store.ts';
import { labelSerials } from '../../../functions/adapters/dynamodb/label-serials.ts';
import { partnerTeller } from '../../../functions/application/channel-sync/edi/tell-partner.ts';
import { shopifyTeller } from '../../../functions/application/channel-sync/shops/tell-shopify.ts';
import { tellChannel } from '../../../functions/application/channel-sync/tell-channel.ts';
import type { Envelope } from '../../../functions/application/envelope.ts';
import type { ShopifyShop } from '../../../functions/application/shops.ts';
import { partner } from './channels.ts';
import type { World } from './world.ts';

/**
 * A consumer holds what it tells for a minute, in which a function has long ended. Here many take turns, and one takes
 * as long as ten do.
 */
const MANY = 10;

/** Whoever sent an order, as it hears what became of it: it fails, or takes what it is told and is not heard. */
export interface Listeners {
  /** Tells the order's channel of an event, as the consumer does. */
  tell(event: Envelope): Promise<void>;
  /** @throws Error that names what a shop or partner was not told, was told wrongly, or twice */
  check(orders: readonly Order[], answers: readonly string[]): void;
}

export function listeners(options: World): Listeners {
  const { table, ports, scheduler, random, rate } = options;
  /** Interchanges that a partner took, in the order in which they came. */
  const taken: string[] = [];
  /** Units that a shop was told of, by order, tracking number and line. */
  const sent = new Map<string, Map<string, Map<string, number>>>();
  const delivered = new Set<string>();

  const outside = async <Answer>(what: string, work: () => Answer): Promise<Answer> => {
    await scheduler.turn(what);
    if (random.happens(rate())) throw new Error(`${what} failed`);
    const answer = work();
    if (random.happens(rate())) throw new Error(`the answer of ${what} was lost`);
    return answer;
  };

  const shop: Pick<ShopifyShop, 'findFulfillments' | 'createFulfillment' | 'tellDelivery'> = {
    findFulfillments: (orderId, trackingNumber) =>
      outside('findFulfillments', () => {
        const ofOrder = sent.get(orderId) ?? new Map<string, Map<string, number>>();
        const lineItemId = lineOf(orderId);
        const units = [...ofOrder.values()].reduce((sum, lines) => sum + (lines.get(lineItemId) ?? 0), 0);
        const lines = [{ id: orderId, lineItemId, remaining: MOST_UNITS - units }];
        return {
          isCancelled: false,
          fulfillmentOrders: [{ id: orderId, locationId: null, lines }],
          sent: ofOrder.get(trackingNumber ?? '') ?? new Map<string, number>(),
        };
      }),
    createFulfillment: ({ trackingInfo, lineItemsByFulfillmentOrder }) =>
      outside('createFulfillment', () => {
        for (const {
          fulfillmentOrderId: orderId,
          fulfillmentOrderLineItems,
        } of lineItemsByFulfillmentOrder) {
          const ofOrder = sent.get(orderId) ?? new Map<string, Map<string, number>>();
          const lines = ofOrder.get(trackingInfo.number) ?? new Map<string, number>();
          for (const { quantity } of fulfillmentOrderLineItems) {
            lines.set(lineOf(orderId), (lines.get(lineOf(orderId)) ?? 0) + quantity);
          }
          sent.set(orderId, ofOrder.set(trackingInfo.number, lines));
        }
      }),
    tellDelivery: (orderId, { trackingNumber }) =>
      outside('tellDelivery', () => {
        if (!sent.get(orderId)?.has(trackingNumber)) return null;
        const name = `${orderId} ${trackingNumber}`;
        const isNew = !delivered.has(name);
        delivered.add(name);
        return isNew ? [name] : [];
      }),
  };

  const parts = {
    ports,
    deliveries: deliveryStore(table, () => Date.parse(ports.now()) / MANY),
    documents: documentStore(table),
  };
  const tell = tellChannel(ports.orders, {
    SHOPIFY: shopifyTeller({ ...parts, findShop: async () => shop as ShopifyShop }),
    EDI: partnerTeller({
      ...parts,
      numbers: controlNumbers(table, ports.pause),
      takeSerials: labelSerials(table),
      findPartner: async () => partner,
      deliver: (_, __, content) => outside('deliver', () => void taken.push(content)),
    }),
  });

  return {
    tell,
    check(orders, answers) {
      const distinct = [...new Set(taken)];
      for (const order of orders) {
        if (order.channel === 'EDI') checkPartner(order, distinct);
        if (order.channel === 'SHOPIFY') checkShop(order, sent.get(order.externalId ?? ''), delivered);
      }
      const numbers = [...distinct, ...new Set(answers)].flatMap(numbersOf).sort((one, other) => one - other);
      const gap = numbers.findIndex((number, index) => number !== index + 1);
      if (gap !== -1) throw new Error(`the partner's numbers have a gap, or one twice, at ${gap + 1}`);
    },
  };
}

/** More than anybody orders here. */
const MOST_UNITS = 1000;

/** As the sample message numbers its only line. */
function lineOf(orderId: string): string {
  return String(Number(orderId) * 10);
}

/** @returns the numbers of the interchanges (ISA13) that a text holds. */
function numbersOf(text: string): readonly number[] {
  return [...text.matchAll(/ISA.{87}(\d{9})/gs)].map(([, number]) => Number(number));
}

/** One acknowledgment, then a notice for each shipment, and after each its invoice. */
function checkPartner({ orderId, purchaseOrderNumber, shipments }: Order, taken: readonly string[]): void {
  const own = taken.filter((content) => content.includes(`*${purchaseOrderNumber}*`));
  const kinds = own.map((content) => /ST\*(\d+)/.exec(content)?.[1] ?? '');
  const count = (kind: string) => kinds.filter((each) => each === kind).length;
  const wanted = shipments.length;
  if (count('856') !== wanted || count('810') !== wanted || (wanted > 0 && count('855') !== 1)) {
    throw new Error(`${orderId} has ${wanted} shipments, and its partner took ${kinds}`);
  }
  kinds.forEach((kind, index) => {
    const before = kinds.slice(0, index);
    const isEarly =
      (kind !== '855' && !before.includes('855')) ||
      (kind === '810' &&
        before.filter((each) => each === '810').length >= before.filter((each) => each === '856').length);
    if (isEarly) throw new Error(`the partner of ${orderId} took ${kinds} in this order`);
  });
}

/** Each shipment with its units, once, and its delivery. */
function checkShop(
  { orderId, externalId, shipments }: Order,
  sent: ReadonlyMap<string, ReadonlyMap<string, number>> | undefined,
  delivered: ReadonlySet<string>,
): void {
  for (const { trackingNumber, lines, deliveredAt } of shipments) {
    const shipped = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    const told = [...(sent?.get(trackingNumber)?.values() ?? [])].reduce((sum, units) => sum + units, 0);
    if (told !== shipped) throw new Error(`${told} of ${shipped} units of ${orderId} were told to its shop`);
    if (deliveredAt !== undefined && !delivered.has(`${externalId} ${trackingNumber}`)) {
      throw new Error(`the shop of ${orderId} was not told of a delivery`);
    }
  }
}
