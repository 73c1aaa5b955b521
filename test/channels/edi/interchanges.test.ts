import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCOPES } from '../../../contract/routes.ts';
import type { LocalStack } from '../../../local/stack.ts';
import { startStack } from '../../../testing/stack.ts';

/** The interchanges of `test/payloads/x12`, signed as partners sign, sent to the running loop. */
const SAMPLES = new URL('../../payloads/x12/', import.meta.url);
let stack: LocalStack;
let token: string;

beforeAll(async () => {
  stack = await startStack({ context: { queueAfterSeconds: 3600 } });
  token = await stack.token(SCOPES.join(' '));
});

afterAll(() => stack.stop());

const sample = (file: string) => readFileSync(new URL(file, SAMPLES));

async function send(body: Buffer | string, signature?: string) {
  const bytes = Buffer.from(body);
  const signed = createHmac('sha256', 'local-edi-secret').update(bytes).digest('hex');
  const response = await fetch(`${stack.url}/webhooks/edi`, {
    method: 'POST',
    headers: { 'content-type': 'application/edi-x12', 'x-edi-signature': signature ?? signed },
    body: new Uint8Array(bytes),
  });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type') ?? '', text };
}

async function api(path: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(stack.url + path, { ...init, headers });
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  return (await response.json()) as any;
}

const ordersOf = async (purchaseOrder: string) =>
  (await api(`/v1/orders?purchaseOrderNumber=${encodeURIComponent(purchaseOrder)}`)).items;
const orderOf = async (purchaseOrder: string) => {
  const [summary] = await ordersOf(purchaseOrder);
  return api(`/v1/orders/${summary.orderId}`);
};
/** A sample under another interchange and purchase order number, so that tests do not meet. */
const renumbered = (file: string, control: string, from = '', to = '') =>
  sample(file)
    .toString('latin1')
    .replace(/(ISA.{87})(.{9})/s, (_, head: string) => head + control)
    .replace(
      /IEA(.)(\d+).(\d{9})/,
      (_, separator: string, groups: string) => `IEA${separator}${groups}${separator}${control}`,
    )
    .replaceAll(from === '' ? '\u0000' : from, to);

test('an 850 becomes a B2B order with terms, window, address and packs, and is answered by TA1 and 997', async () => {
  const answer = await send(sample('valid/v01_850_004010_net30_windows.edi'));
  expect(answer.status).toBe(200);
  expect(answer.type).toContain('application/edi-x12');
  expect(answer.text).toMatch(/^ISA.*TA1\*\d{9}\*\d{6}\*\d{4}\*A\*000~.*ISA.*AK9\*A\*1\*1\*1~/s);
  const order = await orderOf('4500187265');
  expect(order).toMatchObject({
    channel: 'EDI',
    orderType: 'B2B',
    externalId: '4500187265',
    purchaseOrderNumber: '4500187265',
    paymentTerms: 'NET30',
    deliveryWindow: { start: '2026-03-21', end: '2026-03-27' },
    currency: 'USD',
    customer: { reference: '6145550100' },
  });
  expect(order.lines).toHaveLength(3);
  const { items } = await api(`/v1/orders/${order.orderId}/documents`);
  expect(items).toContainEqual(
    expect.objectContaining({ kind: '997', mediaType: 'application/edi-x12', documentId: '997-000001021' }),
  );
  const history = await api(`/v1/orders/${order.orderId}/events`);
  expect(history.items[0].actor).toEqual({ type: 'channel', id: 'harbor-markets' });
});

test('the same interchange again gets the same answer, and one order is there', async () => {
  const body = renumbered('valid/v01_850_004010_net30_windows.edi', '000009001', '4500187265', 'REPEAT-1');
  const answers = await Promise.all([send(body), send(body), send(body)]);
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(await send(body)).toEqual(answers[0]);
  expect(await ordersOf('REPEAT-1')).toHaveLength(1);
});

test('another interchange under a number that was used is refused as a duplicate', async () => {
  const { text } = await send(sample('bad/b09_duplicate_isa13.edi'));
  expect(text).toContain('AK9*A*');
  expect(text).toContain('TA1*000001109*260312*0914*R*025~');
  expect(await ordersOf('4500187999')).toHaveLength(0);
});

test('the same purchase order in a new interchange makes no second order', async () => {
  await send(renumbered('valid/v01_850_004010_net30_windows.edi', '000009002'));
  const { text } = await send(sample('valid/v08_850_same_po_resent_BEG07.edi'));
  expect(text).toContain('AK9*A*');
  expect(await ordersOf('4500187265')).toHaveLength(1);
});

test('several groups are booked and answered one by one', async () => {
  const { text } = await send(sample('valid/v05_multigroup_850x3_860.edi'));
  expect(text.match(/AK9\*A/g)).toHaveLength(3);
  for (const purchaseOrder of ['4500187301', '4500187302', 'CLUB-00091']) {
    expect(await ordersOf(purchaseOrder)).toHaveLength(1);
  }
  const order = await orderOf('4500187302');
  expect(order.total).toBe('396.60');
  expect(order.holds).toMatchObject([{ note: expect.stringContaining('pack_missing') }]);
});

