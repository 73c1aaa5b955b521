import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCOPES } from '../../../contract/routes.ts';
import { type LocalStack, startLocalStack } from '../../../local/stack.ts';
import { propertyRuns } from '../../domain/property-runs.ts';

const FOLDER = new URL('../../payloads/shopify/', import.meta.url);
const TOPICS = [
  'orders/create',
  'orders/updated',
  'orders/edited',
  'orders/cancelled',
  'fulfillments/create',
  'refunds/create',
];
const BODIES = readdirSync(FOLDER)
  .filter((file) => /^(orders|fulfillments|refunds).*\.json$/.test(file))
  .map((file) => readFileSync(new URL(file, FOLDER)));

let stack: LocalStack;

beforeAll(async () => {
  stack = await startLocalStack({ context: { queueAfterSeconds: 3600 } });
});

afterAll(() => stack.stop());

/** A message whose bytes were changed in some places, told under any topic. */
const damaged = fc.record({
  topic: fc.constantFrom(...TOPICS),
  body: fc.constantFrom(...BODIES),
  changes: fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(6),
      put: fc.oneof(
        fc.uint8Array({ maxLength: 3 }),
        fc
          .constantFrom('-1', '0', 'null', '1e400', '"', '}', '[', '99999999999999999999', '\\u0000')
          .map((text) => Buffer.from(text)),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

test('damaged messages are answered, never by a failure, and leave whole orders or none', async () => {
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(damaged, async ({ topic, body, changes }) => {
      let bytes: Buffer = body;
      for (const { at, length, put } of changes) {
        const from = Math.floor(at * bytes.length);
        bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + length)]);
      }
      sent += 1;
      const response = await fetch(`${stack.url}/webhooks/shopify`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-shopify-topic': topic,
          'x-shopify-shop-domain': 'northfield-test.myshopify.com',
          'x-shopify-webhook-id': `damaged-${sent}`,
          'x-shopify-hmac-sha256': createHmac('sha256', 'local-shopify-secret')
            .update(bytes)
            .digest('base64'),
        },
        body: new Uint8Array(bytes),
        signal: AbortSignal.timeout(10_000),
      });
      expect([200, 202], await response.text()).toContain(response.status);
    }),
    propertyRuns(100),
  );
  const headers = { authorization: `Bearer ${await stack.token(SCOPES.join(' '))}` };
  const drift = await fetch(`${stack.url}/v1/inventory/drift`, { headers });
  expect(await drift.json()).toEqual({ items: [] });
}, 1_800_000);
