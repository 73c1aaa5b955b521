import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IMPORT_COLUMNS } from '../../contract/imports.ts';
import { SCOPES } from '../../contract/routes.ts';
import type { LocalStack } from '../../local/stack.ts';
import { startStack } from '../../testing/stack.ts';

let stack: LocalStack;
let token: string;

beforeAll(async () => {
  stack = await startStack({ context: { queueAfterSeconds: 3600 } });
  token = await stack.token(SCOPES.join(' '));
});

afterAll(() => stack.stop());

async function send(body: string | Buffer, contentType = 'text/csv') {
  const response = await fetch(`${stack.url}/v1/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': contentType },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  return { status: response.status, body: (await response.json()) as any };
}

async function get(path: string) {
  const response = await fetch(stack.url + path, { headers: { authorization: `Bearer ${token}` } });
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  return (await response.json()) as any;
}

const HEADER = 'order,sku,quantity,unit_price,currency,customer_name';
const file = (...rows: readonly string[]) => [HEADER, ...rows, ''].join('\n');

test('receives orders of one row and of many, and says of each row what became of it', async () => {
  const { status, body } = await send(
    file('M-1,A,2,20.00,USD,Ada', 'M-2,A,1,5.00,USD,Bea', 'M-1,B,3,1.50,USD,Ada'),
  );
  expect(status).toBe(200);
  expect(body).toMatchObject({ received: 2, alreadyKnown: 0, refused: 0, notReached: 0 });
  expect(body.items.map((item: { row: number; order: string }) => [item.row, item.order])).toEqual([
    [2, 'M-1'],
    [3, 'M-2'],
    [4, 'M-1'],
  ]);
  const order = await get(`/v1/orders/${body.items[0].orderId}`);
  expect(order).toMatchObject({ externalId: 'M-1', total: '44.50', channel: 'MANUAL' });
  expect(order.lines).toHaveLength(2);
});

test('the same file again, also three times at once, makes nothing twice', async () => {
  const same = file('T-1,A,2,20.00,USD,Ada', 'T-2,A,1,5.00,USD,Bea');
  const reports = await Promise.all([send(same), send(same), send(same)]);
  const ids = reports.flatMap(({ body }) => body.items.map((item: { orderId: string }) => item.orderId));
  expect(new Set(ids).size).toBe(2);
  expect((await send(same)).body).toMatchObject({ received: 0, alreadyKnown: 2 });
  for (const number of ['T-1', 'T-2']) {
    expect((await get(`/v1/orders?externalId=${number}`)).items).toHaveLength(1);
  }
});

test('an order that is wrong is refused whole, by row and column, and takes no other with it', async () => {
  const { body } = await send(
    file(
      'W-1,A,2,20.00,USD,Ada',
      'W-2,A,two,20.00,USD,Bea',
      'W-2,B,1,1.00,USD,Bea',
      'W-3,A,1,20.001234567,USD,Cyd',
      'W-4,A,1,1.00,XXX,Dee',
      'W-5,A,1,1.00,USD,Eva',
      'W-5,A,1,1.00,USD,Somebody else',
      ',A,1,1.00,USD,Nobody',
    ),
  );
  expect(body).toMatchObject({ received: 1, refused: 5 });
  const errors = (row: number) =>
    body.items.find((item: { row: number }) => item.row === row).errors.map((e: { path: string }) => e.path);
  expect(errors(3)).toEqual(['row 3, quantity']);
  expect(errors(4)).toEqual(['row 3, quantity']);
  expect(errors(5)).toEqual(['row 5, unit_price']);
  expect(errors(6)).toEqual(['currency']);
  expect(errors(7)).toEqual(['customer_name']);
  expect(errors(9)).toEqual(['order']);
  expect((await get('/v1/orders?externalId=W-2')).items).toHaveLength(0);
});

test.each([
  ['semicolons', (text: string) => Buffer.from(text.replaceAll(',', ';'))],
  ['tabs', (text: string) => Buffer.from(text.replaceAll(',', '\t'))],
  ['UTF-16, as Excel writes Unicode text', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16 with its bytes swapped', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
])('a file with %s is read, with every letter', async (kind, encode) => {
  const { status, body } = await send(
    encode(file(`${kind.length}-${kind.slice(0, 4)},A,1,1.00,USD,Søren Müller`)),
  );
  expect([status, body.received]).toEqual([200, 1]);
  const order = await get(`/v1/orders/${body.items[0].orderId}`);
  expect(order.customer.name).toBe('Søren Müller');
});

test('wholesale terms, quotes, a byte order mark and every column are read', async () => {
  const columns = Object.keys(IMPORT_COLUMNS).join(';').split(';');
  const values: Record<string, string> = {
    order: 'B-1',
    sku: 'A "quoted", one',
    quantity: '24',
    unit_price: '20.00',
    currency: 'USD',
    customer_name: 'IRONRIDGE, Construction',
    customer_email: 'ap@ironridge.example',
    customer_reference: 'C-88',
    order_type: 'B2B',
    purchase_order_number: 'PO-CSV-1',
    payment_terms: 'NET30',
    window_start: '2099-03-10',
    window_end: '2099-03-14',
    backorder_policy: 'SHIP_COMPLETE',
    units_per_case: '12',
    line_discount: '1.00',
    line_tax: '2.00',
    shipping_amount: '3.00',
    ship_to_name: 'Yard 4',
    ship_to_country: 'US',
    note: '=HYPERLINK("x")',
  };
  const quoted = columns.map((column) => `"${(values[column] ?? '').replaceAll('"', '""')}"`);
  const { body } = await send(`\ufeff${columns.join(',')}\r\n${quoted.join(',')}\r\n`);
  expect(body.received, JSON.stringify(body)).toBe(1);
  const order = await get(`/v1/orders/${body.items[0].orderId}`);
  expect(order).toMatchObject({
    orderType: 'B2B',
    total: '484.00',
    deliveryWindow: { start: '2099-03-10', end: '2099-03-14' },
    note: '=HYPERLINK("x")',
    lines: [{ sku: 'A "quoted", one', cases: 2 }],
  });
});

describe('what is no such file is refused, and nothing is received', () => {
  test.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['no header', 'N-1,A,1,1.00,USD,Ada\n'],
    ['a column that nobody knows', `${HEADER},colour\nN-1,A,1,1.00,USD,Ada,red\n`],
    ['a column that is missing', 'order,sku\nN-1,A\n'],
    ['a column twice', `${HEADER},sku\nN-1,A,1,1.00,USD,Ada,B\n`],
    ['a column called __proto__', `${HEADER},__proto__\nN-1,A,1,1.00,USD,Ada,x\n`],
    ['a row that is too long', file('N-1,A,1,1.00,USD,Ada,more')],
    ['a quote that is not closed', file('"N-1,A,1,1.00,USD,Ada')],
    ['letters in Latin-1', Buffer.from(file('L-1,A,1,1.00,USD,Müller'), 'latin1')],
    ['UTF-16 without its mark', Buffer.from(file('L-1,A,1,1.00,USD,Ada'), 'utf16le')],
    ['too many rows', file(...Array.from({ length: 5001 }, (_, row) => `N-${row},A,1,1.00,USD,Ada`))],
  ])('%s', async (_, body) => {
    const { status, body: problem } = await send(body);
    expect(status).toBe(422);
    expect(problem.code).toBe('validation_failed');
    expect(problem.errors[0].message).toMatch(/\w{3}/);
  });

  test('a file of another kind', async () => {
    expect((await send('{}', 'application/json')).status).toBe(415);
    expect((await get('/v1/orders?externalId=N-1')).items).toHaveLength(0);
  });
});
