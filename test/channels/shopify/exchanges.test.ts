import { expect, test } from 'vitest';
import { useApi } from '../../../testing/api.ts';
import { shopifyMessage, shopifyOrder, signedHeaders } from '../../../testing/messages.ts';

/** Lines that Shopify exchanges while some goods have left, over the API of the whole loop. */
const api = useApi();

const seconds = (second: number) => new Date(Date.now() + second * 1000).toISOString();

async function send(topic: string, body: object): Promise<void> {
  const message = shopifyMessage(topic, JSON.stringify(body), { webhookId: crypto.randomUUID() });
  const headers = signedHeaders(message, api().stack.url);
  const response = await fetch(api().stack.url + message.path, {
    method: 'POST',
    headers,
    body: new Uint8Array(message.body),
  });
  expect(response.status, await response.text()).toBe(200);
}

/** An order of two units, and the same with one of them sent. */
function orders(id: number, sku: string) {
  const { shipping_lines: _, ...order } = JSON.parse(shopifyOrder(id, sku, 2).body.toString('utf8'));
  const [line] = order.line_items;
  const plain = { ...line, tax_lines: [], discount_allocations: [], price: '10.00' };
  const amounts = { total_tax: '0.00', current_total_tax: '0.00', tax_lines: [], shipping_lines: [] };
  const placed = {
    ...{ ...order, ...amounts, updated_at: seconds(0), total_price: '20.00', current_total_price: '20.00' },
    line_items: [{ ...plain, quantity: 2, current_quantity: 2, fulfillable_quantity: 2 }],
  };
  const sent = {
    ...{ ...placed, updated_at: seconds(5), fulfillment_status: 'partial' },
    line_items: [{ ...plain, quantity: 2, current_quantity: 2, fulfillable_quantity: 1 }],
    fulfillments: [
      { id: id * 100, status: 'success', tracking_numbers: [], line_items: [{ id: line.id, quantity: 1 }] },
    ],
  };
  return { placed, sent, plain };
}

test('a unit is exchanged for another article: it is reserved, and ships with the rest', async () => {
  const [sku, other] = ['EXCHANGED-FROM', 'EXCHANGED-TO'];
  await api().stock(sku, 'L1', 10);
  await api().stock(other, 'L1', 10);
  const { placed, sent, plain } = orders(8_800_001, sku);
  await send('orders/create', placed);
  const [summary] = await api().list('externalId=8800001');
  const orderId = summary?.orderId ?? '';
  await api().command(orderId, 'fulfillment');
  await send('orders/updated', sent);
  const added = {
    ...plain,
    id: 99_000_001,
    sku: other,
    quantity: 1,
    current_quantity: 1,
    fulfillable_quantity: 1,
  };
  const exchanged = {
    ...{ ...sent, updated_at: seconds(9) },
    line_items: [{ ...plain, quantity: 2, current_quantity: 1, fulfillable_quantity: 0 }, added],
  };
  await send('orders/updated', exchanged);
  const order = await api().order(orderId);
  expect(order).toMatchObject({ state: 'FULFILLMENT_QUEUED', holds: [] });
  expect(order.lines).toMatchObject([
    { sku, ordered: 2, shipped: 1, cancelled: 1, allocated: 0 },
    { sku: other, ordered: 1, shipped: 0, allocated: 1 },
  ]);
  await api().ship(orderId);
  expect((await api().order(orderId)).state).toBe('SHIPPED');
  expect(await api().inventory(other)).toMatchObject({ onHand: 9, reserved: 0 });
  expect(await api().inventory(sku)).toMatchObject({ onHand: 9, reserved: 0 });
});
