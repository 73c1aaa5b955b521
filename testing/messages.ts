import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { orderEvent, squareSignature } from './square.ts';

/** Where each channel sends its messages, and how it signs them. */
const CHANNELS = {
  shopify: { signatureHeader: 'x-shopify-hmac-sha256', encoding: 'base64', contentType: 'application/json' },
  square: {
    signatureHeader: 'x-square-hmacsha256-signature',
    encoding: 'base64',
    contentType: 'application/json',
  },
  edi: { signatureHeader: 'x-edi-signature', encoding: 'hex', contentType: 'application/edi-x12' },
  carrier: { signatureHeader: 'x-carrier-signature', encoding: 'hex', contentType: 'application/json' },
  woocommerce: {
    signatureHeader: 'x-wc-webhook-signature',
    encoding: 'base64',
    contentType: 'application/json',
  },
  easypost: {
    signatureHeader: 'x-hmac-signature',
    prefix: 'hmac-sha256-hex=',
    encoding: 'hex',
    contentType: 'application/json',
  },
} as const;

/** The channels whose messages are signed. */
export type Channel = keyof typeof CHANNELS;

export const SHOP = 'northfield-test.myshopify.com';

/** A message as its channel sends it. */
export interface ChannelMessage {
  readonly channel: Channel;
  /** Below the address of the loop, for example `/webhooks/edi`. */
  readonly path: string;
  readonly body: Buffer;
  /** The headers without the signature. */
  readonly headers: Readonly<Record<string, string>>;
  /** The name of the header with the signature. */
  readonly signatureHeader: string;
}

/** Any body as a message of a channel. */
export function channelMessage(
  channel: Channel,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
): ChannelMessage {
  const { signatureHeader, contentType } = CHANNELS[channel];
  return {
    channel,
    path: `/webhooks/${channel}`,
    body: Buffer.from(body),
    headers: { 'content-type': contentType, ...headers },
    signatureHeader,
  };
}

/** A webhook of Shopify. */
export function shopifyMessage(
  topic: string,
  body: Uint8Array | string,
  { webhookId, shop = SHOP }: { readonly webhookId: string; readonly shop?: string },
): ChannelMessage {
  return channelMessage('shopify', body, {
    'x-shopify-topic': topic,
    'x-shopify-shop-domain': shop,
    'x-shopify-webhook-id': webhookId,
  });
}

/** An order of Shopify, paid, over one article. */
export function shopifyOrder(id: number, sku: string, quantity = 1): ChannelMessage {
  const file = new URL('../local/sample/shopify-order.json', import.meta.url);
  const { company: _, po_number: __, payment_terms: ___, ...order } = JSON.parse(readFileSync(file, 'utf8'));
  const [line] = order.line_items;
  const now = new Date().toISOString();
  const own = { id, name: `#${id % 100_000}`, created_at: now, updated_at: now };
  const lines = [{ ...line, id: id * 10, sku, quantity, current_quantity: quantity }];
  // The sample's price of one, its tax and its shipping; a total that is not ours would be held for a look.
  const total = (22 * quantity + 7.04 + 6).toFixed(2);
  const totals = {
    subtotal_price: (22 * quantity).toFixed(2),
    total_price: total,
    current_total_price: total,
  };
  const body = JSON.stringify({ ...order, ...own, ...totals, line_items: lines });
  return shopifyMessage('orders/create', body, { webhookId: `delivery-${id}` });
}

/** The notice of an order that Square holds; the order itself has to be put into the fake first. */
export function squareUpdate(orderId: string, version: number, eventId: string): ChannelMessage {
  return channelMessage('square', orderEvent('order.created', eventId, { orderId, version }));
}

/** A purchase order of the partner Harbor Markets over cases of twelve of one article. */
export function purchaseOrder(control: number, number: string, sku: string, cases = 1): ChannelMessage {
  const nine = String(control).padStart(9, '0');
  const date = new Date().toISOString().slice(2, 10).replaceAll('-', '');
  const segments = [
    `ISA*00*          *00*          *08*6145550100     *01*614141000      *${date}*0914*U*00401*${nine}*0*P*>`,
    `GS*PO*6145550100*614141000*20${date}*0914*${control}*X*004010`,
    'ST*850*0001',
    `BEG*00*SA*${number}**20${date}`,
    'ITD*01*3*****30',
    'N1*ST*HARBOR MARKETS DC 12*92*0012',
    'N3*2000 TERMINAL WAY',
    'N4*RENO*NV*89502*US',
    `PO1*1*${cases}*CA*240**VN*${sku}`,
    'PO4*12',
    'CTT*1',
    'SE*10*0001',
    `GE*1*${control}`,
    `IEA*1*${nine}`,
    '',
  ];
  return channelMessage('edi', segments.join('~'));
}

/** The sample order of WooCommerce under a number of its own. */
export function wooCommerceOrder(id: number): ChannelMessage {
  const sample = new URL('../test/payloads/woocommerce/order_created.json', import.meta.url);
  const order = { ...JSON.parse(readFileSync(sample, 'utf8')), id };
  return channelMessage('woocommerce', JSON.stringify(order), {
    'x-wc-webhook-source': 'https://northfield.example/',
    'x-wc-webhook-topic': 'order.created',
    'x-wc-webhook-id': '5',
    'x-wc-webhook-delivery-id': `delivery-${id}`,
  });
}

/** EasyPost's report that a parcel of UPS has been delivered. */
export function easyPostDelivery(eventId: string, trackingNumber: string): ChannelMessage {
  const updated_at = new Date().toISOString();
  const result = { object: 'Tracker', tracking_code: trackingNumber, carrier: 'UPS', status: 'delivered' };
  const event = { id: eventId, object: 'Event', description: 'tracker.updated' };
  return channelMessage('easypost', JSON.stringify({ ...event, result: { ...result, updated_at } }));
}

/** A carrier's tracking update. */
export function trackingUpdate(
  eventId: string,
  trackingNumber: string,
  status = 'delivered',
): ChannelMessage {
  const occurredAt = new Date().toISOString();
  return channelMessage('carrier', JSON.stringify({ eventId, trackingNumber, status, occurredAt }));
}

/**
 * Signs as the channel does.
 *
 * @param url the address at which the loop was told to listen; Square signs it with the body
 */
export function signature(
  { channel, path, body }: ChannelMessage,
  url: string,
  secret = `local-${channel}-secret`,
): string {
  if (channel === 'square') return squareSignature(body, `${url}${path}`, secret);
  const signing: { readonly prefix?: string; readonly encoding: 'base64' | 'hex' } = CHANNELS[channel];
  return (signing.prefix ?? '') + createHmac('sha256', secret).update(body).digest(signing.encoding);
}

/** The headers of a message with its signature. */
export function signedHeaders(
  message: ChannelMessage,
  url: string,
  secret?: string,
): Readonly<Record<string, string>> {
  return { ...message.headers, [message.signatureHeader]: signature(message, url, secret) };
}
