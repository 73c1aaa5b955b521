import { describe, expect, it } from 'vitest';
import { readJson } from '../../../functions/channels/shopify/inbound/json.ts';
import { readMessage } from '../../../functions/channels/shopify/inbound/message.ts';
import { CREATED, FULFILLMENT, json, payload, REFUND, reception, UPDATED } from './support.ts';

const codeOf = (topic: string, body: Buffer | string) => {
  const read = readMessage(topic, Buffer.from(body));
  return 'problem' in read ? read.problem.code : read.message.topic;
};

describe('digits', () => {
  it('keeps every digit of numbers of any size', () => {
    const body = Buffer.from('{"id": 820982911946154508, "money": [5.670, 1e2, -0, 12345678901234567890.5]}');
    expect(readJson(body)).toEqual({
      value: { id: '820982911946154508', money: ['5.670', '1e2', '-0', '12345678901234567890.5'] },
    });
  });

  it('keeps the ids of a test notification, which no double holds', () => {
    const body = payload(CREATED)
      .toString()
      .replace('"id": 6200407294101,', '"id": 820982911946154509,')
      .replace('"id": 15518907892101,', '"id": 866550311766439021,');
    const { command } = reception(body);
    expect(command.externalId).toBe('820982911946154509');
    expect(command.lines[0]?.channelLineId).toBe('866550311766439021');
  });

  it('takes an id that is sent as text', () => {
    expect(reception(json(CREATED, { id: '820982911946154509' })).command.externalId).toBe(
      '820982911946154509',
    );
  });
});

describe('what each topic speaks of', () => {
  it.each([
    ['orders/create', CREATED, '6200407294101', '2026-03-12T16:20:10.000Z'],
    ['orders/updated', UPDATED, '6200407294101', '2026-03-14T15:11:40.000Z'],
    ['orders/cancelled', 'orders_cancelled_07.json', '6200407294105', '2026-03-12T17:02:46.000Z'],
    ['orders/edited', 'orders_edited_10.json', '6200407294101', undefined],
    ['orders/delete', 'orders_delete_11.json', '6200407294102', undefined],
    ['fulfillments/create', FULFILLMENT, '6200407294101', undefined],
    ['refunds/create', REFUND, '6200407294101', undefined],
  ])('%s', (topic, file, orderId, updatedAt) => {
    const read = readMessage(topic, payload(file));
    expect(read).toMatchObject({ message: { topic, orderId, ...(updatedAt && { updatedAt }) } });
  });
});

describe('what cannot be read is named', () => {
  it.each([
    ['nothing', ''],
    ['half an object', '{"id": 1'],
    ['a trailing comma', '{"id": 1,}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['arrays half a million deep', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
  ])('%s', (_name, body) => {
    expect(codeOf('orders/create', body)).toBe('unreadable_json');
  });

  it.each(['products/create', 'orders/paid', '', 'ORDERS/CREATE', 'orders/canceled'])(
    'the topic "%s"',
    (topic) => {
      expect(codeOf(topic, '{"id": 1}')).toBe('unknown_topic');
    },
  );

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"order"'],
    ['a number', '5'],
    ['no id', '{"currency": "USD", "line_items": []}'],
    ['an id with a fraction', '{"id": 1.5, "currency": "USD"}'],
    ['an id with an exponent', '{"id": 1e3, "currency": "USD"}'],
    ['a negative id', '{"id": -1, "currency": "USD"}'],
    ['no currency', '{"id": 1, "line_items": []}'],
    ['lines that are no list', '{"id": 1, "currency": "USD", "line_items": {}}'],
    ['a line that is no object', '{"id": 1, "currency": "USD", "line_items": [null]}'],
    ['an address that is a list', '{"id": 1, "currency": "USD", "shipping_address": [1]}'],
    ['a test that is a text', '{"id": 1, "currency": "USD", "test": "no"}'],
    ['a date that is none', '{"id": 1, "currency": "USD", "updated_at": "yesterday"}'],
    ['a day that is none', '{"id": 1, "currency": "USD", "updated_at": "2026-02-30T00:00:00Z"}'],
  ])('%s in place of an order', (_name, body) => {
    expect(codeOf('orders/updated', body)).toBe('malformed_payload');
  });

  it.each([
    ['price', '-4.75'],
    ['price', '4,75'],
    ['price', '1e2'],
    ['price', null],
    ['price', true],
    ['quantity', '6.5'],
    ['quantity', -1],
    ['quantity', 'six'],
    ['sku', ['NF-TS24']],
    ['tax_lines', 'none'],
    ['discount_allocations', [{ amount: 'all' }]],
    ['requires_shipping', 'yes'],
  ])('a line whose %s is %j', (field, value) => {
    const order = json(CREATED);
    const [line] = order.line_items as [object];
    const body = JSON.stringify({ ...order, line_items: [{ ...line, [field]: value }] });
    const read = readMessage('orders/create', Buffer.from(body));
    expect(read).toMatchObject({ problem: { code: 'malformed_payload' } });
    if ('problem' in read) expect(read.problem.detail).toContain(`line_items.0.${field}`);
  });

  it.each([
    ['orders/edited', '{"order_edit": {}}'],
    ['orders/delete', '{}'],
    ['fulfillments/create', '{"id": 1}'],
    ['refunds/create', '{"id": 1, "order_id": 2, "refund_line_items": [{"quantity": 1}]}'],
  ])('%s without what it speaks of', (topic, body) => {
    expect(codeOf(topic, body)).toBe('malformed_payload');
  });
});

describe('a signed body under another topic', () => {
  it.each([
    ['orders/delete', UPDATED],
    ['orders/delete', REFUND],
    ['orders/updated', REFUND],
    ['fulfillments/create', REFUND],
    ['fulfillments/update', REFUND],
    ['refunds/create', FULFILLMENT],
    ['orders/create', FULFILLMENT],
  ])('%s with %s is refused', (topic, file) => {
    expect(codeOf(topic, payload(file))).toBe('malformed_payload');
  });
});

describe('what is not documented does no harm', () => {
  it('ignores unknown keys and tolerates missing ones', () => {
    const body = {
      id: 1,
      currency: 'USD',
      line_item_groups: [{ id: 5 }],
      line_items: [{ id: 2, quantity: 1, price: '1.00', sku: 'A', pre_tax_price: { amount: [] } }],
    };
    const { command } = reception(body);
    expect(command.lines).toEqual([
      { sku: 'A', quantity: 1, unitPrice: '1.00', requiresShipping: true, channelLineId: '2' },
    ]);
    expect(command.channelTotal).toBeUndefined();
  });

  it('reads what Rails escapes', () => {
    const body =
      '{"id":1,"currency":"USD","note":"a\\/b \\u0026 c","line_items":[{"id":2,"quantity":1,"price":"1.00"}]}';
    expect(reception(body).command.note).toBe('a/b & c');
  });

  it('passes over attribute values that are no text', () => {
    const odd = [{ name: 'delivery_window', value: { start: 1 } }, { name: null }, { value: [1] }];
    expect(reception(json(CREATED, { note_attributes: odd })).command.deliveryWindow).toBeUndefined();
  });
});
