import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { X12Parser } from 'node-x12';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SCOPES } from '../../contract/routes.ts';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { exchange } from '../../scripts/support/exchange.ts';

const SAMPLES = new URL('../payloads/x12/', import.meta.url);
let stack: LocalStack;
let token: string;

beforeAll(async () => {
  stack = await startLocalStack({ context: { queueAfterSeconds: 0 } });
  token = await stack.token(SCOPES.join(' '));
  for (const [sku, quantity] of [
    ['NF-TS24', 5000],
    ['NF-CC08', 48],
    ['NF-SS1K', 5000],
  ] as const) {
    const lot = { lotNumber: `LOT-${sku}`, quantity, expiryDate: '2099-12-31' };
    await api('POST', `/v1/inventory/${sku}/lots`, lot);
  }
}, 60_000);

afterAll(() => stack.stop());

const api = async (method: string, path: string, body?: unknown) =>
  (await exchange(stack.url, token, { method, path, body })).body;

async function send(body: string) {
  const response = await fetch(`${stack.url}/webhooks/edi`, {
    method: 'POST',
    headers: { 'x-edi-signature': createHmac('sha256', 'local-edi-secret').update(body).digest('hex') },
    body,
  });
  return { status: response.status, text: await response.text() };
}

/** Sends the first sample under numbers of its own, and gives the order that it becomes. */
async function order(
  purchaseOrder: string,
  control: string,
  file = 'valid/v01_850_004010_net30_windows.edi',
) {
  const body = readFileSync(new URL(file, SAMPLES))
    .toString('latin1')
    .replace(/(ISA.{87}).{9}/s, `$1${control}`)
    .replace(/IEA\*1\*\d{9}/, `IEA*1*${control}`)
    .replaceAll('4500187265', purchaseOrder);
  await send(body);
  const { items } = await api('GET', `/v1/orders?purchaseOrderNumber=${purchaseOrder}`);
  return items[0].orderId as string;
}

interface Received {
  readonly isSigned: boolean;
  readonly sets: readonly string[];
  readonly controlNumbers: readonly string[];
  readonly objections: readonly string[];
  readonly content: string;
}

async function receivedBy(partner: string): Promise<readonly Received[]> {
  return (await api('GET', `/dev/partners/${partner}`)).items;
}

async function about(partner: string, purchaseOrder: string, kind: string): Promise<readonly Received[]> {
  const all = await receivedBy(partner);
  return all.filter(({ sets, content }) => sets.includes(kind) && content.includes(purchaseOrder));
}

const soon = { timeout: 15_000, interval: 100 };

/** The segments of one kind, as lists of elements. */
const segments = (content: string, id: string) =>
  content
    .split('~')
    .map((segment) => segment.trim().split('*'))
    .filter(([first]) => first === id);

async function shipped(orderId: string, lines: object | undefined, trackingNumber: string) {
  await vi.waitFor(
    async () => expect((await api('GET', `/v1/orders/${orderId}`)).state).toBe('FULFILLMENT_QUEUED'),
    soon,
  );
  return api('POST', `/v1/orders/${orderId}/shipments`, { lines, carrier: 'UPS', trackingNumber });
}

test('the partner hears what was accepted and what is backordered, in the units that were ordered', async () => {
  await order('ACK-1', '000100001');
  const [document] = await vi.waitFor(async () => {
    const found = await about('harbor-markets', 'ACK-1', '855');
    expect(found).toHaveLength(1);
    return found;
  }, soon);
  expect(document).toMatchObject({ isSigned: true, objections: [] });
  const content = document?.content ?? '';
  expect(segments(content, 'BAK')[0]?.slice(1, 4)).toEqual(['00', 'AC', 'ACK-1']);
  expect(segments(content, 'PO1').map((each) => each.slice(1, 5))).toEqual([
    ['1', '24', 'CA', '28.8'],
    ['2', '10', 'CA', '41.5'],
    ['3', '144', 'EA', '3.075'],
  ]);
  expect(segments(content, 'ACK').map((each) => each.slice(1, 4))).toEqual([
    ['IA', '24', 'CA'],
    ['IA', '8', 'CA'],
    ['IB', '2', 'CA'],
    ['IA', '144', 'EA'],
  ]);
  new X12Parser(true).parse(content);
});

