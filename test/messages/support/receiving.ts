import { Logger } from '@aws-lambda-powertools/logger';
import type { Table } from '../../../functions/adapters/dynamodb/client.ts';
import { connectionStore } from '../../../functions/adapters/dynamodb/connection-store.ts';
import { carrierInbound } from '../../../functions/carriers/carrier-inbound.ts';
import { CARRIERS } from '../../../functions/carriers/registry.ts';
import { createChannelContext } from '../../../functions/channel-context.ts';
import type { WebhookInbound } from '../../../functions/channels/channel.ts';
import { CHANNELS } from '../../../functions/channels/registry.ts';
import { openInbounds } from '../../../functions/messages/inbound-registry.ts';
import { receiveMessage } from '../../../functions/messages/receive-message.ts';
import { createPorts } from '../../../functions/wiring.ts';
import { LOCAL_CONNECTIONS } from '../../../local/connections.ts';
import { type Channel, type ChannelMessage, signedHeaders } from '../../../testing/messages.ts';

const URL = 'https://loop.example';
const SECRET = 'the-secret';
/** Long enough for a webhook, so that only a killed process ends early. */
const DEADLINE = 60_000;

/** The webhooks on a real store, with the partners and shops of the samples connected. */
export async function receiving(table: Table) {
  process.env.ORDER_NUMBER_PREFIX = 'LMB-ORD';
  process.env.API_BASE_URL = URL;
  const ports = createPorts(table, { receivesOrders: true });
  const context = {
    ...createChannelContext(table, { ports, logger: new Logger({ logLevel: 'SILENT' }) }),
    readSecret: async () => ({ current: SECRET, previous: undefined }),
  };
  const connections = connectionStore(table);
  for (const [connectionId, connection] of Object.entries(LOCAL_CONNECTIONS)) {
    await connections.save({ ...connection, connectionId, updatedAt: ports.now() });
  }
  const inbounds: Readonly<Record<Channel, WebhookInbound>> = {
    shopify: CHANNELS.SHOPIFY(context).inbound,
    square: CHANNELS.SQUARE(context).inbound,
    edi: CHANNELS.EDI(context).inbound,
    woocommerce: CHANNELS.WOOCOMMERCE(context).inbound,
    carrier: carrierInbound(CARRIERS.carrier)(context),
    easypost: carrierInbound(CARRIERS.easypost)(context),
  };
  const { messages: log, logger } = context;
  return {
    context,
    ports,
    log,
    inboundOf: openInbounds(context),
    /** Receives a message as its webhook does. */
    receive(message: ChannelMessage) {
      const { channel, path, body } = message;
      return receiveMessage({ log, logger, now: ports.now }, inbounds[channel], {
        ...{ routeKey: `POST ${path}`, path, pathParameters: {}, query: {}, body: undefined },
        headers: signedHeaders(message, URL, SECRET),
        ...{ rawBody: body, deadline: Date.now() + DEADLINE },
        ...{
          origin: { actor: { type: 'channel', id: channel }, correlationId: 'test' },
          scopes: [],
          caller: channel,
        },
      });
    },
  };
}

export type Receiving = Awaited<ReturnType<typeof receiving>>;

/** Thrown by every request to the store from the end of the process on. */
export class Killed extends TypeError {}

/**
 * Ends the process at one of its writes.
 *
 * @param writes how many are made before
 * @param moment whether the write at which it ends is still made
 * @returns what starts it again, and says whether it had come to its end
 */
export function killAtWrite(table: Table, writes: number, moment: 'before' | 'after'): () => boolean {
  let left = writes;
  let isKilled = false;
  const name = 'kill at write';
  const { middlewareStack } = table.client;
  middlewareStack.add(
    (next, context) => async (args) => {
      if (isKilled) throw new Killed('the process was killed');
      const command = String((context as { commandName?: string }).commandName);
      if (!/^(Put|Update|Delete|TransactWrite|BatchWrite)/.test(command)) return next(args);
      if (left > 0) {
        left -= 1;
        return next(args);
      }
      isKilled = true;
      if (moment === 'after') await next(args);
      throw new Killed('the process was killed');
    },
    { step: 'initialize', priority: 'high', name },
  );
  return () => {
    middlewareStack.remove(name);
    return isKilled;
  };
}
