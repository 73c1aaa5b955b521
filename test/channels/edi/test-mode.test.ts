import { expect, test, vi } from 'vitest';
import { soon } from '../../../testing/until.ts';
import { segments, usePartners } from './outbound/partners.ts';

const { api, send, sample, order, about, queued } = usePartners();

const PARTNER = 'harbor-markets';
const SKU = 'NF-TS24';

/** A sample as a test interchange, under numbers of its own. */
const testSample = (purchaseOrder: string, control: string) =>
  sample(purchaseOrder, control).replace(/(ISA.{99})P/s, '$1T');

const testOrders = async (query: string) => (await api('GET', `/v1/orders?test=true&${query}`)).items;

/** Sends a test order, and gives the order that it becomes. */
async function testOrder(purchaseOrder: string, control: string): Promise<string> {
  await send(testSample(purchaseOrder, control));
  const [found] = await testOrders(`purchaseOrderNumber=${purchaseOrder}`);
  return found.orderId;
}

const sent = (purchaseOrder: string, kind: string) =>
  vi.waitFor(async () => {
    const [found] = await about(PARTNER, purchaseOrder, kind);
    expect(found?.objections).toEqual([]);
    return found?.content ?? '';
  }, soon);

/** ISA15 of a document. */
const usageOf = (content: string) => segments(content, 'ISA')[0]?.[15];

test('a test interchange goes through the whole round, and every answer is a test', async () => {
  const before = await api('GET', `/v1/inventory/${SKU}`);
  const answer = await send(testSample('TEST-ROUND', '000130001'));
  expect(answer).toMatch(/AK9\*A/);
  expect(usageOf(answer)).toBe('T');
  const [{ orderId }] = await testOrders('purchaseOrderNumber=TEST-ROUND');
  expect(await api('GET', `/v1/orders/${orderId}`)).toMatchObject({ isTest: true });

  const acknowledgment = await sent('TEST-ROUND', '855');
  expect(usageOf(acknowledgment)).toBe('T');
  // Stock never runs out in a test: what is tried out are the documents.
  expect(segments(acknowledgment, 'ACK').map((each) => each[1])).toEqual(['IA', 'IA', 'IA']);

  await queued(orderId);
  const shipment = { carrier: 'UPS', trackingNumber: '1Z-TEST-ROUND' };
  await api('POST', `/v1/orders/${orderId}/shipments`, shipment);
  for (const kind of ['856', '810']) expect(usageOf(await sent('TEST-ROUND', kind))).toBe('T');

  expect(await api('GET', `/v1/inventory/${SKU}`)).toEqual(before);
  expect((await api('GET', '/v1/inventory/drift')).items).toEqual([]);
  const movements = (await api('GET', `/v1/inventory/${SKU}/movements?limit=1000`)).items;
  expect(movements.filter((each: { orderId?: string }) => each.orderId === orderId)).toEqual([]);
  expect((await api('GET', `/v1/invoices?orderId=${orderId}`)).items).toEqual([]);
  // Nobody is woken for a partner that does not acknowledge its tests.
  expect((await api('GET', '/v1/operations/unacknowledged-documents')).items).not.toContainEqual(
    expect.objectContaining({ orderId }),
  );
});

test('lists leave test orders out unless they are asked for', async () => {
  const orderId = await testOrder('TEST-LIST', '000130002');
  for (const query of ['', 'purchaseOrderNumber=TEST-LIST', `sku=${SKU}`, 'state=ALLOCATED', 'channel=EDI']) {
    const { items } = await api('GET', `/v1/orders?limit=100&${query}`);
    expect(items.map((each: { orderId: string }) => each.orderId)).not.toContain(orderId);
    const tests = await testOrders(`limit=100&${query.replace('state=ALLOCATED', '')}`);
    expect(tests.map((each: { orderId: string }) => each.orderId)).toContain(orderId);
  }
  const { columns } = await api('GET', '/v1/board?limit=100');
  expect(JSON.stringify(columns)).not.toContain(orderId);
  expect(JSON.stringify(await api('GET', '/v1/board?limit=100&test=true'))).toContain(orderId);
});

test('a test and a live order of one number have nothing to do with each other', async () => {
  const tested = await testOrder('TEST-BOTH', '000130003');
  const live = await order('TEST-BOTH', '000130003');
  expect(live).not.toBe(tested);
  expect((await api('GET', `/v1/orders/${live}`)).isTest).toBeUndefined();
  await vi.waitFor(async () => {
    const documents = await about(PARTNER, 'TEST-BOTH', '855');
    expect(documents.map(({ content }) => usageOf(content)).sort()).toEqual(['P', 'T']);
  }, soon);

  const cancellation = (usage: string, control: string) =>
    [
      `ISA*00*          *00*          *08*6145550100     *01*614141000      *260401*1200*U*00401*${control}*0*${usage}*>`,
      'GS*PC*6145550100*614141000*20260401*1200*1*X*004010',
      ...['ST*860*0001', 'BCH*01*SA*TEST-BOTH**3*20260401*****20260402', 'SE*3*0001', 'GE*1*1'],
      `IEA*1*${control}`,
    ]
      .map((each) => `${each}~`)
      .join('\n');
  await send(cancellation('T', '000130004'));
  expect((await api('GET', `/v1/orders/${tested}`)).state).toBe('CANCELLED');
  expect((await api('GET', `/v1/orders/${live}`)).state).not.toBe('CANCELLED');
  await vi.waitFor(async () => {
    const changes = await about(PARTNER, 'TEST-BOTH', '865');
    expect(changes.map(({ content }) => usageOf(content))).toEqual(['T']);
  }, soon);
});

test('what is sent for information only waits for a person', async () => {
  await send(sample('INFO-1', '000130005').replace(/(ISA.{99})P/s, '$1I'));
  expect(await testOrders('purchaseOrderNumber=INFO-1')).toEqual([]);
  const { items } = await api('GET', '/v1/inbound-messages?state=QUARANTINED&limit=100');
  expect(items).toContainEqual(
    expect.objectContaining({ topic: '850', reason: expect.stringContaining('usage indicator I') }),
  );
});
