import { type McpServer, requireScopes } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { AGENT_TOOLS, Approval } from '../../../contract/agents.ts';
import { Invoice } from '../../../contract/invoices.ts';
import {
  AllocationPanel,
  HistoryEvent,
  InventoryResponse,
  OrderResponse,
  OrderStateName,
  PortalLink,
  Shipment,
} from '../../../contract/responses.ts';
import { dateOf } from '../../../domain/calendar.ts';
import type { Order } from '../../../domain/order/order.ts';
import { Sku } from '../../../domain/text.ts';
import { asOf } from '../../agents/approvals.ts';
import { markCustomerText } from '../../agents/customer-text.ts';
import { explainOrder } from '../../agents/explain-order.ts';
import { inventoryView } from '../../inventory/lot-view.ts';
import { promisesOf } from '../../inventory/promises.ts';
import { makePortalLink } from '../../orders/portal-links.ts';
import { allocationView, reservedSkus } from '../../orders/views/allocation-view.ts';
import { orderView } from '../../orders/views/order-view.ts';
import type { Dependencies } from '../dependencies.ts';
import { mayReadPersonal, type Principal } from '../principal.ts';
import { redactedSchema } from '../redacted-schema.ts';
import { answer, refusal } from '../tool-result.ts';
import { READ_ONLY } from './annotations.ts';

const orderId = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/)
  .meta({ description: 'The order id, for example LMB-ORD-2026-0041.' });
const limit = z.int().min(1).max(100).default(25);
const RedactedOrder = redactedSchema(OrderResponse);
const RedactedShipment = redactedSchema(
  Shipment.pick({ shipmentId: true, carrier: true, trackingNumber: true }),
);
const RedactedEvent = redactedSchema(HistoryEvent);

/** Registers the tools that read one order, its invoice, its approval, or a SKU. */
export function registerReadingTools(
  server: Pick<McpServer, 'registerTool'>,
  dependencies: Dependencies,
  caller: Principal,
): void {
  const { ports } = dependencies;
  const ordersRead = requireScopes('orders/read');
  const shown = <Value extends Record<string, unknown>>(value: Value) =>
    answer(markCustomerText(value, mayReadPersonal(caller)) as Record<string, unknown>);
  const withOrder = async (id: string, use: (order: Order) => unknown) => {
    const order = await ports.orders.load(id);
    return (order === null || order.voided ? noOrder(id) : await use(order)) as ReturnType<typeof answer>;
  };

  server.registerTool(
    'get_order',
    {
      title: 'Read an order',
      description:
        'Reads one order: state, version, lines with what is ordered, allocated, backordered, shipped, delivered and cancelled, shipments with tracking, holds, terms and total.',
      inputSchema: z.strictObject({ orderId }),
      outputSchema: RedactedOrder,
      annotations: READ_ONLY,
      scopeChallenge: ordersRead,
    },
    ({ orderId: id }) =>
      withOrder(id, async (order) => shown(orderView(order, await promisesOf(ports, order)))),
  );

  server.registerTool(
    'get_order_history',
    {
      title: 'Read the history of an order',
      description:
        'Lists the events of an order, oldest first, with time and actor; refused attempts are among them as TransitionRejected. Use `after` with the last sequence number to read on.',
      inputSchema: z.strictObject({ orderId, after: z.int().min(0).default(0), limit }),
      outputSchema: z.object({ items: z.array(RedactedEvent), more: z.boolean() }),
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
        'Explains the state of an order: what the loop does next, which guards block it and what would unblock each, which tools its state allows now, and for each reserved lot why it was chosen.',
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
            shipment: RedactedShipment.optional(),
          }),
        ),
        allowedTools: z.array(z.enum(AGENT_TOOLS)),
        allocation: redactedSchema(AllocationPanel),
      }),
      annotations: READ_ONLY,
      scopeChallenge: ordersRead,
    },
    ({ orderId: id }) =>
      withOrder(id, async (order) => {
        const skus = order.lines.flatMap(({ sku }) => (sku === null ? [] : [sku]));
        const stock = await ports.stock.lotsOf([...new Set([...skus, ...reservedSkus(order)])]);
        return shown({
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
        'Returns the on hand, reserved and available quantity of a SKU, lot by lot, earliest expiry first. `unavailable` is on hand but expired, on hold, in quarantine or recalled.',
      inputSchema: z.strictObject({ sku: Sku }),
      outputSchema: redactedSchema(InventoryResponse),
      annotations: READ_ONLY,
      scopeChallenge: requireScopes('inventory/read'),
    },
    async ({ sku }) => {
      const lots = (await ports.stock.lotsOf([sku])).get(sku) ?? [];
      return shown(inventoryView(sku, lots, dateOf(ports.now()), await ports.stock.expected(sku)));
    },
  );

  server.registerTool(
    'get_invoice',
    {
      title: 'Read an invoice or credit note',
      description:
        'Reads what finance booked. An invoice id is an order id with -I and a number, one for each shipment; a credit note ends in -C.',
      inputSchema: z.strictObject({ invoiceId: z.string().regex(/^[A-Za-z0-9-]{1,100}$/) }),
      outputSchema: redactedSchema(Invoice),
      annotations: READ_ONLY,
      scopeChallenge: requireScopes('finance/read'),
    },
    async ({ invoiceId }) => {
      const invoice = await dependencies.invoices.find(invoiceId);
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
        'Makes a link that shows the customer where the order is, until some time after delivery. Whoever has it can see the page: give it to nobody but the customer.',
      inputSchema: z.strictObject({ orderId }),
      outputSchema: PortalLink,
      annotations: { ...READ_ONLY, idempotentHint: false },
      scopeChallenge: ordersRead,
    },
    ({ orderId: id }) =>
      withOrder(id, async (order) =>
        answer(await makePortalLink(ports, dependencies.portalLinks, order, caller.origin)),
      ),
  );

  server.registerTool(
    'check_approval',
    {
      title: 'See what became of a request for approval',
      description:
        'Returns whether a person has approved or declined your request. PENDING: wait, and ask again in a minute or later. APPROVED: it was carried out. REFUSED: it was approved, but the order had changed.',
      inputSchema: z.strictObject({ approvalId: z.string().regex(/^[0-9A-Za-z]{1,40}$/) }),
      // What would change is for the person who decides: it holds a customer's data.
      outputSchema: redactedSchema(Approval.omit({ changes: true, moreChanges: true })),
      annotations: READ_ONLY,
      scopeChallenge: ordersRead,
    },
    async ({ approvalId }) => {
      const approval = await dependencies.approvals.get(approvalId);
      if (approval === null || approval.agent !== caller.agent) {
        return refusal('not_found', 'you asked for no approval of this id');
      }
      const { changes: _, moreChanges: __, ...asked } = asOf(approval, ports.now());
      return shown(asked);
    },
  );
}

function noOrder(id: string) {
  return refusal('not_found', `there is no order ${id}; use search_orders to find it`);
}
