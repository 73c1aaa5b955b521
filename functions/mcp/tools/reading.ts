import { type McpServer, requireScopes } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { Approval } from '../../../contract/agents.ts';
import { BACKWARDS, isForwards } from '../../../contract/requests.ts';
import {
  AllocationPanel,
  InventoryResponse,
  Invoice,
  OrderStateName,
  PortalLink,
} from '../../../contract/responses.ts';
import { dateOf } from '../../../domain/calendar.ts';
import { ORDER_STATES } from '../../../domain/order/lifecycle.ts';
import type { Order } from '../../../domain/order/order.ts';
import { Channel, OrderType } from '../../../domain/order/terms.ts';
import { Reference, Sku } from '../../../domain/text.ts';
import { asOf } from '../../application/agents/approvals.ts';
import { markCustomerText } from '../../application/agents/customer-text.ts';
import { explainOrder } from '../../application/agents/explain-order.ts';
import { signPortalToken } from '../../application/portal-token.ts';
import type { OrderFilter, OrderHeader } from '../../application/read-ports.ts';
import { allocationView, reservedSkus } from '../../application/views/allocation-view.ts';
import { boardView } from '../../application/views/board-view.ts';
import { inventoryView } from '../../application/views/lot-view.ts';
import { orderSummary, orderView } from '../../application/views/order-view.ts';
import { decodeCursor, encodeCursor } from '../../middleware/cursor.ts';
import { Problem } from '../../middleware/http.ts';
import { answer, refusal } from '../answer.ts';
import { type Caller, mayReadPersonal } from '../caller.ts';
import type { Parts } from '../parts.ts';

const READ_ONLY = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

const orderId = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/)
  .meta({ description: 'The order id, for example LMB-ORD-2026-0041.' });
const limit = z.int().min(1).max(100).default(25);
const Summaries = z.object({ items: z.array(z.looseObject({})), nextCursor: z.string().optional() });
const ShownOrder = z.looseObject({
  orderId: z.string(),
  state: OrderStateName,
  version: z.int(),
  total: z.string(),
  currency: z.string(),
});

/** States in which something of an order is still to be reserved or shipped. */
const UNSHIPPED = ['RECEIVED', 'ALLOCATED', 'FULFILLMENT_QUEUED'] as const;
/** Orders of each state that are looked through for backorders and orders at risk. */
const LOOKED_THROUGH = 300;

