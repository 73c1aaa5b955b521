import type { Table } from '../../../functions/adapters/dynamodb/client.ts';
import { controlNumbers } from '../../../functions/adapters/dynamodb/control-numbers.ts';
import { documentStore } from '../../../functions/adapters/dynamodb/document-store.ts';
import type { InboundMessage } from '../../../functions/channels/channel.ts';
import { processUpdate, receiptOf } from '../../../functions/channels/core/process-message.ts';
import { ediIdentity } from '../../../functions/channels/edi/descriptor.ts';
import { processInterchanges } from '../../../functions/channels/edi/inbound/process-interchange.ts';
import { readMessage } from '../../../functions/channels/shopify/inbound/message.ts';
import { channelUpdateOf } from '../../../functions/channels/shopify/inbound/news.ts';
import { readMessage as readSquare } from '../../../functions/channels/square/inbound/message.ts';
import { processMessage } from '../../../functions/channels/square/inbound/process-message.ts';
import type { Origin } from '../../../functions/events/envelope.ts';
import type { Ports } from '../../../functions/orders/ports.ts';
import { purchaseOrder, SHOP, shopifyOrder } from '../../../testing/messages.ts';
import type { Random } from '../../../testing/random.ts';
import { MERCHANT, orderEvent } from '../../../testing/square.ts';
import { insist, SKUS, type Told } from './customers.ts';
import type { Listeners } from './listeners.ts';
import { partner } from './partner.ts';

/** A sender of messages that is to be answered sometime, and sends them again until it is; @returns the order's id */
export type Sender = (number: number, random: Random) => Promise<string>;

/** How likely a message is sent a second time while the first one is under way. */
const TWICE = 0.3;

/** Shops and trading partners, whose messages are received as by their webhooks. */
export function channels(
  table: Table,
  ports: Ports,
  told: Told,
  { shop: sales, till, account, onSquareUpdate }: Omit<Listeners, 'tell' | 'lies' | 'check'>,
): readonly Sender[] {
  const origin: Origin = { actor: { type: 'channel', id: 'channel' }, correlationId: 'simulation' };
  const sendOnceOrTwice = <Answer>(random: Random, take: () => Promise<Answer>) =>
    Promise.all(Array.from({ length: random.happens(TWICE) ? 2 : 1 }, () => insist(ports, take)));
  const find = async (channel: string, source: string, externalId: string) => {
    const orderId = await insist(ports, async () =>
      channel === 'EDI'
        ? (await ports.orders.findDocument(channel, source, externalId))[0]
        : (await ports.orders.findExternal(channel, source, externalId))?.orderId,
    );
    if (orderId === undefined) throw new Error(`${channel} was answered, and ${externalId} is not there`);
    told.orders.set(`${channel} ${externalId}`, orderId);
    return orderId;
  };

  const inbound = (
    channel: InboundMessage['channel'],
    source: string,
    topic: string,
    key: string,
    body: Buffer,
  ): InboundMessage => {
    const sender = { connectionId: source, source, proof: { signature: 'simulated', secretName: null } };
    return { channel, sender, topic, key, body, origin, deadline: Number.POSITIVE_INFINITY };
  };
  const shop: Sender = async (number, random) => {
    const id = 8_000_000_000_000 + number;
    const quantity = 1 + random.below(5);
    const { body } = shopifyOrder(id, random.pick(SKUS), quantity);
    sales.sell(`${id}`, new Map([[`${id * 10}`, quantity]]));
    const message = inbound('SHOPIFY', SHOP, 'orders/create', `delivery ${id}`, body);
    await sendOnceOrTwice(random, async () => {
      if (await ports.receipts.isKnown(receiptOf(message))) return;
      const read = readMessage('orders/create', body);
      if ('problem' in read) throw new TypeError(read.problem.detail);
      const update = channelUpdateOf(read.message, SHOP, { retrieveOrder: async () => null });
      const taken = await processUpdate(ports, message, update);
      if (taken.kind === 'quarantined') throw new TypeError(taken.reason);
    });
    return find('SHOPIFY', SHOP, `${id}`);
  };

  const tellOfSale = async (orderId: string, version: number) => {
    const eventId = `event ${orderId} ${version}`;
    const body = orderEvent(version === 1 ? 'order.created' : 'order.updated', eventId, { orderId, version });
    const read = readSquare(version === 1 ? 'order.created' : 'order.updated', JSON.parse(body.toString()));
    if ('problem' in read) throw new TypeError(read.problem.detail);
    const message = inbound('SQUARE', MERCHANT, 'order', eventId, body);
    await insist(ports, async () => {
      if (await ports.receipts.isKnown(receiptOf(message))) return;
      const parts = { ports, account, merchant: MERCHANT, logger: { error: () => {} } };
      const taken = await processMessage(parts, message, read.message);
      if (taken.kind === 'quarantined') throw new TypeError(taken.reason);
    });
  };
  onSquareUpdate((orderId, version) => void tellOfSale(orderId, version));
  const counter: Sender = async (number, random) => {
    const orderId = `SQ${number}`;
    till.sell(orderId, random.pick(SKUS), 1 + random.below(5));
    await sendOnceOrTwice(random, () => tellOfSale(orderId, 1));
    return find('SQUARE', MERCHANT, orderId);
  };

  const { isaQualifier, isaId } = partner.settings;
  const parts = {
    ports,
    numbers: controlNumbers(table, ports.pause),
    documents: documentStore(table),
    findPartner: async () => partner,
  };
  const buyer: Sender = async (number, random) => {
    const purchaseOrderNumber = `45${number}`;
    const { body } = purchaseOrder(number + 1, purchaseOrderNumber, 'PLENTY', 1 + random.below(3));
    const answers = await sendOnceOrTwice(random, async () => {
      const { answers, unreadable } = await processInterchanges(
        parts,
        body,
        origin,
        Number.POSITIVE_INFINITY,
      );
      if (unreadable !== null) throw new TypeError(unreadable);
      return answers.join('');
    });
    if (new Set(answers).size !== 1)
      throw new Error(`a purchase order was answered in ${answers.length} ways`);
    told.answers.push(...answers);
    return find('EDI', ediIdentity(isaQualifier, isaId), purchaseOrderNumber);
  };
  return [shop, counter, buyer];
}
