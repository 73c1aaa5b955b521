import type { Order } from '../../../domain/order/order.ts';
import { accessStore } from '../../../functions/adapters/dynamodb/access-store.ts';
import { connectionStore } from '../../../functions/adapters/dynamodb/connection-store.ts';
import { controlNumbers } from '../../../functions/adapters/dynamodb/control-numbers.ts';
import { dispatchLog } from '../../../functions/adapters/dynamodb/dispatch-log.ts';
import { documentStore } from '../../../functions/adapters/dynamodb/document-store.ts';
import { labelSerials } from '../../../functions/adapters/dynamodb/label-serials.ts';
import { notifyChannel } from '../../../functions/channels/core/notify-channel.ts';
import { ShopRefused, type SquareAccount } from '../../../functions/channels/core/shops.ts';
import { partnerNotifier } from '../../../functions/channels/edi/outbound/notify-partner.ts';
import { shopifyNotifier } from '../../../functions/channels/shopify/outbound/notify-shopify.ts';
import { squareNotifier } from '../../../functions/channels/square/outbound/notify-square.ts';
import type { Envelope } from '../../../functions/events/envelope.ts';
import { partner, simulatedPartner } from './partner.ts';
import { type Call, type SimulatedShop, simulatedShop } from './shop.ts';
import { type SimulatedTill, simulatedTill } from './till.ts';
import { truthOf } from './truth.ts';
import type { World } from './world.ts';

/**
 * A consumer holds what it sends for a minute, in which a function has long ended. Here many take turns, and one takes
 * as long as ten do.
 */
const MANY = 10;
/** Virtual milliseconds after which a message that failed is repeated: ever more, as its queue does it. */
const FIRST_AGAIN = 2_000;
const LAST_AGAIN = 120_000;
/** Of the calls that go wrong, so many never end, since their caller is killed. */
const KILLED = 0.25;

/** Whoever sent an order, as it hears what became of it: it fails, or takes what it is sent and is not heard. */
export interface Listeners {
  /** Where the shop's orders come from. */
  readonly shop: Pick<SimulatedShop, 'sell'>;
  readonly till: Pick<SimulatedTill, 'sell'>;
  /** The account at Square, whose calls fail. */
  readonly account: SquareAccount;
  /** Where webhooks of changes at Square are sent. */
  onSquareUpdate(take: (orderId: string, version: number) => void): void;
  /** Notifies the order's channel of an event, as the consumer does: as often as it takes. */
  notify(event: Envelope): Promise<void>;
  /** What somebody was sent up to now that is not true. */
  readonly lies: readonly string[];
  /** @throws Error that names what a shop or partner was not sent, or was sent twice or too early */
  check(orders: readonly Order[], answers: readonly string[]): void;
}

export function listeners({ table, ports, stream, scheduler, random, rate }: World): Listeners {
  const lies: string[] = [];
  const truth = truthOf(stream);
  const shop = simulatedShop(truth, (lie) => lies.push(`a shop was sent ${lie}`));
  const buyer = simulatedPartner(truth, (lie) => lies.push(`a partner was sent ${lie}`));
  let receiveUpdate: (orderId: string, version: number) => void = () => {};
  const till = simulatedTill(
    truth,
    (lie) => lies.push(`Square was sent ${lie}`),
    (orderId, version) => receiveUpdate(orderId, version),
  );
  const parts = {
    ports,
    deliveries: dispatchLog(table, () => Date.parse(ports.now()) / MANY),
    documents: documentStore(table),
    ...{ access: accessStore(table), connections: connectionStore(table) },
    numbers: controlNumbers(table, ports.pause),
    takeSerials: labelSerials(table),
    ask: async () => null,
    findPartner: async () => partner,
  };

  /** @param kill ends the consumer at once, in the middle of a call */
  const callUntilKilled =
    (kill: () => void): Call =>
    async (what, work) => {
      await scheduler.turn(what);
      const goesWrong = (how: string) => {
        if (!random.happens(rate())) return null;
        if (!random.happens(KILLED)) throw new Error(`${what} ${how}`);
        kill();
        return new Promise<never>(() => {});
      };
      await goesWrong('failed');
      const answer = work();
      await goesWrong('was not heard');
      return answer;
    };
  const attempt = (event: Envelope, kill: () => void) => {
    const call = callUntilKilled(kill);
    return notifyChannel(ports.orders, {
      SHOPIFY: shopifyNotifier({ ...parts, findShop: async () => shop.reached(call) }),
      SQUARE: squareNotifier({ ...parts, findShop: async () => till.reached(call) }),
      EDI: partnerNotifier({
        ...parts,
        deliver: (_, __, content) => call('deliver', () => buyer.take(content)),
      }),
    })(event);
  };

  return {
    shop,
    till,
    account: till.reached(async (what, work) => {
      await scheduler.turn(what);
      if (random.happens(rate())) throw new Error(`${what} failed`);
      return work();
    }),
    onSquareUpdate(take) {
      receiveUpdate = take;
    },
    lies,
    async notify(event) {
      for (let attempts = 0; ; attempts++) {
        const killed = Promise.withResolvers<'killed'>();
        const notified = attempt(event, () => killed.resolve('killed')).then(() => 'notified' as const);
        try {
          if ((await Promise.race([notified, killed.promise])) === 'notified') return;
        } catch (error) {
          const isOurs = error instanceof TypeError || error instanceof RangeError;
          if (isOurs || error instanceof ShopRefused) throw error;
        }
        await scheduler.sleep('queue', Math.min(LAST_AGAIN, FIRST_AGAIN * 2 ** attempts));
      }
    },
    check(orders, answers) {
      for (const order of orders) {
        if (order.channel === 'EDI') buyer.check(order);
        if (order.channel === 'SQUARE') till.check(order);
        if (order.channel === 'SHOPIFY') shop.check(order);
      }
      buyer.checkNumbers(answers);
    },
  };
}
