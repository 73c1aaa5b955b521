import { type McpServer, requireScopes } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { BACKWARDS, isForwards, OrderListQuery } from '../../../contract/requests.ts';
import { OrderStateName, OrderSummary } from '../../../contract/responses.ts';
import { OrderType } from '../../../domain/order/terms.ts';
import { Sku } from '../../../domain/text.ts';
import { markCustomerText } from '../../agents/customer-text.ts';
import { decodeCursor, encodeCursor } from '../../middleware/cursor.ts';
import type { OrderFilter } from '../../orders/queries.ts';
import { orderSummary } from '../../orders/views/order-view.ts';
import { boardView } from '../../reporting/board-view.ts';
import type { Dependencies } from '../dependencies.ts';
import { mayReadPersonal, type Principal } from '../principal.ts';
import { redactedSchema } from '../redacted-schema.ts';
import { answer } from '../tool-result.ts';
import { READ_ONLY } from './annotations.ts';

const RedactedSummary = redactedSchema(OrderSummary);
const Summaries = z.object({
  items: z.array(RedactedSummary),
  nextCursor: z.string().optional().meta({ description: 'Give it as `cursor` for more; absent at the end.' }),
});
const page = {
  limit: z.int().min(1).max(100).default(25),
  cursor: z.string().max(4096).optional().meta({ description: 'nextCursor of the answer before.' }),
};
// Words are searched in names too, which an agent may use with a scope of its own only.
const { limit: _limit, cursor: _cursor, search: _search, ...narrowing } = OrderListQuery.shape;

/** Number of waiting lines of a SKU that are listed, in the order in which stock is allocated to them. */
const MAX_IN_QUEUE = 100;

/** Registers the tools that find orders. */
export function registerFindingTools(
  server: Pick<McpServer, 'registerTool'>,
  dependencies: Dependencies,
  caller: Principal,
): void {
  const { ports, queries } = dependencies;
  const scopeChallenge = requireScopes('orders/read');
  const shown = (value: Record<string, unknown>) =>
    answer(markCustomerText(value, mayReadPersonal(caller)) as Record<string, unknown>);
  const pageOf = async (filter: OrderFilter, most: number, cursor: string | undefined) => {
    const place = { orders: filter };
    const { orders, next } = await queries.list(filter, most, await decodeCursor(cursor, place));
    return {
      items: orders.map(orderSummary),
      ...(next !== null && { nextCursor: await encodeCursor(next, place) }),
    };
  };

  server.registerTool(
    'search_orders',
    {
      title: 'Search orders',
      description:
        'Finds orders, newest first, by state, channel, type, SKU, customer, any of their numbers (order, purchase order, channel order id, tracking number), need of attention, or time received. Give as few conditions as you can; a page may hold fewer than `limit` though there is more, so follow nextCursor to the end. A customer is found by name only with the scope customers/read, by reference always.',
      inputSchema: z.strictObject({ ...narrowing, ...page }).refine(isForwards, BACKWARDS),
      outputSchema: Summaries,
      annotations: READ_ONLY,
      scopeChallenge,
    },
    async ({ limit, cursor, customer, ...filter }) => {
      // Who finds orders by a name learns whose they are.
      const named = mayReadPersonal(caller) ? { customer } : { customerReference: customer };
      return shown(await pageOf({ ...filter, ...named }, limit, cursor));
    },
  );

  server.registerTool(
    'get_board',
    {
      title: 'Read the board',
      description: 'Counts the orders in each state, and shows the newest of each.',
      inputSchema: z.strictObject({ limit: z.int().min(1).max(100).default(5) }),
      outputSchema: z.object({
        columns: z.array(
          z.looseObject({ state: OrderStateName, count: z.int(), orders: z.array(RedactedSummary) }),
        ),
      }),
      annotations: READ_ONLY,
      scopeChallenge,
    },
    async ({ limit }) => {
      const columns = await boardView(dependencies, {}, limit);
      return shown({ columns: columns.map(({ next: _, ...column }) => column) });
    },
  );

  server.registerTool(
    'list_backorders',
    {
      title: 'List backorders',
      description:
        'Lists orders that wait for stock, newest first; of one SKU also its `queue`: who gets how much of the next stock, the order received first first (at most a hundred).',
      inputSchema: z.strictObject({ sku: Sku.optional(), ...page }),
      outputSchema: Summaries.extend({
        queue: z
          .array(z.object({ orderId: z.string(), quantity: z.int(), allOrNothing: z.boolean() }))
          .optional()
          .meta({ description: 'allOrNothing: takes nothing until all it lacks is there.' }),
      }),
      annotations: READ_ONLY,
      scopeChallenge,
    },
    async ({ sku, limit, cursor }) => {
      const found = await pageOf({ sku, attention: 'BACKORDERED' }, limit, cursor);
      return shown({ ...found, ...(sku !== undefined && { queue: await queueOf(sku) }) });
    },
  );

  server.registerTool(
    'at_risk_orders',
    {
      title: 'List orders at risk of missing their delivery window',
      description:
        'Lists orders under way whose delivery window is AT_RISK or MISSED (deliveryWindowStatus), newest first.',
      inputSchema: z.strictObject({ orderType: OrderType.optional(), ...page }),
      outputSchema: Summaries,
      annotations: READ_ONLY,
      scopeChallenge,
    },
    async ({ orderType, limit, cursor }) =>
      shown(await pageOf({ orderType, attention: 'AT_RISK' }, limit, cursor)),
  );

  async function queueOf(sku: string) {
    const queue: { orderId: string; quantity: number; allOrNothing: boolean }[] = [];
    for await (const { orderId, quantity, allOrNothing } of ports.stock.linesWaitingFor(sku)) {
      queue.push({ orderId, quantity, allOrNothing });
      if (queue.length === MAX_IN_QUEUE) break;
    }
    return queue;
  }
}
