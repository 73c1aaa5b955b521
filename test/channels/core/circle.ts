import { beforeAll, beforeEach, expect, vi } from 'vitest';
import { useOwnApi } from '../../../testing/api.ts';
import type { Json } from '../../../testing/client.ts';
import { soon } from '../../../testing/until.ts';

/** A request that a shop was asked. */
export interface Asked {
  readonly shop: string;
  readonly operation: string;
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: looked into field by field
  readonly input: any;
}

/** A running loop with stock, and what its users and its shops see. */
export function useCircle() {
  const loop = useOwnApi({ context: { queueAfterSeconds: 0 } });

  beforeAll(async () => {
    for (const sku of ['NF-TS24', 'NF-CC08', 'NF-CARD', 'CIRCLE-1', 'CIRCLE-2']) {
      // The lot that the sample order's sauce is bound to.
      const lotNumber = sku === 'NF-TS24' ? 'L26-071A' : `LOT-${sku}`;
      await api('POST', `/v1/inventory/${sku}/lots`, { lotNumber, quantity: 10_000 });
    }
  });

  beforeEach(() => api('PUT', '/dev/stand-ins/faults', []));

  const api = async (method: string, path: string, body?: unknown) =>
    (await loop().send<Json>(method, path, { body })).body;

  async function asked(operation: string, mentions: string): Promise<readonly Asked[]> {
    const { items } = await api('GET', '/dev/stand-ins');
    return (items as Asked[]).filter(
      (each) => each.operation === operation && JSON.stringify(each.input).includes(mentions),
    );
  }

  async function queued(orderId: string) {
    await vi.waitFor(
      async () => expect((await api('GET', `/v1/orders/${orderId}`)).state).toBe('FULFILLMENT_QUEUED'),
      soon,
    );
  }

  const ship = (orderId: string, trackingNumber: string, lines?: object) =>
    api('POST', `/v1/orders/${orderId}/shipments`, { carrier: 'UPS', trackingNumber, lines });

  const deliver = (orderId: string) =>
    api('POST', `/v1/orders/${orderId}/shipments/${orderId}-S1/delivery`, {
      deliveredAt: new Date().toISOString(),
    });

  const cancel = (orderId: string, lines?: object) =>
    api('POST', `/v1/orders/${orderId}/cancellation`, { reason: 'The customer changed their mind', lines });

  async function documents(orderId: string, kind: string) {
    const { items } = await api('GET', `/v1/orders/${orderId}/documents`);
    return (items as { kind: string; documentId: string }[]).filter((each) => each.kind === kind);
  }

  return {
    url: () => loop().url,
    api,
    asked,
    queued,
    ship,
    deliver,
    cancel,
    documents,
  };
}
