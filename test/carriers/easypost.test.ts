import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { easyPostFormat } from '../../functions/carriers/easypost/format.ts';

const event = (result: object, changes: object = {}) =>
  Buffer.from(
    JSON.stringify({
      ...{ id: 'evt_1', object: 'Event', mode: 'production', description: 'tracker.updated' },
      result: {
        ...{ id: 'trk_1', object: 'Tracker', tracking_code: 'EZ4000000004', carrier: 'USPS' },
        updated_at: '2026-03-12T18:00:00Z',
        ...result,
      },
      ...changes,
    }),
  );

describe('what a tracker reports', () => {
  test('a delivery, at the moment of its detail and not of its update', () => {
    const details = [
      { object: 'TrackingDetail', status: 'in_transit', datetime: '2026-03-11T08:00:00Z' },
      { object: 'TrackingDetail', status: 'delivered', datetime: '2026-03-12T15:04:00Z' },
    ];
    const result = { status: 'delivered', signed_by: ' D.\nWhitfield ', tracking_details: details };
    expect(easyPostFormat.read(event(result))).toEqual({
      eventId: 'evt_1',
      topic: 'tracker.updated delivered',
      update: {
        trackingNumber: 'EZ4000000004',
        status: 'delivered',
        occurredAt: '2026-03-12T15:04:00.000Z',
        signedBy: 'D. Whitfield',
        carrier: 'USPS',
      },
    });
  });

  test.each([
    ['return_to_sender', 'returned_to_sender'],
    ['failure', 'failed_attempt'],
    ['out_for_delivery', 'in_transit'],
    ['available_for_pickup', 'in_transit'],
    ['a status of next year', 'in_transit'],
  ])('%s is %s', (status, expected) => {
    expect(easyPostFormat.read(event({ status }))).toMatchObject({ update: { status: expected } });
  });

  test.each([
    ['another event', event({ status: 'delivered' }, { description: 'batch.updated' })],
    ['no time', event({ status: 'delivered', updated_at: null })],
    ['no tracker', Buffer.from('{"id":"evt_1","description":"tracker.updated"}')],
    ['no JSON', Buffer.from('<event/>')],
  ])('%s is a problem by name', (_, body) => {
    expect(easyPostFormat.read(body)).toEqual({ problem: expect.any(String) });
  });
});

describe('the signature', () => {
  const body = event({ status: 'delivered' });
  const secret = 'se\u0301cret';
  const signature = (key: string) =>
    `hmac-sha256-hex=${createHmac('sha256', key.normalize('NFKD')).update(body).digest('hex')}`;
  const isSigned = (header: string | undefined, keys: readonly string[]) =>
    easyPostFormat.isSigned({ headers: { 'x-hmac-signature': header ?? '' }, rawBody: body }, keys);

  test('counts under the secret in any of its Unicode forms, and under the previous one', () => {
    expect(isSigned(signature(secret), [secret.normalize('NFC')])).toBe(true);
    expect(isSigned(signature('old'), ['new', 'old'])).toBe(true);
  });

  test.each([
    ['', 'nothing'],
    [signature('other'), 'another secret'],
    [signature(secret).slice(16), 'no prefix'],
  ])('%# does not count: %s', (header) => expect(isSigned(header, [secret])).toBe(false));
});
