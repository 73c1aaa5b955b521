import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate,
  requireScopes,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { STOCK_EVENT_DATA } from '../../domain/inventory/lot.ts';
import { ORDER_EVENT_DATA } from '../../domain/order/events.ts';
import { markCustomerText } from '../agents/customer-text.ts';
import { promisesOf } from '../inventory/promises.ts';
import { orderView } from '../orders/views/order-view.ts';
import type { Dependencies } from './dependencies.ts';
import { mayReadPersonal, type Principal } from './principal.ts';

const JSON_TYPE = 'application/json';

/** Registers what an agent may read as a whole: an order, and what events there are. */
export function registerResources(
  server: McpServer,
  { ports, failed }: Dependencies,
  caller: Principal,
): void {
  const scopeChallenge = requireScopes('orders/read');
  // The protocol's library would pass the words of any error on to the agent.
  const orderOf = async (id: string) => {
    try {
      return await ports.orders.load(id);
    } catch (error) {
      failed(error as Error);
      throw new ProtocolError(ProtocolErrorCode.InternalError, 'something went wrong on our side');
    }
  };
  server.registerResource(
    'order',
    new ResourceTemplate('order-loop://orders/{orderId}', { list: undefined }),
    {
      title: 'An order',
      description: 'The order as it stands, with lines, shipments and holds.',
      mimeType: JSON_TYPE,
      scopeChallenge,
    },
    async (uri, { orderId }) => {
      const id = String(orderId);
      const order = /^[A-Za-z0-9-]{1,64}$/.test(id) ? await orderOf(id) : null;
      if (order === null || order.voided) throw new ResourceNotFoundError(uri.href);
      const text = JSON.stringify(
        markCustomerText(orderView(order, await promisesOf(ports, order)), mayReadPersonal(caller)),
      );
      return { contents: [{ uri: uri.href, mimeType: JSON_TYPE, text }] };
    },
  );
  server.registerResource(
    'event-catalogue',
    'order-loop://events',
    {
      title: 'The catalogue of events',
      description: 'Every event that the loop records and publishes, with the JSON Schema of its data.',
      mimeType: JSON_TYPE,
      scopeChallenge,
    },
    async (uri) => ({
      contents: [{ uri: uri.href, mimeType: JSON_TYPE, text: JSON.stringify(catalogue()) }],
    }),
  );
}

function catalogue(): Record<string, unknown> {
  const entries = Object.entries({ ...ORDER_EVENT_DATA, ...STOCK_EVENT_DATA });
  return Object.fromEntries(entries.map(([type, data]) => [type, z.toJSONSchema(data, { io: 'input' })]));
}