test('an 860 changes, cancels and adds lines, and moves the window', async () => {
  await send(renumbered('valid/v01_850_004010_net30_windows.edi', '000009003', '4500187265', 'CHANGED-1'));
  const change = renumbered('valid/c01_860_004010_change_of_v01.edi', '000009004', '4500187265', 'CHANGED-1');
  expect((await send(change)).text).toContain('AK9*A*');
  const order = await orderOf('CHANGED-1');
  expect(order.deliveryWindow).toEqual({ start: '2026-03-25', end: '2026-03-25' });
  const [first, second, , fourth] = order.lines;
  expect(first.ordered).toBe(36 * (first.unitsPerCase ?? 1));
  expect(second.cancelled).toBe(second.ordered);
  expect(fourth).toMatchObject({ sku: 'NF-OL500', channelLineId: '4', ordered: 5, cancelled: 0 });
  expect(order.holds).toMatchObject([{ note: 'line 4 is ordered by the CA, and its pack is not stated' }]);
  const again = renumbered('valid/c01_860_004010_change_of_v01.edi', '000009005', '4500187265', 'CHANGED-1');
  expect((await send(again)).text).toContain('AK9*A*');
  expect((await orderOf('CHANGED-1')).version).toBe(order.version);
});

test('an 850 that cancels gives the reservation back', async () => {
  await send(renumbered('valid/v01_850_004010_net30_windows.edi', '000009006', '4500187265', 'CANCEL-1'));
  const cancel = renumbered('valid/v10_850_cancel_BEG01.edi', '000009007', '4500187265', 'CANCEL-1');
  expect((await send(cancel)).text).toContain('AK9*A*');
  expect((await orderOf('CANCEL-1')).state).toBe('CANCELLED');
});

test('what is marked as a test never becomes an order', async () => {
  const { text } = await send(sample('valid/v07_850_004010_minimal.edi'));
  expect(text).toContain('AK9*A*');
  expect(await ordersOf('MIN-1')).toHaveLength(0);
});

test('quantities that are not whole are refused, and nothing of the order is booked', async () => {
  const { status, text } = await send(sample('valid/v02_850_005010_pipe_lf.edi'));
  expect(status).toBe(200);
  expect(text).toContain('AK9');
  expect(await ordersOf('SG-88213-A')).toHaveLength(0);
});

test('names in UTF-8 and in Latin-1 arrive as they were written', async () => {
  await send(sample('valid/v03_850_004010_dropship_crlf_utf8.edi'));
  const order = await orderOf('W-2026-000912');
  expect(JSON.stringify(order)).not.toContain('\ufffd');
  expect(JSON.stringify(order.shipTo)).toMatch(/\p{L}(?<![A-Za-z])/u);
});

describe('what is broken is answered with what is wrong, and leaves nothing behind', () => {
  test.each([
    ['b01_se_count.edi', 'AK5*R*4~'],
    ['b02_st_se_control.edi', 'AK5*R*3~'],
    ['b04_isa_iea_control.edi', 'TA1*000001104*260312*0914*R*001~'],
    ['b08_no_po1.edi', 'AK5*R*5~'],
    ['b11_iea_count.edi', '*R*021~'],
    ['b12_unknown_segment.edi', 'AK3*ZZZ*'],
    ['b14_no_quantity.edi', 'AK4*2*330*2~'],
    ['b16_po_number_too_long.edi', 'AK4*3*324*5*'],
    ['b18_version_unknown.edi', '*2~'],
  ])('%s: %s', async (file, expected) => {
    const before = (await api('/v1/orders?limit=100')).items.length;
    const { status, text } = await send(sample(`bad/${file}`));
    expect(status).toBe(200);
    expect(text).toContain(expected);
    expect((await api('/v1/orders?limit=100')).items).toHaveLength(before);
  });

  test('a set whose end is missing is refused, and the whole one behind it is booked', async () => {
    const { text } = await send(sample('bad/b20_se_missing.edi'));
    expect(text).toContain('AK5*R*2~');
    expect(text).toContain('AK9*P*2*2*1~');
  });

  test('control totals that do not agree make an order that is held', async () => {
    const { text } = await send(renumbered('bad/b17_ctt_mismatch.edi', '000009009', '4500187265', 'HELD-1'));
    expect(text).toContain('AK9*A*');
    const order = await orderOf('HELD-1');
    expect(order.holds).toMatchObject([
      { reason: 'OTHER', note: expect.stringContaining('line_count_mismatch') },
    ]);
  });

  test.each([
    ['nothing', ''],
    ['no X12', 'hello'],
    ['an ISA without its padding', sample('bad/b05_isa_truncated.edi')],
  ])('%s cannot be read', async (_, body) => {
    const { status, text } = await send(body);
    expect([200, 422]).toContain(status);
    if (status === 422) expect(JSON.parse(text).code).toBe('unreadable_interchange');
    else expect(text).toContain('TA1*');
  });

  test('an interchange of someone we do not trade with is refused', async () => {
    const body = sample('valid/v01_850_004010_net30_windows.edi')
      .toString()
      .replace('6145550100     ', 'SOMEONEELSE    ');
    const { text } = await send(body);
    expect(text).toContain('*R*006~');
    expect(await ordersOf('4500187265')).toHaveLength(1);
  });
});

