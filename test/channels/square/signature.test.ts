import { describe, expect, it } from 'vitest';
import { isSignedBySquare } from '../../../functions/channels/square/inbound/signature.ts';
import fc from '../../../testing/fast-check.ts';
import { squarePayload, squareSignature } from '../../../testing/square.ts';

const URL = 'https://hush.example.com/webhooks/square?tenant=north';
const rawBody = squarePayload('event_01_order_created.json');
const signature = squareSignature(rawBody, URL, 'current');

const isSigned = (changes: Partial<Parameters<typeof isSignedBySquare>[0]>) =>
  isSignedBySquare({ rawBody, signature, notificationUrl: URL, keys: ['current', undefined], ...changes });

describe('a signature of Square', () => {
  it('is accepted under the current key and the previous one', () => {
    expect(isSigned({})).toBe(true);
    expect(isSigned({ keys: ['next', 'current'] })).toBe(true);
    expect(isSigned({ keys: ['next', 'other'] })).toBe(false);
  });

  it('is never accepted under an empty key, or without any', () => {
    const empty = squareSignature(rawBody, URL, '');
    expect(isSigned({ signature: empty, keys: ['', undefined] })).toBe(false);
    expect(isSigned({ keys: [] })).toBe(false);
  });

  it('is for one address, to the letter', () => {
    for (const notificationUrl of [
      `${URL}/`,
      URL.replace('?tenant=north', ''),
      URL.replace('https', 'http'),
    ]) {
      expect(isSigned({ notificationUrl })).toBe(false);
    }
  });

  it('is for the bytes that were sent, not for what they mean', () => {
    const written = Buffer.from(JSON.stringify(JSON.parse(rawBody.toString()), null, 1));
    expect(isSigned({ rawBody: written })).toBe(false);
  });

  it.each([undefined, null, '', 'x', `${signature} `, signature.replace('=', ''), signature.toLowerCase()])(
    'is not %j',
    (wrong) => {
      expect(isSigned({ signature: wrong })).toBe(false);
    },
  );

  it('of any other body fits nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (body) => {
        fc.pre(Buffer.compare(body, rawBody) !== 0);
        expect(isSigned({ rawBody: body })).toBe(false);
      }),
    );
  });
});
