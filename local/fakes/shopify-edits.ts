import { type FakeOrder, freshId, remaining, type ShopOrders } from './shopify-orders.ts';
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
      change(order, { line_items });
      return { order: orderView(order), userErrors: [] };
    },
  };
}
