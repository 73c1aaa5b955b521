import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SCOPES } from '../../contract/routes.ts';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { synthesize } from '../../local/template/synthesize.ts';
import { exchange } from '../../scripts/support/exchange.ts';
import { payloadText, V01 } from '../x12/support.ts';

/** The way of news that a partner cannot be told: tries, dead letters, and an operator who hands them over again. */
let stack: LocalStack;
let token: string;

/** In place of eleven, which take the loop minutes. */
const TRIES = 3;
const PARTNER = '/dev/partners/harbor-markets';
const soon = { timeout: 60_000, interval: 200 };

beforeAll(async () => {
  const stacks = await synthesize({ queueAfterSeconds: 0 });
  let changed = 0;
  for (const { template } of stacks) {
    for (const [id, resource] of Object.entries(template.Resources ?? {})) {
      const { Properties } = resource as { Properties?: { RedrivePolicy?: { maxReceiveCount: number } } };
      if (!/^ChannelSyncQueue/.test(id) || Properties?.RedrivePolicy === undefined) continue;
      Properties.RedrivePolicy.maxReceiveCount = TRIES;
      changed += 1;
    }
  }
  expect(changed).toBe(1);
  stack = await startLocalStack({ stacks });
  token = await stack.token(SCOPES.join(' '));
  for (const sku of ['NF-TS24', 'NF-CC08', 'NF-SS1K']) {
    const lot = { lotNumber: `LOT-${sku}`, quantity: 5000, expiryDate: '2099-12-31' };
    await api('POST', `/v1/inventory/${sku}/lots`, lot);
  }
}, 60_000);

afterAll(() => stack.stop());

const api = async (method: string, path: string, body?: unknown) =>
  (await exchange(stack.url, token, { method, path, body })).body;

const numbersOf = (content: string) =>
  [...content.matchAll(/ISA.{87}(\d{9})/gs)].map(([, number]) => Number(number));

/** The numbers of what answered the purchase orders. */
const answered: number[] = [];

/** Sends the sample as a purchase order of its own, and gives the order that it becomes once it is queued. */
async function queued(purchaseOrder: string, control: string): Promise<string> {
  const body = payloadText(V01).replaceAll('000001021', control).replaceAll('4500187265', purchaseOrder);
  const signature = createHmac('sha256', 'local-edi-secret').update(body).digest('hex');
  const answer = await fetch(`${stack.url}/webhooks/edi`, {
    method: 'POST',
    headers: { 'x-edi-signature': signature },
    body,
  });
  answered.push(...numbersOf(await answer.text()));
  return vi.waitFor(async () => {
    const { items } = await api('GET', `/v1/orders?purchaseOrderNumber=${purchaseOrder}`);
    expect(items[0].state).toBe('FULFILLMENT_QUEUED');
    return items[0].orderId;
  }, soon);
}

interface Document {
  readonly documentId: string;
  readonly kind: string;
  readonly status: string;
}

const documentsOf = async (orderId: string): Promise<readonly Document[]> =>
  (await api('GET', `/v1/orders/${orderId}/documents`)).items.filter(({ kind }: Document) => kind !== '997');

const letters = async () =>
  (await api('GET', '/v1/operations/dead-letters')).items.filter(
    ({ consumer }: { consumer: string }) => consumer === 'channel-sync',
  );

test('what an unreachable partner was to hear is redriven by an operator, in any order, and comes once and in its own', async () => {
  await api('PUT', PARTNER, { status: 503 });
  const orders = [await queued('AWAY-1', '000200001'), await queued('AWAY-2', '000200002')];
  for (const orderId of orders) {
    await api('POST', `/v1/orders/${orderId}/shipments`, { carrier: 'UPS', trackingNumber: `1Z-${orderId}` });
  }
  // Of each order: its allocation, its shipment, its invoice.
  const given = await vi.waitFor(async () => {
    const found = await letters();
    for (const orderId of orders) {
      const types = found.flatMap((each: { orderId: string; eventType: string }) =>
        each.orderId === orderId ? [each.eventType] : [],
      );
      expect(types).toEqual(
        expect.arrayContaining(['OrderAllocated', 'ShipmentShipped', 'InvoiceRequested']),
      );
    }
    const queues = (await api('GET', '/dev/queues')).items;
    const waiting = queues.find(({ name }: { name: string }) => name.startsWith('ChannelSyncQueue'));
    expect([waiting.waiting, waiting.inFlight]).toEqual([0, 0]);
    return found;
  }, soon);
  expect((await api('GET', PARTNER)).items).toEqual([]);
  for (const orderId of orders) {
    // Made, numbered and kept; what would have to follow it was not made before it.
    expect(await documentsOf(orderId)).toMatchObject([{ kind: '855', status: 'WAITING' }]);
  }

  await api('PUT', PARTNER, { status: 200 });
  for (const { deadLetterId, canBeRedriven } of [...given].reverse()) {
    expect(canBeRedriven).toBe(true);
    expect(await api('POST', `/v1/operations/dead-letters/${deadLetterId}/redrive`)).not.toHaveProperty(
      'code',
    );
  }
  await vi.waitFor(async () => {
    for (const orderId of orders) {
      const documents = await documentsOf(orderId);
      expect(documents.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
        '810 SENT',
        '855 SENT',
        '856 SENT',
      ]);
    }
    expect(await letters()).toEqual([]);
  }, soon);

  const received = (await api('GET', PARTNER)).items as {
    readonly sets: readonly string[];
    readonly objections: readonly string[];
    readonly isSigned: boolean;
    readonly content: string;
  }[];
  expect(received).toHaveLength(6);
  expect(received.every(({ isSigned, objections }) => isSigned && objections.length === 0)).toBe(true);
  for (const purchaseOrder of ['AWAY-1', 'AWAY-2']) {
    const kinds = received.filter(({ content }) => content.includes(purchaseOrder));
    expect(kinds.map(({ sets }) => sets[0])).toEqual(['855', '856', '810']);
  }
  const numbers = [...answered, ...received.flatMap(({ content }) => numbersOf(content))];
  expect(numbers.sort((one, other) => one - other)).toEqual(numbers.map((_, index) => index + 1));
}, 120_000);
