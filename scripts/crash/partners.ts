/** A document about an order, as the API lists it. */
interface ListedDocument {
  readonly documentId: string;
  readonly status: string;
}

/** An order with its shipments, as the API shows it. */
interface ShippedOrder {
  readonly orderId: string;
  readonly channel: string;
  readonly shipments: readonly { readonly shipmentId: string; readonly deliveredAt?: string }[];
}

/**
 * @param documents all documents of the order, sent or waiting
 * @returns the notifications that the order's partner or shop is missing
 */
export function unheard(order: ShippedOrder, documents: readonly ListedDocument[]): readonly string[] {
  const waiting = documents.filter(({ status }) => status === 'WAITING');
  const there = new Set(documents.map(({ documentId }) => documentId));
  const missing = expected(order).filter((documentId) => !there.has(documentId));
  return [
    ...waiting.map(({ documentId }) => `${documentId} of ${order.orderId} was never sent`),
    ...missing.map((documentId) => `${documentId} of ${order.orderId} was never created`),
  ];
}

function expected({ orderId, channel, shipments }: ShippedOrder): readonly string[] {
  if (channel === 'EDI') {
    return [`855-${orderId}`, ...shipments.map(({ shipmentId }) => `856-${shipmentId}`)];
  }
  if (channel !== 'SHOPIFY') return [];
  const delivered = shipments.filter(({ deliveredAt }) => deliveredAt !== undefined);
  return [
    ...shipments.map(({ shipmentId }) => `shopify-fulfillment-${shipmentId}`),
    ...delivered.map(({ shipmentId }) => `shopify-delivery-${shipmentId}`),
  ];
}
