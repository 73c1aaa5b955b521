import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { X12Parser } from 'node-x12';
import { expect, test, vi } from 'vitest';
import { useOwnApi } from '../../../../testing/api.ts';
import { soon } from '../../../../testing/until.ts';
import { SAMPLES, segments, usePartners } from './partners.ts';

const { api, send, order, receivedBy, about, shipped, document, expectIdleQueues } = usePartners(
  useOwnApi({ context: { queueAfterSeconds: 0 } }),
);

test('the partner hears what was accepted and what is backordered, in the units that were ordered', async () => {
  await order('ACK-1', '000100001');
  const [received] = await vi.waitFor(async () => {
    const found = await about('harbor-markets', 'ACK-1', '855');
    expect(found).toHaveLength(1);
    return found;
  }, soon);
  expect(received).toMatchObject({ isSigned: true, objections: [] });
  const content = received?.content ?? '';
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

test('each shipment is announced with lots and expiry, and invoiced to the cent', async () => {
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
    expect(levels.map((each) => each[3]).join('')).toMatch(/^SOI+$/);
    expect(segments(content, 'CTT')[0]?.[1]).toBe(String(levels.length));
    // Nobody reported what is in which package.
    expect(segments(content, 'MAN')).toEqual([]);
    expect(segments(content, 'LIN')[0]).toContain('LOT-NF-TS24');
    new X12Parser(true).parse(content);
  }

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
  expect(notices.map(({ content }) => content)).toContain(await document(orderId, notice.documentId));
});

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
  const [received] = await vi.waitFor(
    async () => {
      const found = await about('harbor-markets', 'LATE-1', '855');
      expect(found).toHaveLength(1);
      return found;
    },
    { timeout: 30_000, interval: 200 },
  );
  expect(received?.content).toBe(await document(orderId, `855-${orderId}`));
}, 60_000);

test('what the partner answers to our documents is told with them, a refusal to an operator too', async () => {
  const orderId = await order('ANSWERED-1', '000100020');
  await shipped(orderId, [{ lineNumber: 1, quantity: 144 }], '1Z-ANSWERED');
  const sent = (kind: string) =>
    vi.waitFor(async () => {
      const [sentOne] = await about('harbor-markets', 'ANSWERED-1', kind);
      return String(Number(sentOne?.controlNumbers[0] ?? assert.fail()));
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
  expect(await send(answering(rejects, notice, 'SH', '000100022'))).toBe('');
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

test('a partner hears nothing again when the whole history is told again, in any order and twice', async () => {
  const orderId = await order('AGAIN-1', '000100031');
  await shipped(orderId, [{ lineNumber: 1, quantity: 144 }], '1Z-AGAIN');
  const heard = async () =>
    (await receivedBy('harbor-markets')).filter(({ content }) => content.includes('AGAIN-1'));
  await vi.waitFor(async () => {
    const sets = (await heard()).flatMap(({ sets: each }) => each);
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
    await expectIdleQueues();
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
      for (const [, number] of (await document(orderId, documentId)).matchAll(/ISA.{87}(\d{9})/gs))
        answers.push(Number(number));
    }
  }
  const numbers = [...new Set([...documents, ...answers])].sort((one, other) => one - other);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});
