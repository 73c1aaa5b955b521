import type { Api } from '../../../testing/api.ts';
import { purchaseOrder, shopifyOrder, signedHeaders } from '../../../testing/messages.ts';

/** Names of what is there, by the field or path parameter that takes them. */
export type Pool = Readonly<Record<string, readonly unknown[]>>;

const SKUS = ['FUZZ-1', 'FUZZ/2', '📦'];
const LOTS = ['L1', 'L#2'];

/** Fills a loop with orders in every state and what belongs to them, so that requests meet something. */
export async function fill(api: Api): Promise<Pool> {
  for (const sku of SKUS) {
    for (const lotNumber of LOTS) await api.stock(sku, lotNumber, 5000, { expiryDate: '2099-01-31' });
  }
  const [sku = ''] = SKUS;
  const receive = (terms: object = {}) =>
    api.receive({
      lines: [
        { sku, quantity: 10 },
        { sku: '📦', quantity: 4 },
      ],
      ...terms,
    });
  const received = await receive({ lines: [{ sku: 'NEVER-STOCKED', quantity: 2 }] });
  const allocated = await receive();
  const held = await receive();
  const { holdId } = await api.done<{ holdId: string }>('POST', `/v1/orders/${held.orderId}/holds`, {
    body: { reason: 'OTHER' },
  });
  const [queued, shipped, delivered, closed] = [
    await receive(),
    await receive(),
    await receive(),
    await receive(),
  ];
  const shipmentIds: string[] = [];
  for (const { orderId } of [queued, shipped, delivered, closed]) {
    await api.command(orderId, 'fulfillment');
    if (orderId === queued.orderId) continue;
    const { shipmentId } = await api.ship(orderId);
    shipmentIds.push(shipmentId);
    if (orderId === shipped.orderId) continue;
    await api.deliver(orderId, shipmentId);
  }
  const cancelled = await receive();
  await api.command(cancelled.orderId, 'cancellation', { reason: 'CUSTOMER' });
  const wholesale = await receive({
    orderType: 'B2B',
    purchaseOrderNumber: 'PO-FUZZ',
    paymentTerms: 'NET30',
  });
  await api.command(wholesale.orderId, 'fulfillment');
  await api.ship(wholesale.orderId);

  const { url } = api.stack;
  const edi = purchaseOrder(660_000_001, '4500660001', sku);
  const unknown = shopifyOrder(6_600_000_000_001, sku);
  for (const message of [
    edi,
    { ...unknown, headers: { ...unknown.headers, 'x-shopify-topic': 'carts/update' } },
  ]) {
    await api.send('POST', message.path, { body: message.body, headers: signedHeaders(message, url) });
  }
  const kept = await api.all<{ keptMessageId: string }>('/v1/operations/kept-messages?limit=100');
  const link = await api.done<{ url: string }>('POST', `/v1/orders/${allocated.orderId}/portal-link`);
  const { nextCursor } = await api.done<{ nextCursor: string }>('GET', '/v1/orders?limit=1');

  const orderIds = [received, allocated, held, queued, shipped, delivered, closed, cancelled, wholesale];
  return {
    orderId: orderIds.map(({ orderId }) => orderId),
    sku: SKUS,
    lotNumber: LOTS,
    lotPin: LOTS,
    shipmentId: shipmentIds,
    holdId: [holdId],
    lineNumber: [1, 2],
    quantity: [1, 2, 3],
    invoiceId: [`${wholesale.orderId}-S1`],
    connectionId: ['harbor-markets', 'northfield-shop', 'another'],
    keptMessageId: kept.map(({ keptMessageId }) => keptMessageId),
    token: [link.url.split('/').at(-1)],
    cursor: [nextCursor],
    currency: ['USD', 'JPY', 'EUR'],
    purchaseOrderNumber: ['PO-FUZZ', '4500660001', 'PO-NEW'],
    trackingNumber: ['1Z999AA10123456784'],
    'If-Match': ['"1"', '"2"', '"3"', '"4"', '*', 'W/"1"'],
    'Idempotency-Key': ['k1', 'k2', 'k3'],
  };
}
