/** `npm start`, then `node examples/client/orders.ts`: creates an order and lists those that are reserved. */
import { dataOf, itemsOf, localToken, orderLoop } from 'order-loop/client';

const baseUrl = process.env.ORDER_LOOP_URL ?? 'http://127.0.0.1:4000';
const loop = orderLoop({ baseUrl, token: localToken(baseUrl, 'orders/read orders/write') });
const lines = [{ sku: 'LMB-BRS-001', quantity: 24, unitPrice: '20.00' }];
const body = { currency: 'USD', customer: { name: 'Ada' }, lines };
const order = await dataOf(loop.POST('/v1/orders', { body }));
console.log(`${order.orderId} is ${order.state}`);
const page = (cursor?: string) =>
  loop.GET('/v1/orders', { params: { query: { state: 'ALLOCATED', cursor } } });
for await (const { orderId, total } of itemsOf(page)) console.log(orderId, total);
