import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hasBase64Signature } from '../../../functions/channels/core/base64-signature.ts';
import { B2B, payload } from '../shopify/support.ts';

interface DispatchLog {
  readonly client_secret: string;
  readonly previous_client_secret: string;
  readonly deliveries: readonly {
    readonly label: string;
    readonly file: string;
    readonly headers: Record<string, string>;
    readonly expect: string;
  }[];
}

const recorded = JSON.parse(payload('deliveries.json').toString()) as DispatchLog;
const CURRENT = recorded.client_secret;
const PREVIOUS = recorded.previous_client_secret;
const body = payload(B2B);
const sign = (secret: string, bytes: Buffer = body) =>
  createHmac('sha256', secret).update(bytes).digest('base64');

describe('recorded deliveries', () => {
  const refused = ['wrong secret', 'hex instead of base64', 'body changed after signing', 'no HMAC header'];

  it.each(recorded.deliveries.map((each) => [each.label, each] as const))('%s', (label, delivery) => {
    const [, signature] =
      Object.entries(delivery.headers).find(([name]) => name.toLowerCase() === 'x-shopify-hmac-sha256') ?? [];
    const signed = hasBase64Signature(payload(delivery.file), signature, [CURRENT, PREVIOUS]);
    expect(signed).toBe(!refused.includes(label));
  });

  it('refuses the old secret once it is no longer configured', () => {
    expect(hasBase64Signature(body, sign(PREVIOUS), [CURRENT, PREVIOUS])).toBe(true);
    expect(hasBase64Signature(body, sign(PREVIOUS), [CURRENT])).toBe(false);
    expect(hasBase64Signature(body, sign(PREVIOUS), [CURRENT, undefined])).toBe(false);
  });
});

describe('the form of a signature', () => {
  const right = sign(CURRENT);

  it.each([
    ['as sent', right, true],
    ['missing', undefined, false],
    ['null', null, false],
    ['empty', '', false],
    ['without padding', right.slice(0, -1), false],
    ['with a blank before it', ` ${right}`, false],
    ['with a line break after it', `${right}\n`, false],
    ['twice', `${right}${right}`, false],
    ['two header values in one', `${right}, ${right}`, false],
    ['in hexadecimal', createHmac('sha256', CURRENT).update(body).digest('hex'), false],
    ['of other bytes', sign(CURRENT, Buffer.from('{}')), false],
    ['of the wrong length', Buffer.alloc(31).toString('base64'), false],
  ])('%s', (_name, signature, expected) => {
    expect(hasBase64Signature(body, signature, [CURRENT])).toBe(expected);
  });

  it('refuses a last character whose spare bits are set, which decodes to the same bytes', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const sloppy = `${right.slice(0, 42)}${alphabet[alphabet.indexOf(right[42] ?? '') + 1]}=`;
    expect(Buffer.from(sloppy, 'base64')).toEqual(Buffer.from(right, 'base64'));
    expect(hasBase64Signature(body, sloppy, [CURRENT])).toBe(false);
  });

  it('refuses the URL-safe alphabet', () => {
    const bytes = Array.from({ length: 200 }, (_, index) => Buffer.from(`body ${index}`)).find((each) =>
      /[+/]/.test(sign(CURRENT, each)),
    ) as Buffer;
    const signature = sign(CURRENT, bytes);
    expect(hasBase64Signature(bytes, signature, [CURRENT])).toBe(true);
    const urlSafe = signature.replaceAll('+', '-').replaceAll('/', '_');
    expect(hasBase64Signature(bytes, urlSafe, [CURRENT])).toBe(false);
  });

  it('takes no secret that is empty: anybody could sign with it', () => {
    expect(hasBase64Signature(body, sign(''), [''])).toBe(false);
    expect(hasBase64Signature(body, sign(''), [])).toBe(false);
  });

  it('counts the raw bytes, not what they mean', () => {
    const again = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
    expect(hasBase64Signature(again, right, [CURRENT])).toBe(false);
  });
});
