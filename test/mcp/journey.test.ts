import { expect, test, vi } from 'vitest';
import { sharedDrivenStack, useStack } from '../../testing/stack.ts';
import { api, call, connect, perform } from './session.ts';

const stack = useStack(sharedDrivenStack);

test.each([
  ['2026-07-28', 'AGENT-1'],
  ['2025-11-25', 'AGENT-2'],
])('an agent of revision %s takes an order from a search to the end of the loop', async (revision, sku) => {
  await api(stack(), 'POST', `/v1/inventory/${sku}/lots`, { lotNumber: 'LOT-A', quantity: 50 });
  const client = await connect(stack(), { revision });
  expect(client.getNegotiatedProtocolVersion()).toBe(revision);
  expect(await call(client, 'search_orders', { sku })).toEqual({ items: [] });
  const announced = { reference: 'PO-1', quantity: 30, expectedAt: '2099-04-02' };
  await api(stack(), 'POST', `/v1/inventory/${sku}/expected`, announced);
  expect(await call(client, 'check_availability', { sku })).toMatchObject({
    available: 50,
    expected: [{ quantity: 30, locationId: 'MAIN' }],
  });

  const terms = {
    currency: 'USD',
    customer: { name: 'Mira Kovač', reference: 'C-9' },
    lines: [{ sku, quantity: 5, unitPrice: '12.50' }],
  };
  const preview = await call(client, 'create_order', terms);
  expect(preview).toMatchObject({
    status: 'preview',
    effect: {
      stateAfter: 'ALLOCATED',
      total: '62.50',
      reserved: [{ lineNumber: 1, lotNumber: 'LOT-A', quantity: 5 }],
      events: ['OrderReceived', 'OrderAllocated'],
    },
  });
  expect(await call(client, 'search_orders', { sku })).toEqual({ items: [] });

  const done = await call(client, 'create_order', { ...terms, approval: preview.approval });
  const { orderId } = done.order;
  expect(done).toMatchObject({ status: 'done', order: { state: 'ALLOCATED' } });
  const explained = async () => call(client, 'explain_order', { orderId });
  await vi.waitFor(async () => expect((await explained()).state).toBe('FULFILLMENT_QUEUED'), 10_000);

  expect((await explained()).allowedTools).toEqual(expect.arrayContaining(['ship_order', 'cancel_order']));
  const shipped = await perform(client, 'ship_order', {
    orderId,
    carrier: 'UPS',
    trackingNumber: `1Z${sku}`,
  });
  const [{ shipmentId }] = shipped.order.shipments;
  expect((await explained()).blockers).toMatchObject([{ kind: 'DELIVERY' }]);
  await perform(client, 'confirm_delivery', {
    orderId,
    shipmentId,
    deliveredAt: new Date().toISOString(),
  });
  await vi.waitFor(async () => expect((await explained()).state).toBe('CLOSED'), 10_000);

  const { items } = await call(client, 'get_order_history', { orderId });
  const received = items.find((event: { type: string }) => event.type === 'OrderReceived');
  expect(received.actor).toEqual({ type: 'ai-agent', id: 'local/agent-7' });
  await client.close();
});
