import { X12Parser } from 'node-x12';
import { expect, test, vi } from 'vitest';
import { soon } from '../../../../testing/until.ts';
import { segments, usePartners } from './partners.ts';

const { api, order, about, shipped, expectIdleQueues } = usePartners();

test('what comes back is credited after its invoice, which it names, with the sign that was agreed', async () => {
  const orderId = await order('BACK-1', '000100040');
  const { shipments } = await shipped(orderId, [{ lineNumber: 1, quantity: 144 }], '1Z-BACK');
  const invoicesOf = (count: number) =>
    vi.waitFor(
      async () => {
        const found = await about('harbor-markets', 'BACK-1', '810');
        expect(found).toHaveLength(count);
        expect(found.flatMap(({ objections }) => objections)).toEqual([]);
        return found.map(({ content }) => content);
      },
      { timeout: 30_000, interval: 200 },
    );
  const [charged = ''] = await invoicesOf(1);
  const lines = [{ lineNumber: 1, quantity: 24, disposition: 'RESTOCK' }];
  await api('POST', `/v1/orders/${orderId}/shipments/${shipments[0].shipmentId}/delivery`, {
    deliveredAt: new Date().toISOString(),
  });
  expect(await api('POST', `/v1/orders/${orderId}/returns`, { lines })).toMatchObject({ orderId });
  const [, negative = ''] = await invoicesOf(2);

  const { settings, kind, name } = await api('GET', '/v1/connections/harbor-markets');
  await api('PUT', '/v1/connections/harbor-markets', {
    ...{ kind, name },
    settings: { ...settings, creditNotes: 'POSITIVE' },
  });
  expect(await api('POST', `/v1/orders/${orderId}/returns`, { lines })).toMatchObject({ orderId });
  const [, , positive = ''] = await invoicesOf(3);

  const booked = (await api('GET', '/v1/invoices?limit=100')).items.find(
    (each: { orderId: string; kind: string }) => each.orderId === orderId && each.kind === 'CREDIT_NOTE',
  );
  const cents = Math.round(Number(booked.total) * 100);
  expect(segments(charged, 'BIG')[0]?.[7]).toBe('DI');
  for (const [content, sign] of [
    [negative, -1],
    [positive, 1],
  ] as const) {
    expect(segments(content, 'BIG')[0]?.slice(4, 8)).toEqual(['BACK-1', '', '', 'CR']);
    expect(segments(content, 'REF')).toContainEqual(['REF', 'OI', segments(charged, 'BIG')[0]?.[2]]);
    const [line] = segments(content, 'IT1');
    expect(line?.slice(1, 5)).toEqual(['1', String(sign * 2), 'CA', '28.8']);
    expect(segments(content, 'TDS')[0]?.[1]).toBe(String(sign * Math.abs(cents)));
    new X12Parser(true).parse(content);
  }
}, 90_000);

test('a partner without an agreement on credit notes gets none, and one whose invoice has not gone out gets it first', async () => {
  const { settings, kind, name } = await api('GET', '/v1/connections/harbor-markets');
  const agree = (creditNotes?: string) =>
    api('PUT', '/v1/connections/harbor-markets', { kind, name, settings: { ...settings, creditNotes } });
  await agree();
  const orderId = await order('BACK-2', '000100041');
  const comesBack = async (lineNumber: number, trackingNumber: string) => {
    const { shipments } = await shipped(orderId, [{ lineNumber, quantity: 144 }], trackingNumber);
    const { shipmentId } = shipments.at(-1);
    await api('POST', `/v1/orders/${orderId}/shipments/${shipmentId}/delivery`, {
      deliveredAt: new Date().toISOString(),
    });
    const lines = [{ lineNumber, quantity: 24, disposition: 'RESTOCK' }];
    expect(await api('POST', `/v1/orders/${orderId}/returns`, { lines })).toMatchObject({ orderId });
  };
  await comesBack(1, '1Z-BACK-2');
  // Heard of while nothing was agreed.
  await vi.waitFor(async () => {
    const { items: carried } = await api('GET', '/dev/bus');
    const credits = carried.filter(
      ({ detail }: { detail: { orderId?: string; type: string } }) =>
        detail.orderId === orderId && detail.type === 'CreditRequested',
    );
    expect(credits).toHaveLength(1);
    await expectIdleQueues();
  }, soon);
  await agree('NEGATIVE');
  await api('PUT', '/dev/partners/harbor-markets', { status: 503 });
  await comesBack(3, '1Z-BACK-3');
  await api('PUT', '/dev/partners/harbor-markets', { status: 200 });
  const documents = await vi.waitFor(
    async () => {
      const found = await about('harbor-markets', 'BACK-2', '810');
      expect(found).toHaveLength(3);
      return found.map(({ content }) => segments(content, 'BIG')[0]?.[7]);
    },
    { timeout: 60_000, interval: 200 },
  );
  expect(documents).toEqual(['DI', 'DI', 'CR']);
}, 90_000);
