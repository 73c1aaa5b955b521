import { lotPath, orderRequest, TRACKED } from '../../../testing/api.ts';

/** The SKU that the test has 100 units of in lot L1. */
export const SKU = 'HOSTILE';
/** Braces stand for what the test knows only when it runs: the order, its ETag, a cursor of the list. */
const THE_ORDER = '/v1/orders/{order}';

/** A request that nobody means well with, and how it is answered: the status and the code. */
export interface Hostile {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: string;
}

const invalid = '422 validation_failed';
const malformed = '400 malformed_json';
const tenKilobytes = 'A'.repeat(10_240);
const million = 1_000_000;

const valid = orderRequest({ lines: [{ sku: SKU, quantity: 1 }] });
const post = (what: string, body: unknown, answer = invalid): Hostile => ({
  what,
  method: 'POST',
  path: '/v1/orders',
  body,
  answer,
});
const withField = (name: string, value: unknown, answer = invalid): Hostile =>
  post(`${name} = ${shown(value)}`, { ...valid, [name]: value }, answer);
const withLine = (name: string, value: unknown, answer = invalid): Hostile =>
  post(
    `lines[0].${name} = ${shown(value)}`,
    orderRequest({ lines: [{ sku: SKU, quantity: 1, [name]: value }] }),
    answer,
  );
const withText = (what: string, from: string, to: string, answer = invalid): Hostile =>
  post(what, JSON.stringify(valid).replace(from, to), answer);
const at = (
  method: string,
  path: string,
  answer: string,
  body?: unknown,
  headers?: Record<string, string>,
): Hostile => ({
  what: `${method} ${shown(path)} ${shown(headers ?? body ?? '')}`,
  method,
  path,
  body,
  headers,
  answer,
});

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text.slice(0, 60)).slice(1, -1);
}

