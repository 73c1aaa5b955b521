import { ReceiveOrder } from '../../domain/order/commands.ts';
import type { BenchLoop } from './loop.ts';

/** The request for an order of two lines with stock for both. */
export function benchOrder(skus: readonly string[], terms: Readonly<Record<string, unknown>> = {}) {
  return {
    currency: 'USD',
    customer: { name: 'IRONRIDGE Construction', reference: 'C-88' },
    shipTo: { name: 'Site 4', address1: '1 Quarry Road', city: 'Boise', postalCode: '83702', country: 'US' },
    ...terms,
    lines: skus.map((sku) => ({ sku, quantity: 1, unitPrice: '20.00' })),
  };
}

/** The command of that request. */
export function reception(order: ReturnType<typeof benchOrder>) {
  return ReceiveOrder.parse({ type: 'ReceiveOrder', ...order });
}

/** Creates SKUs for one measurement, each with a lot that is large enough for it. @default two SKUs */
export async function stocked(
  loop: BenchLoop,
  name: string,
  quantity = 1_000_000,
  count = 2,
): Promise<readonly string[]> {
  const skus = Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
  for (const sku of skus) await loop.done('POST', `/v1/inventory/${sku}/lots`, { lotNumber: 'A', quantity });
  return skus;
}
