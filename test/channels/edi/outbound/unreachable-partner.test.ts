// @module-tag long
import { expect, test, vi } from 'vitest';
import { synthesize } from '../../../../local/template/synthesize.ts';
import { useOwnApi } from '../../../../testing/api.ts';
import { type Received, usePartners } from './partners.ts';

/** An outbound document that a partner does not accept: attempts, dead letters, and a redrive by an operator. */

/** In place of eleven, which take the loop minutes. */
const TRIES = 3;
const PARTNER = '/dev/partners/harbor-markets';
const soon = { timeout: 60_000, interval: 200 };

const { api, send, sample, queued } = usePartners(
  useOwnApi(async () => {
    const stacks = await synthesize({ queueAfterSeconds: 0 });
    const changed = stacks
      .flatMap(({ template }) => Object.entries(template.Resources ?? {}))
      .filter(([id]) => /^ChannelSyncQueue/.test(id))
      .flatMap(([, { Properties }]) => {
        const { RedrivePolicy } = Properties as { RedrivePolicy?: { maxReceiveCount: number } };
        return RedrivePolicy === undefined ? [] : [Object.assign(RedrivePolicy, { maxReceiveCount: TRIES })];
      });
    expect(changed).toHaveLength(1);
    return { stacks };
  }),
);

const numbersOf = (content: string) =>
  [...content.matchAll(/ISA.{87}(\d{9})/gs)].map(([, number]) => Number(number));

/** The numbers of what answered the purchase orders. */
const answered: number[] = [];

/** Sends a purchase order, and gives the order that it becomes once it is queued. */
async function taken(purchaseOrder: string, control: string): Promise<string> {
  answered.push(...numbersOf(await send(sample(purchaseOrder, control))));
  const [{ orderId }] = (await api('GET', `/v1/orders?purchaseOrderNumber=${purchaseOrder}`)).items;
  await queued(orderId);
  return orderId;
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
  const orders = [await taken('AWAY-1', '000200001'), await taken('AWAY-2', '000200002')];
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

  const received = (await api('GET', PARTNER)).items as readonly Received[];
  expect(received).toHaveLength(6);
  expect(received.every(({ isSigned, objections }) => isSigned && objections.length === 0)).toBe(true);
  for (const purchaseOrder of ['AWAY-1', 'AWAY-2']) {
    const kinds = received.filter(({ content }) => content.includes(purchaseOrder));
    expect(kinds.map(({ sets }) => sets[0])).toEqual(['855', '856', '810']);
  }
  const numbers = [...answered, ...received.flatMap(({ content }) => numbersOf(content))];
  expect(numbers.sort((one, other) => one - other)).toEqual(numbers.map((_, index) => index + 1));
}, 120_000);