/** Registers the tools that change nothing. */
export function registerReadingTools(server: McpServer, parts: Parts, caller: Caller): void {
  const { ports, queries } = parts;
  const ordersRead = requireScopes('orders/read');
  const shown = <Value extends Record<string, unknown>>(value: Value) =>
    answer(markCustomerText(value, mayReadPersonal(caller)) as Record<string, unknown>);
  const summaries = (orders: readonly OrderHeader[], more: Record<string, unknown> = {}) =>
    shown({ items: orders.map(orderSummary), ...more });
  const withOrder = async (id: string, use: (order: Order) => unknown) => {
    const order = await ports.orders.load(id);
    return (order === null || order.voided ? noOrder(id) : await use(order)) as ReturnType<typeof answer>;
  };

  server.registerTool(
    'search_orders',
    {
      title: 'Search orders',
      description:
        'Finds orders, newest first, by state, channel, type, SKU, customer name or reference, purchase order number, channel order id (externalId) or time received. Give as few conditions as you can; follow nextCursor for more.',
      inputSchema: z
        .strictObject({
          state: z.enum(ORDER_STATES).optional(),
          channel: Channel.optional(),
          orderType: OrderType.optional(),
          sku: Sku.optional(),
          customer: z.string().min(1).max(200).optional(),
          purchaseOrderNumber: Reference.optional(),
          externalId: Reference.optional(),
          from: z.iso.datetime().optional().meta({ description: 'Received at this instant or later (UTC).' }),
          to: z.iso.datetime().optional().meta({ description: 'Received at this instant or before (UTC).' }),
          limit,
          cursor: z.string().max(4096).optional(),
        })
        .refine(isForwards, BACKWARDS),
      outputSchema: Summaries,
      annotations: READ_ONLY,
      scopeChallenge: ordersRead,
    },
    async ({ limit: most, cursor, ...filter }) => {
      try {
        const page = await queries.list(filter, most, decodeCursor(cursor, filter));
        return summaries(
          page.orders,
          page.next === null ? {} : { nextCursor: encodeCursor(page.next, filter) },
        );
      } catch (error) {
        if (error instanceof Problem) return refusal(error.code, error.message);
        throw error;
      }
    },
  );

  server.registerTool(
    'get_order',
    {
      title: 'Read an order',
      description:
        'Reads one order: state, version, lines with what is ordered, allocated, backordered, shipped, delivered and cancelled, shipments with tracking, holds, terms and total.',
      inputSchema: z.strictObject({ orderId }),
      outputSchema: ShownOrder,
      annotations: READ_ONLY,
      scopeChallenge: ordersRead,
    },
    ({ orderId: id }) => withOrder(id, (order) => shown(orderView(order))),
  );

  server.registerTool(
    'get_order_history',
    {
      title: 'Read the history of an order',
      description:
        'Lists the events of an order, oldest first, with time and actor; refused attempts are among them as TransitionRejected. Use `after` with the last sequence number to read on.',
      inputSchema: z.strictObject({ orderId, after: z.int().min(0).default(0), limit }),
      outputSchema: z.object({ items: z.array(z.looseObject({})), more: z.boolean() }),
      annotations: READ_ONLY,
      scopeChallenge: ordersRead,
    },
    async ({ orderId: id, after, limit: most }) => {
      const events = await ports.orders.history(id, after, most + 1);
      if (events.length === 0 && after === 0) return noOrder(id);
      return shown({ items: events.slice(0, most), more: events.length > most });
    },
  );

  server.registerTool(
    'explain_order',
    {
      title: 'Explain where an order stands',
      description:
        'Tells why an order is in its state: what the loop does next, which guards block it and what would unblock each, which commands it takes now, and for each lot that is reserved why this lot was chosen.',
      inputSchema: z.strictObject({ orderId }),
      outputSchema: z.object({
        orderId: z.string(),
        state: OrderStateName,
        next: z.string(),
        blockers: z.array(
          z.object({
            kind: z.string(),
            detail: z.string(),
            remedy: z.string(),
            lineNumber: z.int().optional(),
          }),
        ),
        allowedCommands: z.array(z.string()),
        allocation: AllocationPanel,
      }),
      annotations: READ_ONLY,
      scopeChallenge: ordersRead,
    },
    ({ orderId: id }) =>
      withOrder(id, async (order) => {
        const skus = order.lines.flatMap(({ sku }) => (sku === null ? [] : [sku]));
        const stock = await ports.stock.lotsOf([...new Set([...skus, ...reservedSkus(order)])]);
        return answer({
          ...explainOrder(order, stock, dateOf(ports.now())),
          allocation: allocationView(order, stock),
        });
      }),
  );

  server.registerTool(
    'check_availability',
    {
      title: 'Check the stock of a SKU',
      description:
        'Tells what is on hand, reserved and available of a SKU, lot by lot, the one that expires first first. `unavailable` is on hand but expired, on hold, in quarantine or recalled.',
      inputSchema: z.strictObject({ sku: Sku }),
      outputSchema: InventoryResponse,
      annotations: READ_ONLY,
      scopeChallenge: requireScopes('inventory/read'),
    },
    async ({ sku }) => {
      const lots = (await ports.stock.lotsOf([sku])).get(sku) ?? [];
      return answer(inventoryView(sku, lots, dateOf(ports.now())));
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
          z.looseObject({ state: OrderStateName, count: z.int(), orders: z.array(z.looseObject({})) }),
        ),
      }),
      annotations: READ_ONLY,
      scopeChallenge: ordersRead,
    },
    async ({ limit: most }) => {
      const columns = await boardView(parts, {}, most);
      return shown({ columns: columns.map(({ next: _, ...column }) => column) });
    },
  );

  server.registerTool(
    'list_backorders',
    {
      title: 'List backorders',
      description:
        'Lists orders that wait for stock: of one SKU, the one received first first, or of all SKUs among the newest orders that are not shipped (`complete` tells whether all were looked through).',
      inputSchema: z.strictObject({ sku: Sku.optional() }),
      outputSchema: Summaries.extend({ complete: z.boolean() }),
      annotations: READ_ONLY,
      scopeChallenge: ordersRead,
    },
    async ({ sku }) => {
      if (sku === undefined) {
        const { orders, complete } = await unshipped(parts, {}, ({ units }) => units.backordered > 0);
        return summaries(orders, { complete });
      }
      const ids = new Set<string>();
      for await (const { orderId } of ports.stock.linesWaitingFor(sku)) {
        ids.add(orderId);
        if (ids.size > 100) break;
      }
      const orders = await Promise.all([...ids].slice(0, 100).map((id) => ports.orders.load(id)));
      const items = orders.flatMap((order) => (order === null ? [] : [orderView(order)]));
      return shown({ items, complete: ids.size <= 100 });
    },
  );

  server.registerTool(
    'at_risk_orders',
    {
      title: 'List orders at risk of missing their delivery window',
      description:
        'Lists unshipped orders whose delivery window is AT_RISK or MISSED, among the newest orders of each state.',
      inputSchema: z.strictObject({ orderType: OrderType.optional() }),
      outputSchema: Summaries.extend({ complete: z.boolean() }),
      annotations: READ_ONLY,
      scopeChallenge: ordersRead,
    },
    async (filter) => {
      const isAtRisk = ({ deliveryWindowStatus }: OrderHeader) => deliveryWindowStatus !== undefined;
      const { orders, complete } = await unshipped(parts, filter, isAtRisk);
      return summaries(orders, { complete });
    },
  );

  server.registerTool(
    'get_invoice',
    {
      title: 'Read an invoice or credit note',
      description:
        'Reads what finance booked. An invoice id is an order id with -I and a number, one for each shipment; a credit note ends in -C.',
      inputSchema: z.strictObject({ invoiceId: z.string().regex(/^[A-Za-z0-9-]{1,100}$/) }),
      outputSchema: z.looseObject({ invoiceId: Invoice.shape.invoiceId, total: Invoice.shape.total }),
      annotations: READ_ONLY,
      scopeChallenge: requireScopes('finance/read'),
    },
    async ({ invoiceId }) => {
      const invoice = await parts.invoices.find(invoiceId);
      return invoice === null
        ? refusal('not_found', `there is no invoice ${invoiceId}`)
        : shown({ ...invoice });
    },
  );

  server.registerTool(
    'create_portal_link',
    {
      title: "Make a link to the customer's status page",
      description:
        'Makes a link that shows the customer where the order is, for thirty days. Whoever has it can see the page: give it to nobody but the customer.',
      inputSchema: z.strictObject({ orderId }),
      outputSchema: PortalLink,
      annotations: { ...READ_ONLY, idempotentHint: false },
      scopeChallenge: ordersRead,
    },
    ({ orderId: id }) =>
      withOrder(id, async (order) => {
        const now = new Date(ports.now());
        const { token, expiresAt } = await signPortalToken(
          order.orderId,
          await parts.readPortalSecret(),
          now,
        );
        return answer({ url: `${parts.portalBaseUrl}/portal/${token}`, expiresAt });
      }),
  );

  server.registerTool(
    'check_approval',
    {
      title: 'See what became of a request for approval',
      description:
        'Tells whether a person has approved or declined what you asked for. PENDING: wait, and ask again in a minute or later. APPROVED: it was done. REFUSED: it was approved, and the order had moved on.',
      inputSchema: z.strictObject({ approvalId: z.string().regex(/^[0-9A-Za-z]{1,40}$/) }),
      outputSchema: z.looseObject({ approvalId: z.string(), status: Approval.shape.status }),
      annotations: READ_ONLY,
      scopeChallenge: ordersRead,
    },
    async ({ approvalId }) => {
      const approval = await parts.approvals.get(approvalId);
      return approval === null || approval.agent !== caller.agent
        ? refusal('not_found', 'you asked for no approval of this id')
        : shown({ ...asOf(approval, ports.now()) });
    },
  );
}

/** Looks through the newest orders of each state that has something left to ship. */
async function unshipped(
  { queries }: Parts,
  filter: OrderFilter,
  wanted: (order: OrderHeader) => boolean,
): Promise<{ orders: readonly OrderHeader[]; complete: boolean }> {
  const found: OrderHeader[] = [];
  let complete = true;
  for (const state of UNSHIPPED) {
    let after: string | null = null;
    for (let seen = 0; seen < LOOKED_THROUGH; seen += 100) {
      const page: Awaited<ReturnType<typeof queries.list>> = await queries.list(
        { ...filter, state },
        100,
        after,
      );
      found.push(...page.orders.filter(wanted));
      after = page.next;
      if (after === null) break;
    }
    complete &&= after === null;
  }
  return { orders: found, complete };
}

function noOrder(id: string) {
  return refusal('not_found', `there is no order ${id}; use search_orders to find it`);
}