test('each shipment is announced with labels, lots and expiry, and invoiced to the cent', async () => {
  const orderId = await order('SHIP-1', '000100002');
  await shipped(orderId, [{ lineNumber: 1, quantity: 144 }], '1Z-FIRST');
  await shipped(
    orderId,
    [
      { lineNumber: 1, quantity: 144 },
      { lineNumber: 3, quantity: 144 },
    ],
    '1Z-SECOND',
  );
  const notices = await vi.waitFor(async () => {
    const found = await about('harbor-markets', 'SHIP-1', '856');
    expect(found).toHaveLength(2);
    return found;
  }, soon);
  for (const { objections, content } of notices) {
    expect(objections).toEqual([]);
    const levels = segments(content, 'HL');
    expect(levels.map((each) => each[3]).join('')).toMatch(/^SO(PI+)+$/);
    expect(segments(content, 'CTT')[0]?.[1]).toBe(String(levels.length));
    for (const [, , label] of segments(content, 'MAN')) expect(label).toMatch(/^00\d{18}$/);
    expect(segments(content, 'LIN')[0]).toContain('LOT-NF-TS24');
    new X12Parser(true).parse(content);
  }
  const labels = notices.flatMap(({ content }) => segments(content, 'MAN').map((each) => each[2]));
  expect(new Set(labels).size).toBe(labels.length);

  const invoices = await vi.waitFor(async () => {
    const found = await about('harbor-markets', 'SHIP-1', '810');
    expect(found).toHaveLength(2);
    return found;
  }, soon);
  const booked = (await api('GET', '/v1/invoices?limit=100')).items.filter(
    (each: { orderId: string }) => each.orderId === orderId,
  );
  const total = (content: string) => Number(segments(content, 'TDS')[0]?.[1]);
  expect(invoices.map(({ content }) => total(content)).sort()).toEqual(
    booked.map((each: { total: string }) => Math.round(Number(each.total) * 100)).sort(),
  );
  for (const { objections, content } of invoices) {
    expect(objections).toEqual([]);
    const goods = segments(content, 'IT1').reduce((sum, each) => sum + Number(each[2]) * Number(each[4]), 0);
    const charges = segments(content, 'SAC').reduce(
      (sum, each) => sum + (each[1] === 'C' ? 1 : -1) * (Number(each[5]) / 100),
      0,
    );
    const taxes = segments(content, 'TXI').reduce((sum, each) => sum + Number(each[2]), 0);
    expect(Math.round((goods + charges + taxes) * 100)).toBe(total(content));
    new X12Parser(true).parse(content);
  }

  const { items } = await api('GET', `/v1/orders/${orderId}/documents`);
  expect(items.map(({ kind }: { kind: string }) => kind).sort()).toEqual([
    '810',
    '810',
    '855',
    '856',
    '856',
    '997',
  ]);
  const [notice] = items.filter(({ kind }: { kind: string }) => kind === '856');
  const response = await fetch(`${stack.url}/v1/orders/${orderId}/documents/${notice.documentId}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(notices.map(({ content }) => content)).toContain(await response.text());
});

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
    const { items: queues } = await api('GET', '/dev/queues');
    expect(
      queues.filter((queue: { waiting: number; inFlight: number }) => queue.waiting + queue.inFlight > 0),
    ).toEqual([]);
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

test('a partner that cannot be reached hears everything later, once, under the numbers first given', async () => {
  const unreachable = { status: 503 };
  await api('PUT', '/dev/partners/harbor-markets', unreachable);
  const orderId = await order('LATE-1', '000100003');
  await vi.waitFor(async () => {
    const { items } = await api('GET', `/v1/orders/${orderId}/documents`);
    expect(items.map(({ kind }: { kind: string }) => kind)).toContain('855');
  }, soon);
  expect(await about('harbor-markets', 'LATE-1', '855')).toHaveLength(0);
  await api('PUT', '/dev/partners/harbor-markets', { status: 200 });
  const [document] = await vi.waitFor(
    async () => {
      const found = await about('harbor-markets', 'LATE-1', '855');
      expect(found).toHaveLength(1);
      return found;
    },
    { timeout: 30_000, interval: 200 },
  );
  const kept = await fetch(`${stack.url}/v1/orders/${orderId}/documents/855-${orderId}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(document?.content).toBe(await kept.text());
}, 60_000);

test('what the partner answers to our documents is told with them, a refusal to an operator too', async () => {
  const orderId = await order('ANSWERED-1', '000100020');
  await shipped(orderId, [{ lineNumber: 1, quantity: 144 }], '1Z-ANSWERED');
  const sent = (kind: string) =>
    vi.waitFor(async () => {
      const [document] = await about('harbor-markets', 'ANSWERED-1', kind);
      return String(Number(document?.controlNumbers[0] ?? assert.fail()));
    }, soon);
  const acknowledgment = await sent('855');
  const notice = await sent('856');
  const answering = (file: string, ours: string, group: string, control: string) =>
    readFileSync(new URL(file, SAMPLES))
      .toString('latin1')
      .replace(/(ISA.{87}).{9}/s, `$1${control}`)
      .replace(/IEA\*1\*\d{9}/, `IEA*1*${control}`)
      .replace(/AK1\*\w\w\*\d+/, `AK1*${group}*${ours}`);
  const accepts = 'replies/i01_997_partner_accepts_our_810.edi';
  const rejects = 'replies/i02_997_partner_rejects_our_856.edi';
  await send(answering(accepts, acknowledgment, 'PR', '000100021').replace('AK2*810', 'AK2*855'));
  expect((await send(answering(rejects, notice, 'SH', '000100022'))).text).toBe('');
  // One that names another kind of document, or a number that was never given, concerns none.
  await send(answering(rejects, acknowledgment, 'SH', '000100023'));
  await send(answering(rejects, '999999', 'PR', '000100024'));
  const { items } = await api('GET', `/v1/orders/${orderId}/documents`);
  const about855 = items.find(({ kind }: { kind: string }) => kind === '855');
  const about856 = items.find(({ kind }: { kind: string }) => kind === '856');
  expect(about855).toMatchObject({ status: 'ACCEPTED', objections: [] });
  expect(about855.answeredAt >= about855.sentAt).toBe(true);
  expect(about856).toMatchObject({
    status: 'REJECTED',
    objections: ['AK5 5', 'MAN at 21: 8', 'MAN-2 at 21: 7'],
  });
  const { items: kept } = await api('GET', '/v1/operations/kept-messages?limit=100');
  expect(kept.map(({ reason }: { reason: string }) => reason)).toContain(
    `the partner answers R to our group SH ${notice}: 856 0001`,
  );
  // The whole interchange could not be read there.
  const invoice = await sent('810');
  const envelope = answering(accepts, '1', 'IN', '000100025');
  const [header = '', end = ''] = [/^ISA.*?~/s.exec(envelope)?.[0], /IEA.*$/s.exec(envelope)?.[0]];
  const ta1 = `TA1*${invoice.padStart(9, '0')}*260319*1610*R*010~`;
  await send(`${header}${ta1}${end.replace('IEA*1', 'IEA*0')}`);
  const after = (await api('GET', `/v1/orders/${orderId}/documents`)).items;
  expect(after.find(({ kind }: { kind: string }) => kind === '810')).toMatchObject({
    ...{ status: 'REJECTED', objections: ['TA1 010'] },
  });
});

test('an order that we cancel is taken back, one that the partner cancels is not', async () => {
  const ours = await order('OURS-1', '000100004');
  await api('POST', `/v1/orders/${ours}/cancellation`, { reason: 'discontinued' });
  await vi.waitFor(async () => {
    const found = await about('harbor-markets', 'OURS-1', '855');
    expect(found.some(({ content }) => content.includes('BAK*01*RD*OURS-1'))).toBe(true);
  }, soon);
  const theirs = await order('THEIRS-1', '000100005');
  await order('THEIRS-1', '000100006', 'valid/v10_850_cancel_BEG01.edi');
  expect((await api('GET', `/v1/orders/${theirs}`)).state).toBe('CANCELLED');
  await order('AFTER-1', '000100007');
  await vi.waitFor(async () => expect(await about('harbor-markets', 'AFTER-1', '855')).toHaveLength(1), soon);
  const said = await about('harbor-markets', 'THEIRS-1', '855');
  expect(said.filter(({ content }) => content.includes('BAK*01'))).toHaveLength(0);
});

test('a partner that knows an order hears what is changed of it while it is held', async () => {
  const orderId = await order('HELD-1', '000100050');
  const said = () => about('harbor-markets', 'HELD-1', '855');
  await vi.waitFor(async () => expect(await said()).toHaveLength(1), soon);
  await api('POST', `/v1/orders/${orderId}/holds`, { reason: 'OTHER', note: 'a look' });
  await api('POST', `/v1/orders/${orderId}/cancellation`, {
    reason: 'short',
    lines: [{ lineNumber: 1, quantity: 24 }],
  });
  const [, changed] = await vi.waitFor(async () => {
    const found = await said();
    expect(found).toHaveLength(2);
    return found;
  }, soon);
  expect(changed?.content).toContain('BAK*05*');
  expect(segments(changed?.content ?? '', 'ACK').map((each) => each.slice(1, 4))).toContainEqual([
    'IR',
    '2',
    'CA',
  ]);
});

test('a partner hears nothing anew when the whole history is told again, in any order and twice', async () => {
  const orderId = await order('AGAIN-1', '000100031');
  await shipped(orderId, [{ lineNumber: 1, quantity: 144 }], '1Z-AGAIN');
  const heard = async () =>
    (await receivedBy('harbor-markets')).filter(({ content }) => content.includes('AGAIN-1'));
  await vi.waitFor(async () => {
    const sets = (await heard()).flatMap((document) => document.sets);
    expect(sets.toSorted()).toEqual(['810', '855', '856']);
  }, soon);
  const before = await heard();
  const listed = async () => (await api('GET', `/v1/orders/${orderId}/documents`)).items;
  const documents = await listed();

  const { items } = await api('GET', `/v1/orders/${orderId}/events?limit=100`);
  const types = [...new Set((items as { type: string }[]).map(({ type }) => type))].reverse();
  for (const type of [...types, ...types]) {
    const { status } = await api('POST', '/v1/operations/republish', { orderId, types: [type] });
    expect(status).toBe('COMPLETE');
  }
  await vi.waitFor(async () => {
    const { items: queues } = await api('GET', '/dev/queues');
    expect(
      queues.filter((queue: { waiting: number; inFlight: number }) => queue.waiting + queue.inFlight > 0),
    ).toEqual([]);
  }, soon);
  expect(await heard()).toEqual(before);
  expect(await listed()).toEqual(documents);
});

test('numbers of everything sent to one partner rise without gaps', async () => {
  const documents = (await receivedBy('harbor-markets')).flatMap(({ controlNumbers }) =>
    controlNumbers.map(Number),
  );
  expect(new Set(documents).size).toBe(documents.length);
  const orders = (await api('GET', '/v1/orders?channel=EDI&limit=100')).items;
  const answers: number[] = [];
  for (const { orderId } of orders) {
    const { items } = await api('GET', `/v1/orders/${orderId}/documents`);
    for (const { documentId } of items.filter(({ kind }: { kind: string }) => kind === '997')) {
      const response = await fetch(`${stack.url}/v1/orders/${orderId}/documents/${documentId}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      for (const [, number] of (await response.text()).matchAll(/ISA.{87}(\d{9})/gs))
        answers.push(Number(number));
    }
  }
  const numbers = [...new Set([...documents, ...answers])].sort((one, other) => one - other);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});