export const WRONG_BODIES: readonly Hostile[] = [
  post('an array for an object', [valid]),
  post('text for an object', '"order"'),
  post('null for an object', 'null'),
  post('a number for an object', '42'),
  post('true for an object', 'true'),
  post('an empty object', {}),
  post('an empty array', []),
  at('POST', '/v1/orders', invalid),
  post('half of an object', '{"currency":"USD"', malformed),
  post('bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), malformed),
  post('a null byte alone', Buffer.from([0]), malformed),
  post('an HTML page', '<html></html>', malformed),
  post('single quotes', "{'currency':'USD'}", malformed),
  post('deep arrays', '['.repeat(500) + ']'.repeat(500)),
  // Deeper than the parser goes; such a body is no JSON that this API reads.
  post('bottomless arrays', '['.repeat(50_000) + ']'.repeat(50_000), malformed),
  post('deep objects', `{"note":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`),
  post('bottomless objects', `{"note":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`, malformed),
  withText('a field called __proto__', '{', '{"__proto__":{"admin":true},'),
  withText('a field called constructor', '{', '{"constructor":{"prototype":{"admin":true}},'),
  withText('a field called toString', '{', '{"toString":"x",'),
  withText('__proto__ in the customer', '{"name"', '{"__proto__":{"reference":"X"},"name"'),
  withText('__proto__ in a line', '{"unitPrice"', '{"__proto__":{"quantity":5},"unitPrice"'),
];

export const WRONG_FIELDS: readonly Hostile[] = [
  withField('colour', 'red'),
  withField('orderId', 'LMB-ORD-2026-0001'),
  withField('state', 'CLOSED'),
  withField('total', '0.00'),
  withField('version', 7),
  withField('source', 'elsewhere'),
  withField('holds', []),
  withField('channel', 'FAX'),
  withField('channel', 'manual'),
  withField('orderType', ['B2B']),
  withField('currency', 'usd'),
  withField('currency', 'XBT'),
  withField('currency', ''),
  withField('currency', 'toString'),
  withField('currency', '__proto__'),
  withField('customer', 'Ada'),
  withField('customer', { name: '  ' }),
  withField('customer', { name: 'A\u0000B' }),
  withField('customer', { name: 'x'.repeat(201) }),
  withField('customer', { name: 'A', email: 'not an address' }),
  withField('shipTo', { country: 'usa' }),
  withField('shipTo', { city: '\u001b[31m' }),
  withField('externalId', 820982911946154500),
  withField('externalId', ''),
  withField('purchaseOrderNumber', ' PO'),
  withField('paymentTerms', 'NET-30'),
  withField('paymentTerms', 'NET9999'),
  withField('deliveryWindow', { start: '2026-03-14', end: '2026-03-10' }),
  withField('deliveryWindow', { start: '2024-03-10', end: '2024-03-14' }),
  withField('deliveryWindow', { start: '2026-02-30', end: '2026-03-10' }),
  withField('deliveryWindow', { start: '+275760-09-13', end: '+275760-09-13' }),
  withField('backorderPolicy', 'MAYBE'),
  withField('minimumShelfLifeDays', -1),
  withField('minimumShelfLifeDays', 1e9),
  withField('discount', '0.001'),
  withField('discount', '-1.00'),
  withField('discount', 5),
  withField('shippingAmount', '1e3'),
  withField('tax', '1,00'),
  withField('tax', '9'.repeat(400)),
  withField('note', 'x'.repeat(2001)),
  withField('note', '\ud800'),
  withField('lines', []),
  withField('lines', {}),
  withField('lines', [null]),
  withField(
    'lines',
    Array.from({ length: 1001 }, () => ({ sku: SKU, quantity: 1, unitPrice: '1.00' })),
  ),
  post('yen with decimals', { ...valid, currency: 'JPY', tax: '1.5' }),
  post('dinars with four decimals', { ...valid, currency: 'BHD', shippingAmount: '1.2345' }),
];

export const WRONG_LINES: readonly Hostile[] = [
  withLine('sku', ''),
  withLine('sku', ' LMB'),
  withLine('sku', 'LMB\u0000'),
  withLine('sku', 'LMB\n'),
  withLine('sku', 'A\u200bB'),
  withLine('sku', 'A\u202eB'),
  withLine('sku', '\ud800'),
  withLine('sku', 'A'.repeat(129)),
  withLine('sku', tenKilobytes),
  withLine('sku', null),
  withLine('sku', 12),
  withLine('sku', { $ne: null }),
  withLine('quantity', 0),
  withLine('quantity', -1),
  withLine('quantity', 1.5),
  withLine('quantity', million + 1),
  withLine('quantity', Number.MAX_SAFE_INTEGER),
  withLine('quantity', '1'),
  withLine('quantity', null),
  withLine('quantity', true),
  withLine('quantity', [1]),
  withText('a quantity of 1e400', '"quantity":1', '"quantity":1e400'),
  withText('a quantity of -1e400', '"quantity":1', '"quantity":-1e400'),
  withText('a quantity of 1e21', '"quantity":1', '"quantity":1e21'),
  withText('a quantity of NaN', '"quantity":1', '"quantity":NaN', malformed),
  withLine('unitPrice', 20),
  withLine('unitPrice', '-1.00'),
  withLine('unitPrice', '+1.00'),
  withLine('unitPrice', '1e3'),
  withLine('unitPrice', '.5'),
  withLine('unitPrice', '1.'),
  withLine('unitPrice', '1.1234567'),
  withLine('unitPrice', '10000000'),
  withLine('unitPrice', '１２.00'),
  withLine('unitPrice', ' 1.00'),
  withLine('unitPrice', '0x10'),
  withLine('unitPrice', '9'.repeat(10_000)),
  withLine('unitsPerCase', 0),
  withLine('unitsPerCase', '12'),
  withLine('lotPin', 'L\u0007'),
  withLine('lotPin', tenKilobytes),
  withLine('requiresShipping', false),
];

export const ON_THE_ORDER: readonly Hostile[] = [
  at('GET', '/v1/orders/%00', '404 not_found'),
  at('GET', `/v1/orders/${tenKilobytes}`, '404 not_found'),
  at('GET', '/v1/orders/__proto__', '404 not_found'),
  at('GET', '/v1/orders/constructor', '404 not_found'),
  at('GET', '/v1/orders/%F0%9F%93%A6', '404 not_found'),
  at('GET', '/v1/orders/ORDER%23LMB', '404 not_found'),
  at('GET', '/v1/orders/..%2F..%2Fetc%2Fpasswd', '404 not_found'),
  at('GET', '/v1/orders/%', '400 malformed_request'),
  at('GET', '/v1/orders/%C3%28', '400 malformed_request'),
  at('GET', '/v1/orders/%ED%A0%80', '400 malformed_request'),
  at('GET', '/v1/orders/%zz', '400 malformed_request'),
  at('GET', THE_ORDER.concat('?fields=all'), invalid),
  at('POST', `${THE_ORDER}/shipments`, invalid, { ...TRACKED, carrier: ' ' }),
  at('POST', `${THE_ORDER}/shipments`, invalid, { ...TRACKED, lines: [] }),
  at('POST', `${THE_ORDER}/shipments`, invalid, { ...TRACKED, lines: [{ lineNumber: 0, quantity: 1 }] }),
  at('POST', `${THE_ORDER}/shipments`, invalid, { ...TRACKED, lines: [{ lineNumber: 1, quantity: -1 }] }),
  at('POST', `${THE_ORDER}/shipments`, invalid, { ...TRACKED, trackingNumber: tenKilobytes }),
  at('POST', `${THE_ORDER}/shipments`, invalid, { ...TRACKED, packages: 1.5 }),
  at('POST', `${THE_ORDER}/shipments`, invalid, []),
  at('POST', `${THE_ORDER}/shipments/S/delivery`, invalid, { deliveredAt: 'yesterday' }),
  at('POST', `${THE_ORDER}/shipments/S/delivery`, invalid, { deliveredAt: '9999-12-31T23:59:59-14:00' }),
  at('POST', `${THE_ORDER}/allocation`, invalid, { pins: [{ lineNumber: 1, lotNumber: '' }] }),
  at('POST', `${THE_ORDER}/allocation`, invalid, { pins: [{ lineNumber: 9, lotNumber: 'L1' }] }),
  at('POST', `${THE_ORDER}/allocation`, invalid, { pins: 'L1' }),
  at('POST', `${THE_ORDER}/cancellation`, invalid, {}),
  at('POST', `${THE_ORDER}/cancellation`, invalid, { reason: '\u0000' }),
  at('POST', `${THE_ORDER}/cancellation`, invalid, {
    reason: 'x',
    lines: [{ lineNumber: 2, quantity: 1 }],
  }),
  at('POST', `${THE_ORDER}/cancellation`, invalid, {
    reason: 'x',
    lines: [{ lineNumber: 1, quantity: 11 }],
  }),
  at('POST', `${THE_ORDER}/holds`, invalid, { reason: 'BECAUSE' }),
  at('POST', `${THE_ORDER}/holds`, invalid, { reason: 'OTHER', note: 'x'.repeat(3000) }),
  at('DELETE', `${THE_ORDER}/holds/${'h'.repeat(200)}`, '404 not_found'),
  at('DELETE', `${THE_ORDER}/holds/%00`, '404 not_found'),
  at('POST', `${THE_ORDER}/returns`, invalid, {
    lines: [{ lineNumber: 1, quantity: 1, disposition: 'EAT' }],
  }),
  at('POST', `${THE_ORDER}/fulfillment`, invalid, { force: true }),
  at('POST', `${THE_ORDER}/close`, invalid, []),
  at('POST', `${THE_ORDER}/holds`, invalid, { reason: 'OTHER' }, { 'idempotency-key': 'x'.repeat(256) }),
  at('POST', `${THE_ORDER}/holds`, invalid, { reason: 'OTHER' }, { 'idempotency-key': '' }),
  at('POST', `${THE_ORDER}/holds`, invalid, { reason: 'OTHER' }, { 'idempotency-key': 'k\u00e9y' }),
  at('POST', `${THE_ORDER}/holds`, invalid, { reason: 'OTHER' }, { 'idempotency-key': 'two words' }),
  at('PATCH', THE_ORDER, '412 precondition_failed', { customerReference: 'C' }, { 'if-match': '"1e0"' }),
  at('PATCH', THE_ORDER, '412 precondition_failed', { customerReference: 'C' }, { 'if-match': '"-1"' }),
  at('PATCH', THE_ORDER, '412 precondition_failed', { customerReference: 'C' }, { 'if-match': '\u00ff' }),
  at(
    'PATCH',
    THE_ORDER,
    '412 precondition_failed',
    { customerReference: 'C' },
    { 'if-match': `"${'9'.repeat(8000)}"` },
  ),
  at('PATCH', THE_ORDER, '412 precondition_failed', { customerReference: 'C' }, { 'if-match': '"1", "2"' }),
  at('PATCH', `${THE_ORDER}?dryRun=perhaps`, invalid, { customerReference: 'C' }, { 'if-match': '{etag}' }),
  at('PATCH', THE_ORDER, invalid, { orderId: 'X' }, { 'if-match': '{etag}' }),
  at('PATCH', THE_ORDER, invalid, { lines: [{ lineNumber: 7, quantity: 1 }] }, { 'if-match': '{etag}' }),
  at('PATCH', THE_ORDER, invalid, { lines: [{ lineNumber: 1, quantity: 0 }] }, { 'if-match': '{etag}' }),
  at('PATCH', THE_ORDER, malformed, '{"lines":', { 'if-match': '{etag}' }),
];

export const IN_QUERIES: readonly Hostile[] = [
  ...['0', '101', '-1', '1.5', '1e1', 'all', '', '%31%30%30%30%30', '１０'.normalize('NFC')].map((limit) =>
    at('GET', `/v1/orders?limit=${encodeURI(decodeURIComponent(limit))}`, invalid),
  ),
  at('GET', '/v1/orders?limit=1&limit=2', invalid),
  at('GET', '/v1/orders?state=RECEIVED&state=CLOSED', invalid),
  at('GET', '/v1/orders?state=received', invalid),
  at('GET', '/v1/orders?colour=red', invalid),
  at('GET', '/v1/orders?__proto__=x', invalid),
  at('GET', '/v1/orders?constructor=x', invalid),
  at('GET', '/v1/orders?sku=', invalid),
  at('GET', '/v1/orders?sku=%00', invalid),
  at('GET', `/v1/orders?sku=${tenKilobytes}`, invalid),
  at('GET', `/v1/orders?customer=${tenKilobytes}`, invalid),
  at('GET', '/v1/orders?from=yesterday', invalid),
  at('GET', '/v1/orders?to=2026-13-01', invalid),
  at('GET', '/v1/orders?sku=%E0%A4%A', '400 malformed_request'),
  at('GET', '/v1/orders?cursor=%7B%7D', '400 invalid_cursor'),
  at('GET', '/v1/orders?cursor=W10', '400 invalid_cursor'),
  at('GET', '/v1/orders?cursor=WyJ4IiwieSJd', '400 invalid_cursor'),
  at('GET', '/v1/orders?cursor={tampered}', '400 invalid_cursor'),
  at('GET', '/v1/orders?cursor={cursor}&channel=EDI', '400 invalid_cursor'),
  at('GET', '/v1/orders?cursor={cursor}%20', '400 invalid_cursor'),
  at('GET', `/v1/orders?cursor=${'A'.repeat(5000)}`, invalid),
  at('GET', `${THE_ORDER}/events?cursor={cursor}`, '400 invalid_cursor'),
  at('GET', '/v1/board?limit=1000', invalid),
  at('GET', '/v1/overview?from=2026-03-02&to=2026-03-01', invalid),
  at('GET', '/v1/overview?from=2000-01-01', invalid),
  at('GET', '/v1/overview?to=2026-02-30', invalid),
  at('GET', '/v1/finance/ledger?from=March', invalid),
  at('GET', '/v1/finance/ledger?from=2026-03-02&to=2026-03-01', invalid),
  at('GET', '/v1/orders?from=2026-03-02&to=2026-03-01', invalid),
  at('GET', '/v1/board?from=2026-03-02&to=2026-03-01T23:59:59Z', invalid),
  at('GET', '/v1/finance/ledger?cursor={cursor}', '400 invalid_cursor'),
  at('GET', '/v1/inventory/drift?all=true', invalid),
  at('GET', `/v1/inventory/${SKU}/movements?cursor={cursor}`, '400 invalid_cursor'),
];

export const TOLD_AGAIN: readonly Hostile[] = [
  at('POST', '/v1/operations/republish', invalid, {}),
  at('POST', '/v1/operations/republish', invalid, { from: '2026-03-10T14:00:00Z' }),
  at('POST', '/v1/operations/republish', invalid, { from: '2026-03-02', to: '2026-03-03' }),
  at('POST', '/v1/operations/republish', invalid, { orderId: '../x' }),
  at('POST', '/v1/operations/republish', invalid, { orderId: 'X', types: ['OrderExploded'] }),
  at('POST', '/v1/operations/republish', invalid, { orderId: 'X', types: [] }),
  at('POST', '/v1/operations/republish', '400 invalid_cursor', { orderId: 'X', cursor: 'W10' }),
  at('POST', '/v1/operations/republish', invalid, {
    from: '2026-03-10T14:00:00Z',
    to: '2026-03-10T13:00:00Z',
  }),
];

export const ON_STOCK: readonly Hostile[] = [
  at('GET', '/v1/inventory/%00', invalid),
  at('GET', '/v1/inventory/%20A', invalid),
  at('GET', `/v1/inventory/${tenKilobytes}`, invalid),
  at('GET', '/v1/inventory/%', '400 malformed_request'),
  at('GET', '/v1/inventory/%ED%A0%80', '400 malformed_request'),
  at('GET', '/v1/inventory/', '404 not_found'),
  at('POST', `/v1/inventory/${SKU}/lots`, invalid, { lotNumber: 'L1', quantity: 0 }),
  at('POST', `/v1/inventory/${SKU}/lots`, invalid, { lotNumber: 'L1', quantity: -5 }),
  at('POST', `/v1/inventory/${SKU}/lots`, invalid, { lotNumber: 'L1', quantity: million + 1 }),
  at('POST', `/v1/inventory/${SKU}/lots`, invalid, '{"lotNumber":"L1","quantity":1e400}'),
  at('POST', `/v1/inventory/${SKU}/lots`, invalid, { lotNumber: 'L\u0001', quantity: 1 }),
  at('POST', `/v1/inventory/${SKU}/lots`, invalid, { lotNumber: tenKilobytes, quantity: 1 }),
  at('POST', `/v1/inventory/${SKU}/lots`, invalid, { lotNumber: 'L1', quantity: 1, available: 9 }),
  at('POST', `/v1/inventory/${SKU}/lots`, invalid, { lotNumber: 'L1', quantity: 1, expiryDate: 'soon' }),
  at('POST', `/v1/inventory/${SKU}/lots`, invalid, {
    lotNumber: 'L1',
    quantity: 1,
    expiryDate: '2031-01-01',
  }),
  at('POST', `/v1/inventory/${SKU}/lots`, invalid, { lotNumber: 'L1', quantity: 1, status: 'HOLD' }),
  at('PATCH', lotPath(SKU, 'L1'), invalid, {}),
  at('PATCH', lotPath(SKU, 'L1'), invalid, { status: 'GONE', reason: 'x' }),
  at('PATCH', lotPath(SKU, 'L1'), invalid, { status: 'HOLD' }),
  at('PATCH', lotPath(SKU, 'L1'), invalid, { adjustment: 0, reason: 'x' }),
  at('PATCH', lotPath(SKU, 'L1'), invalid, { adjustment: 0.5, reason: 'x' }),
  at('PATCH', lotPath(SKU, 'L1'), invalid, { adjustment: -(10 ** 12), reason: 'x' }),
  at('PATCH', lotPath(SKU, 'L1'), invalid, { adjustment: 1, status: 'HOLD', reason: 'x' }),
  at('PATCH', lotPath(SKU, 'L1'), invalid, { adjustment: 1, reason: ' ' }),
  at('PATCH', lotPath(SKU, tenKilobytes), invalid, { adjustment: 1, reason: 'x' }),
  at('PATCH', lotPath(SKU, 'L1'), '409 insufficient_stock', { adjustment: -91, reason: 'x' }),
  at('GET', '/v1/invoices/%00', '404 not_found'),
  at('GET', '/v1/connections/..', '404 not_found'),
  at('PUT', '/v1/connections/x%2Fy', invalid, { kind: 'CARRIER', name: 'X', settings: {} }),
  at('PUT', '/v1/connections/x', invalid, { kind: 'FAX', name: 'X', settings: {} }),
  at('PUT', '/v1/connections/x', invalid, {
    kind: 'EDI',
    name: 'X',
    settings: { isaId: 'TOO LONG AN ID TO BE ONE' },
  }),
  at('PUT', '/v1/connections/x', invalid, {
    kind: 'SHOPIFY',
    name: 'X',
    settings: { shop: 'a.example', apiBaseUrl: 'file:///etc' },
  }),
  at('GET', '/portal/%00', '404 not_found'),
  at('GET', `/portal/${tenKilobytes}`, '404 not_found'),
];