test.each([
  'lenient/o02_bom_blank_lines.edi',
  'lenient/o04_latin1_bytes.edi',
  'lenient/o05_trailing_separators.edi',
])('%s is read without complaint', async (file) => {
  expect((await send(sample(file))).text).toMatch(/AK9\*A|025/);
});

test('answers of partners to our documents are not answered', async () => {
  const accepted = await send(sample('replies/i01_997_partner_accepts_our_810.edi'));
  expect(accepted).toMatchObject({ status: 200 });
  expect(accepted.text).not.toContain('AK9');
  expect((await send(sample('replies/i02_997_partner_rejects_our_856.edi'))).text).not.toContain('AK9');
});

test('without the right signature over these very bytes nothing is received', async () => {
  const body = renumbered('valid/v01_850_004010_net30_windows.edi', '000009008', '4500187265', 'UNSIGNED-1');
  const overOthers = createHmac('sha256', 'local-edi-secret').update(`${body} `).digest('hex');
  const withOther = createHmac('sha256', 'other').update(body).digest('hex');
  for (const signature of ['', 'x', overOthers, withOther, overOthers.toUpperCase()]) {
    expect((await send(body, signature)).status).toBe(401);
  }
  expect(await ordersOf('UNSIGNED-1')).toHaveLength(0);
});

test('a partner that asks for it is answered by a 999', async () => {
  const { connectionId: _, updatedAt: __, ...before } = await api('/v1/connections/summit-grocery');
  const save = (settings: object) =>
    api('/v1/connections/summit-grocery', {
      method: 'PUT',
      body: JSON.stringify({ ...before, settings: { ...before.settings, ...settings } }),
    });
  await save({ acknowledgment: '999' });
  const theirs = sample('valid/v02_850_005010_pipe_lf.edi').toString('latin1');
  const control = /^ISA.{87}(.{9})/s.exec(theirs)?.[1] ?? '';
  const { text } = await send(theirs.replaceAll(control, '000009011'));
  expect(text).toContain('ST*999*');
  await save({});
});

test('an envelope further on cannot speak for a partner with a secret of its own', async () => {
  const connection = async (body: object) =>
    api('/v1/connections/summit-grocery', { method: 'PUT', body: JSON.stringify(body) });
  const { connectionId: _, updatedAt: __, ...before } = await api('/v1/connections/summit-grocery');
  await connection({
    ...before,
    settings: { ...before.settings, secretName: 'order-loop/connections/nobody-made-this' },
  });
  const theirs = sample('valid/v02_850_005010_pipe_lf.edi');
  const ours = renumbered('valid/v01_850_004010_net30_windows.edi', '000009010', '4500187265', 'FIRST-1');
  const { text } = await send(`${ours}\n${theirs}`);
  expect(text).toContain('*R*006');
  await connection(before);
});

test('a forged envelope uses up no number of the partner that it names', async () => {
  const { connectionId: _, updatedAt: __, ...before } = await api('/v1/connections/summit-grocery');
  const save = (settings: object) =>
    api('/v1/connections/summit-grocery', {
      method: 'PUT',
      body: JSON.stringify({ ...before, settings: { ...before.settings, ...settings } }),
    });
  const theirs = sample('valid/v02_850_005010_pipe_lf.edi').toString('latin1');
  const control = /^ISA.{87}(.{9})/s.exec(theirs)?.[1] ?? '';
  const numberOfAnswer = async (number: string) => {
    const { text } = await send(theirs.replaceAll(control, number));
    return Number(/ISA.{87}(\d{9})/s.exec(text)?.[1]);
  };
  const first = await numberOfAnswer('000009021');
  await save({ secretName: 'order-loop/connections/nobody-made-this' });
  for (const [index, number] of ['000009022', '000009023', '000009024'].entries()) {
    const ours = renumbered('bad/b01_se_count.edi', `00000903${index}`);
    const { text } = await send(`${ours}\n${theirs.replaceAll(control, number)}`);
    expect(text).toContain('*R*006');
  }
  await save({});
  expect(await numberOfAnswer('000009025')).toBe(first + 1);
});

test('numbers of answers to one partner have no gaps', async () => {
  const sent = Array.from({ length: 12 }, (_, index) =>
    send(renumbered('bad/b01_se_count.edi', String(700 + index).padStart(9, '0'))),
  );
  const numbers = (await Promise.all(sent))
    .map(({ text }) => Number(/ISA.{87}(\d{9})/s.exec(text)?.[1]))
    .sort((one, other) => one - other);
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
});
