import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, vi } from 'vitest';
import { useDrivenApi } from '../../../../testing/api.ts';
import type { Json } from '../../../../testing/client.ts';
import { soon } from '../../../../testing/until.ts';

export const SAMPLES = new URL('../../../payloads/x12/', import.meta.url);
const FIRST_SAMPLE = 'valid/v01_850_004010_net30_windows.edi';

/** What a partner's fake was sent. */
export interface Received {
  readonly isSigned: boolean;
  readonly sets: readonly string[];
  readonly controlNumbers: readonly string[];
  readonly objections: readonly string[];
  readonly content: string;
}

/**
 * A running loop with stock of what the samples order, its trading partners, and what is done with their orders.
 *
 * @param loop what runs. @default the loop that test files share, whose workflow queues orders at once
 */
export function usePartners(loop = useDrivenApi()) {
  beforeAll(async () => {
    for (const [sku, quantity] of [
      ['NF-TS24', 5000],
      ['NF-CC08', 48],
      ['NF-SS1K', 5000],
    ] as const) {
      const lot = { lotNumber: `LOT-${sku}`, quantity, expiryDate: '2099-12-31' };
      await api('POST', `/v1/inventory/${sku}/lots`, lot);
    }
  });

  const api = async (method: string, path: string, body?: unknown) =>
    (await loop().send<Json>(method, path, { body })).body;

  /** Sends an interchange, signed, and gives its answer. */
  async function send(body: string): Promise<string> {
    const headers = {
      'content-type': 'application/edi-x12',
      'x-edi-signature': createHmac('sha256', 'local-edi-secret').update(body).digest('hex'),
    };
    return (await loop().http.send('POST', '/webhooks/edi', { body, headers })).text;
  }

  /** A sample under numbers of its own. */
  const sample = (purchaseOrder: string, control: string, file = FIRST_SAMPLE) =>
    readFileSync(new URL(file, SAMPLES))
      .toString('latin1')
      .replace(/(ISA.{87}).{9}/s, `$1${control}`)
      .replace(/IEA\*1\*\d{9}/, `IEA*1*${control}`)
      .replaceAll('4500187265', purchaseOrder);

  /** Sends a sample under numbers of its own, and gives the order that it becomes. */
  async function order(purchaseOrder: string, control: string, file?: string): Promise<string> {
    await send(sample(purchaseOrder, control, file));
    const { items } = await api('GET', `/v1/orders?purchaseOrderNumber=${purchaseOrder}`);
    return items[0].orderId;
  }

  const receivedBy = async (partner: string): Promise<readonly Received[]> =>
    (await api('GET', `/dev/partners/${partner}`)).items;

  async function about(partner: string, purchaseOrder: string, kind: string): Promise<readonly Received[]> {
    const all = await receivedBy(partner);
    return all.filter(({ sets, content }) => sets.includes(kind) && content.includes(purchaseOrder));
  }

  const queued = (orderId: string) =>
    vi.waitFor(
      async () => expect((await api('GET', `/v1/orders/${orderId}`)).state).toBe('FULFILLMENT_QUEUED'),
      soon,
    );

  async function shipped(orderId: string, lines: object | undefined, trackingNumber: string) {
    await queued(orderId);
    return api('POST', `/v1/orders/${orderId}/shipments`, { lines, carrier: 'UPS', trackingNumber });
  }

  /** A document of an order, as it was sent. */
  async function document(orderId: string, documentId: string): Promise<string> {
    return (await loop().send('GET', `/v1/orders/${orderId}/documents/${documentId}`)).text;
  }

  /** No message waits or is under way. */
  async function expectIdleQueues() {
    const { items } = await api('GET', '/dev/queues');
    const busy = items.filter(
      ({ waiting, inFlight }: { waiting: number; inFlight: number }) => waiting + inFlight > 0,
    );
    expect(busy).toEqual([]);
  }

  return { api, send, sample, order, receivedBy, about, queued, shipped, document, expectIdleQueues };
}

/** The segments of one kind, as lists of elements. */
export const segments = (content: string, id: string) =>
  content
    .split('~')
    .map((segment) => segment.trim().split('*'))
    .filter(([first]) => first === id);
