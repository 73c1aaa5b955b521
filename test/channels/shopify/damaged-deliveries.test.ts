import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { SCOPES } from '../../../contract/routes.ts';
import { readJson } from '../../../functions/channels/shopify/inbound/json.ts';
import type { LocalStack } from '../../../local/stack.ts';
import { connect } from '../../../testing/client.ts';
import fc from '../../../testing/fast-check.ts';
import { mutate, mutation } from '../../../testing/mutations.ts';
import { caseCount, propertyRuns } from '../../../testing/property-runs.ts';
import { receptions } from '../../../testing/receptions.ts';
import { startStack } from '../../../testing/stack.ts';

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
  stack = await startStack({ context: { queueAfterSeconds: 3600 } });
});

afterAll(() => stack.stop());

const numRuns = caseCount(100);

/** A message whose bytes were changed in some places. */
const damagedBytes = fc
  .record({
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
  })
  .map(({ body, changes }) => {
    let bytes: Buffer = body;
    for (const { at, length, put } of changes) {
      const from = Math.floor(at * bytes.length);
      bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + length)]);
    }
    return bytes;
  });

/** A message that is still JSON, some fields of which were changed; about two of them are about one order. */
const damagedFields = fc
  .record({
    body: fc.constantFrom(...BODIES),
    mutations: fc.array(mutation, { maxLength: 4 }),
    id: fc.nat(numRuns).map((number) => 7_000_000_000_000 + number),
  })
  .map(({ body, mutations, id }) => {
    const message = JSON.parse(body.toString()) as Record<string, unknown>;
    for (const each of mutations) mutate(message, each);
    return Buffer.from(
      JSON.stringify({ ...message, [message.order_id === undefined ? 'id' : 'order_id']: id }),
    );
  });

/** A damaged message, told under any topic. */
const damaged = fc.record({
  topic: fc.constantFrom(...TOPICS),
  bytes: fc.oneof(damagedBytes, damagedFields),
});

/** Orders as messages told them, by their id: line by line what was ordered, and what is left of it. */
const told = new Map<string, Set<string>>();

function note(bytes: Buffer): void {
  const read = readJson(bytes);
  const order = Told.safeParse('value' in read ? read.value : null);
  if (!order.success) return;
  const { id, line_items, refunds } = order.data;
  const removed = (lineId: string) =>
    refunds
      .flatMap(({ refund_line_items }) => refund_line_items)
      .filter(({ line_item_id }) => line_item_id === lineId)
      .reduce((units, { quantity }) => units + quantity, 0);
  const ordered = line_items.map((line) => [line.id, line.quantity] as const);
  const current = line_items.map((line) => {
    const left = line.current_quantity ?? Math.max(0, line.quantity - removed(line.id));
    return [line.id, left] as const;
  });
  const known = told.get(id) ?? new Set();
  for (const lines of [ordered, current])
    known.add(JSON.stringify(lines.filter(([, quantity]) => quantity > 0)));
  told.set(id, known);
}

const Told = z.object({
  id: z.string(),
  line_items: z.array(
    z.object({ id: z.string(), quantity: z.coerce.number(), current_quantity: z.coerce.number().nullish() }),
  ),
  refunds: z
    .array(
      z.object({
        refund_line_items: z.array(z.object({ line_item_id: z.string(), quantity: z.coerce.number() })),
      }),
    )
    .default([]),
});

/** Every order that was booked has the lines of a message that was sent, all of them and no others. */
async function expectWholeOrders(): Promise<void> {
  let seen = 0;
  for await (const { externalId = '', lines } of receptions(await connect(stack.url))) {
    const booked = lines.map((line) => [line.channelLineId, line.quantity]);
    expect([...(told.get(externalId) ?? [])], externalId).toContain(JSON.stringify(booked));
    seen += 1;
  }
  expect(seen).toBeGreaterThan(0);
}

test('damaged messages are answered, never by a failure, and leave whole orders or none', async () => {
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(damaged, async ({ topic, bytes }) => {
      sent += 1;
      note(bytes);
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
  await expectWholeOrders();
  const headers = { authorization: `Bearer ${await stack.token(SCOPES.join(' '))}` };
  const drift = await fetch(`${stack.url}/v1/inventory/drift`, { headers });
  expect(await drift.json()).toEqual({ items: [] });
}, 7_200_000);
