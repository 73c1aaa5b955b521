import type { Table } from '../../../functions/adapters/dynamodb/client.ts';
import { controlNumbers } from '../../../functions/adapters/dynamodb/control-numbers.ts';
import { documentStore } from '../../../functions/adapters/dynamodb/document-store.ts';
import { invoiceStore } from '../../../functions/adapters/dynamodb/invoice-store.ts';
import { messageLog } from '../../../functions/adapters/dynamodb/message-log.ts';
import { partnerMasterStore } from '../../../functions/adapters/dynamodb/partner-master-store.ts';
import type { Inbound, MessageOutcome } from '../../../functions/channels/channel.ts';
import { processUpdate } from '../../../functions/channels/core/process-message.ts';
import { ediIdentity } from '../../../functions/channels/edi/descriptor.ts';
import { processInterchanges } from '../../../functions/channels/edi/inbound/process-interchange.ts';
import { channelUpdateOf } from '../../../functions/channels/shopify/inbound/channel-update.ts';
import { readMessage } from '../../../functions/channels/shopify/inbound/message.ts';
import { readMessage as readSquare } from '../../../functions/channels/square/inbound/message.ts';
import { processMessage } from '../../../functions/channels/square/inbound/process-message.ts';
import type { Origin } from '../../../functions/events/envelope.ts';
import { messageIdOf, refOf } from '../../../functions/messages/message-log.ts';
import { processMessage as processLogged } from '../../../functions/messages/process-message.ts';
import type { Ports } from '../../../functions/orders/ports.ts';
import { purchaseOrder, SHOP, shopifyOrder } from '../../../testing/messages.ts';
import type { Random } from '../../../testing/random.ts';
import { MERCHANT, orderEvent } from '../../../testing/square.ts';
import { type Answered, insist, SKUS } from './customers.ts';
import type { Listeners } from './listeners.ts';
import { partner } from './partner.ts';

/** A sender of messages that is to be answered sometime, and sends them again until it is; @returns the order's id */
export type Sender = (number: number, random: Random) => Promise<string>;

/** How likely a message is sent a second time while the first one is under way. */
const TWICE = 0.3;

/** Shops and trading partners, whose messages are processed as their webhooks process them. */
export function channels(
  table: Table,
  ports: Ports,
  answered: Answered,
  { shop: sales, till, account, onSquareUpdate }: Omit<Listeners, 'notify' | 'lies' | 'check'>,
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
    if (orderId == null) throw new Error(`${channel} was answered, and ${externalId} is not there`);
    answered.orders.set(`${channel} ${externalId}`, orderId);
    return orderId;
  };

  const log = messageLog(table);
  /** Logs a message, and processes it unless it is a repeat, as the webhook does. */
  const receive = async (
    channel: 'SHOPIFY' | 'SQUARE' | 'EDI',
    { source, topic, key, body }: { source: string; topic: string; key: string; body: Buffer },
    process: Inbound['process'],
  ): Promise<MessageOutcome> => {
    const endpoint = channel === 'SHOPIFY' ? 'shopify' : channel === 'SQUARE' ? 'square' : 'edi';
    const sender = { connectionId: source, source, proof: { method: 'simulated', secretName: null } };
    const messageId = messageIdOf(endpoint, source, key);
    const receivedAt = ports.now();
    const { message } = await log.receive(
      { ...sender, messageId, channel, endpoint, topic, receivedAt, ...origin },
      body,
    );
    if (message.state !== 'RECEIVED' && channel !== 'EDI') return { kind: 'repeat' };
    const outcome = await processLogged(
      log,
      { endpoint, channel, process },
      {
        ...{ ref: refOf(message), sender, topic, body, origin, isAwaited: true },
        deadline: Number.POSITIVE_INFINITY,
      },
    );
    if (outcome.kind === 'quarantined') throw new TypeError(outcome.reason);
    return outcome;
  };

  const shop: Sender = async (number, random) => {
    const id = 8_000_000_000_000 + number;
    const quantity = 1 + random.below(5);
    const { body } = shopifyOrder(id, random.pick(SKUS), quantity);
    sales.sell(`${id}`, new Map([[`${id * 10}`, quantity]]));
    const message = { source: SHOP, topic: 'orders/create', key: `delivery ${id}`, body };
    await sendOnceOrTwice(random, () =>
      receive('SHOPIFY', message, async (logged) => {
        const read = readMessage('orders/create', body);
        if ('problem' in read) throw new TypeError(read.problem.detail);
        const update = channelUpdateOf(read.message, SHOP, { retrieveOrder: async () => null }, []);
        return processUpdate(ports, logged, update);
      }),
    );
    return find('SHOPIFY', SHOP, `${id}`);
  };

  const announceSale = async (orderId: string, version: number) => {
    const eventId = `event ${orderId} ${version}`;
    const body = orderEvent(version === 1 ? 'order.created' : 'order.updated', eventId, { orderId, version });
    const read = readSquare(version === 1 ? 'order.created' : 'order.updated', JSON.parse(body.toString()));
    if ('problem' in read) throw new TypeError(read.problem.detail);
    const message = { source: MERCHANT, topic: 'order', key: eventId, body };
    const parts = { ports, account, merchant: MERCHANT, rules: [], logger: { error: () => {} } };
    await insist(ports, () =>
      receive('SQUARE', message, (logged) => processMessage(parts, logged, read.message)),
    );
  };
  onSquareUpdate((orderId, version) => void announceSale(orderId, version));
  const counter: Sender = async (number, random) => {
    const orderId = `SQ${number}`;
    till.sell(orderId, random.pick(SKUS), 1 + random.below(5));
    await sendOnceOrTwice(random, () => announceSale(orderId, 1));
    return find('SQUARE', MERCHANT, orderId);
  };

  const { isaQualifier, isaId } = partner.settings;
  const parts = {
    ...{ ports, log },
    numbers: controlNumbers(table, ports.pause),
    documents: documentStore(table),
    masters: partnerMasterStore(table),
    invoices: invoiceStore(table),
    findPartner: async () => partner,
  };
  const buyer: Sender = async (number, random) => {
    const purchaseOrderNumber = `45${number}`;
    const { body } = purchaseOrder(number + 1, purchaseOrderNumber, 'PLENTY', 1 + random.below(3));
    const message = { source: partner.connectionId, topic: 'X12', key: `${number}`, body };
    const answers = await sendOnceOrTwice(random, async () => {
      let answer = '';
      await receive('EDI', message, async (logged) => {
        const { answers: given, orderIds, unreadable } = await processInterchanges(parts, logged);
        if (unreadable !== null) throw new TypeError(unreadable);
        answer = given.join('');
        return { kind: 'processed', orderIds, detail: 'answered' };
      });
      return answer;
    });
    if (new Set(answers).size !== 1)
      throw new Error(`a purchase order was answered in ${answers.length} ways`);
    answered.answers.push(...answers);
    return find('EDI', ediIdentity(isaQualifier, isaId), purchaseOrderNumber);
  };
  return [shop, counter, buyer];
}
