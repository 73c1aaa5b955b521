import type { Order } from '../../../domain/order/order.ts';
import { type HttpRequest, orderIdOf, Problem } from '../../middleware/http.ts';
import type { Ports } from '../../orders/ports.ts';

/**
 * @returns the order that a request names
 * @throws Problem `not_found` when there is none, or it was voided
 */
export async function orderOf(ports: Ports, request: HttpRequest): Promise<Order> {
  const orderId = orderIdOf(request);
  const order = await ports.orders.load(orderId);
  if (order === null || order.voided) throw new Problem('not_found', `there is no order ${orderId}`);
  return order;
}
