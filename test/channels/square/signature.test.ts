import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSignedBySquare } from '../../../functions/channels/square/inbound/signature.ts';
import { squarePayload, squareSignature } from '../../../testing/square.ts';

const URL = 'https://hush.example.com/webhooks/square?tenant=north';
const rawBody = squarePayload('event_01_order_created.json');
const signature = squareSignature(rawBody, URL, 'current');

const isSigned = (changes: Partial<Parameters<typeof isSignedBySquare>[0]>) =>
  isSignedBySquare({ rawBody, signature, notificationUrl: URL, keys: ['current', undefined], ...changes });

describe('a signature of Square', () => {
  it('is accepted under the current key and the previous one', async () => {
    expect(await isSigned({})).toBe(true);
    expect(await isSigned({ keys: ['next', 'current'] })).toBe(true);
    expect(await isSigned({ keys: ['next', 'other'] })).toBe(false);
  });

  it('is never accepted under an empty key, or without any', async () => {
    const empty = squareSignature(rawBody, URL, '');
    expect(await isSigned({ signature: empty, keys: ['', undefined] })).toBe(false);
    expect(await isSigned({ keys: [] })).toBe(false);
  });

  it('is for one address, to the letter', async () => {
    for (const notificationUrl of [
      `${URL}/`,
      URL.replace('?tenant=north', ''),
      URL.replace('https', 'http'),
    ]) {
      expect(await isSigned({ notificationUrl })).toBe(false);
    }
  });

  it('is for the bytes that were sent, not for what they mean', async () => {
    const written = Buffer.from(JSON.stringify(JSON.parse(rawBody.toString()), null, 1));
    expect(await isSigned({ rawBody: written })).toBe(false);
  });

  it('of bytes that are no text is refused', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    expect(await isSigned({ rawBody: bytes, signature: squareSignature(bytes, URL, 'current') })).toBe(false);
  });

  it.each([undefined, null, '', 'x', `${signature} `, signature.replace('=', ''), signature.toLowerCase()])(
    'is not %j',
    async (wrong) => {
      expect(await isSigned({ signature: wrong })).toBe(false);
    },
  );

  it('of any other body fits nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (body) => {
        fc.pre(Buffer.compare(body, rawBody) !== 0);
        expect(await isSigned({ rawBody: body })).toBe(false);
      }),
    );
  });
});
