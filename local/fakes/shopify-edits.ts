import { type FakeLine, type FakeOrder, freshId, remaining, type ShopOrders } from './shopify-orders.ts';
import { gid, idOf, orderView } from './shopify-view.ts';

interface Edit {
  readonly orderId: string;
  readonly quantities: Map<string, number>;
}

const refused = (message: string) => [{ field: ['id'], message }];

/** Edits of orders, as Shopify makes them: begun, filled, and without effect until they are committed. */
export function orderEdits(orders: ShopOrders, change: (order: FakeOrder, to: Partial<FakeOrder>) => void) {
  const edits = new Map<string, Edit>();
  return {
    orderEditBegin({ id }: { id: string }) {
      const order = orders.find(idOf(id));
      if (order === null || order.cancelled_at) {
        return { calculatedOrder: null, userErrors: refused('The order cannot be edited.') };
      }
      const editId = freshId();
      edits.set(editId, { orderId: order.id, quantities: new Map() });
      return { calculatedOrder: { id: gid('CalculatedOrder', editId) }, userErrors: [] };
    },
    orderEditSetQuantity({ id, lineItemId, quantity }: { id: string; lineItemId: string; quantity: number }) {
      const edit = edits.get(idOf(id));
      const order = edit === undefined ? null : orders.find(edit.orderId);
      const line = order?.line_items.find((each) => each.id === idOf(lineItemId));
      if (edit === undefined || order === null || line === undefined) {
        return { calculatedOrder: null, userErrors: refused('The calculated line item does not exist.') };
      }
      const current = Number(line.current_quantity ?? line.quantity);
      if (quantity < current - remaining(order, line)) {
        return { calculatedOrder: null, userErrors: refused('Fulfilled units cannot be removed.') };
      }
      edit.quantities.set(line.id, quantity);
      return { calculatedOrder: { id }, userErrors: [] };
    },
    orderEditCommit({ id }: { id: string }) {
      const edit = edits.get(idOf(id));
      const order = edit === undefined ? null : orders.find(edit.orderId);
      if (edit === undefined || order === null) {
        return { order: null, userErrors: refused('The calculated order does not exist.') };
      }
      edits.delete(idOf(id));
      const line_items = order.line_items.map((line) => {
        const quantity = edit.quantities.get(line.id);
        return quantity === undefined ? line : { ...line, current_quantity: String(quantity) };
      });
      const total = Number(order.current_total_price ?? order.total_price);
      const off = order.line_items.reduce(
        (sum, line) => sum + costOff(line, edit.quantities.get(line.id)),
        0,
      );
      change(order, { line_items, ...(total > 0 && { current_total_price: (total - off).toFixed(2) }) });
      return { order: orderView(order), userErrors: [] };
    },
  };
}

/** What the units that an edit takes off a line cost, with their share of its discounts and taxes. */
function costOff(line: FakeLine, quantity: number | undefined): number {
  const current = Number(line.current_quantity ?? line.quantity);
  const units = quantity === undefined ? 0 : current - quantity;
  const amounts = (of: unknown, name: string) =>
    (Array.isArray(of) ? of : []).reduce((sum: number, each) => sum + Number(each?.[name] ?? 0), 0);
  const extras = amounts(line.tax_lines, 'price') - amounts(line.discount_allocations, 'amount');
  return units * Number(line.price ?? 0) + (units * extras) / Number(line.quantity);
}
