import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const SAMPLE_ORDER = join(import.meta.dirname, 'sample', 'shopify-order.json');

/** The shop that the sample order comes from; the local stack is connected to it. */
export const SAMPLE_SHOP = 'northfield-test.myshopify.com';

export interface BannerFacts {
  readonly url: string;
  /** The folder that keeps everything, or null. */
  readonly keptIn: string | null;
  readonly shopifySecret: string;
}

/** What a person needs to begin; the last line says that requests are answered. */
export function banner({ url, keptIn, shopifySecret }: BannerFacts): string {
  return [
    'Order Loop',
    `  console  ${url}/`,
    `  API      ${url}/v1  (described at ${url}/docs)`,
    `  data     ${keptIn ?? 'kept nowhere: it ends with this process'}`,
    '  a sample order from Shopify:',
    sampleOrder(url, shopifySecret),
    `ready on ${url}`,
  ].join('\n');
}

/**
 * A command that sends the sample order with its signature, to be pasted in the repository's folder. It has the quotes
 * and slashes that the shells of Linux, macOS and Windows all understand.
 */
function sampleOrder(url: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(readFileSync(SAMPLE_ORDER)).digest('base64');
  const headers = [
    'Content-Type: application/json',
    'X-Shopify-Topic: orders/create',
    `X-Shopify-Shop-Domain: ${SAMPLE_SHOP}`,
    'X-Shopify-Webhook-Id: sample-order-1',
    `X-Shopify-Hmac-Sha256: ${signature}`,
  ];
  const file = relative(join(import.meta.dirname, '..'), SAMPLE_ORDER).replaceAll(sep, '/');
  return `curl ${url}/webhooks/shopify ${headers.map((header) => `-H "${header}"`).join(' ')} --data-binary @${file}`;
}
