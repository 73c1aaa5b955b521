import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCOPES } from '../../../contract/routes.ts';
import { readInterchanges, readPurchaseOrder } from '../../../functions/channels/edi/x12/index.ts';
import type { LocalStack } from '../../../local/stack.ts';
import { connect } from '../../../testing/client.ts';
import fc from '../../../testing/fast-check.ts';
import { propertyRuns } from '../../../testing/property-runs.ts';
import { receptions } from '../../../testing/receptions.ts';
import { startStack } from '../../../testing/stack.ts';

/** How many damaged bodies are sent; among far fewer of them none is an order any more. PROPERTY_RUNS=10000 sends more. */
const RUNS = propertyRuns(150, 150);
const FOLDER = new URL('../../payloads/x12/valid/', import.meta.url);

let stack: LocalStack;
let token: string;

beforeAll(async () => {
  stack = await startStack({ context: { queueAfterSeconds: 3600 } });
  token = await stack.token(SCOPES.join(' '));
});

afterAll(() => stack.stop());

const bodies = readdirSync(FOLDER).map((file) => readFileSync(new URL(file, FOLDER)));

const damaged = fc
  .record({
    body: fc.constantFrom(...bodies),
    cuts: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat(12),
        put: fc.oneof(
          fc.uint8Array({ maxLength: 4 }),
          fc
            .constantFrom('~', '*', '>', 'ISA', 'SE*1*0001~', 'IEA*1*', 'PO1*', '\0')
            .map((text) => Buffer.from(text)),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    control: fc.nat(999_999_999),
  })
  .map(({ body, cuts, control }) => {
    const number = String(control).padStart(9, '0');
    let bytes = Buffer.from(
      body
        .toString('latin1')
        .replace(/(ISA.{87}).{9}/s, (_, head: string) => head + number)
        // An envelope that contradicts itself would be refused before anything in it is looked at.
        .replace(/(IEA(.)\d+\2)\d{9}/s, (_, head: string) => head + number),
      'latin1',
    );
    for (const { at, length, put } of cuts) {
      const from = Math.floor(at * bytes.length);
      bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + length)]);
    }
    return bytes;
  });

async function send(body: Buffer): Promise<Response> {
  return fetch(`${stack.url}/webhooks/edi`, {
    method: 'POST',
    headers: { 'x-edi-signature': createHmac('sha256', 'local-edi-secret').update(body).digest('hex') },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(10_000),
  });
}

/** Purchase orders as their messages told them: the quantities ordered, line by line. */
const told = new Map<string, Set<string>>();

function note(body: Buffer): void {
  for (const interchange of readInterchanges(body)) {
    if (interchange.kind === 'unreadable') continue;
    for (const set of interchange.groups.flatMap(({ sets }) => sets)) {
      if (set.id !== '850') continue;
      for (const { purchaseOrderNumber, lines } of readPurchaseOrder(set)) {
        const quantities = lines.map(({ eaches, ordered }) => eaches?.quantity ?? Number(ordered.quantity));
        const known = told.get(purchaseOrderNumber) ?? new Set();
        told.set(purchaseOrderNumber, known.add(JSON.stringify(quantities)));
      }
    }
  }
}

/** Every order that was booked has the lines of a message that was sent, all of them and no others. */
async function expectWholeOrders(): Promise<void> {
  let seen = 0;
  for await (const { purchaseOrderNumber = '', lines } of receptions(await connect(stack.url))) {
    const quantities = lines.map(({ quantity }) => quantity);
    const known = told.get(purchaseOrderNumber) ?? new Set();
    expect([...known], purchaseOrderNumber).toContain(JSON.stringify(quantities));
    seen += 1;
  }
  expect(seen).toBeGreaterThan(0);
}

test(
  'damaged interchanges are answered, never by a failure, and leave whole orders or none',
  async () => {
    await fc.assert(
      fc.asyncProperty(damaged, async (body) => {
        note(body);
        const response = await send(body);
        const text = await response.text();
        expect([200, 422], text).toContain(response.status);
        if (response.status === 422) expect(JSON.parse(text).code).toBe('unreadable_interchange');
        else
          for (const answer of readInterchanges(Buffer.from(text))) expect(answer.kind).toBe('interchange');
      }),
      RUNS,
    );
    await expectWholeOrders();
    const drift = await fetch(`${stack.url}/v1/inventory/drift`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await drift.json()).toEqual({ items: [] });
  },
  60_000 + RUNS.numRuns * 100,
);
