import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCOPES } from '../../../contract/routes.ts';
import type { LocalStack } from '../../../local/stack.ts';
import { startStack } from '../../../testing/stack.ts';

/** Every interchange of `test/payloads/x12` is sent to a running loop; a new file wants an entry in the table. */
const SAMPLES = new URL('../../payloads/x12/', import.meta.url);

interface Expected {
  /** What the answers hold, besides what `expected/` says of them. */
  readonly answer: RegExp;
  /** The orders that it makes: their purchase orders (`own` stands for the one that most samples share) and lines. */
  readonly orders?: Readonly<Record<string, number>>;
  /** How many messages then wait for an operator. @default 0 */
  readonly kept?: number;
}

const ACCEPTED = /AK9[*|]A[*|]1[*|]1[*|]1/;

const EXPECTED: Readonly<Record<string, Expected>> = {
  'valid/v01_850_004010_net30_windows.edi': { answer: ACCEPTED, orders: { own: 3 } },
  // Half a unit is no unit.
  'valid/v02_850_005010_pipe_lf.edi': { answer: ACCEPTED, kept: 1 },
  'valid/v03_850_004010_dropship_crlf_utf8.edi': { answer: ACCEPTED, orders: { 'W-2026-000912': 3 } },
  // Its 860 changes an order that is not there.
  'valid/v05_multigroup_850x3_860.edi': {
    answer: /AK9\*A\*2\*2\*2.*AK9\*A\*1\*1\*1.*AK9\*A\*1\*1\*1/s,
    orders: { '4500187301': 1, '4500187302': 2, 'CLUB-00091': 1 },
    kept: 1,
  },
  // A test: its order is in no list of live ones.
  'valid/v07_850_004010_minimal.edi': { answer: ACCEPTED },
  'valid/v08_850_same_po_resent_BEG07.edi': { answer: ACCEPTED, orders: { own: 3 } },
  'valid/v10_850_cancel_BEG01.edi': { answer: ACCEPTED, kept: 1 },
  'valid/c01_860_004010_change_of_v01.edi': { answer: ACCEPTED, kept: 1 },
  'bad/b01_se_count.edi': { answer: /AK5\*R\*4~/, kept: 1 },
  'bad/b02_st_se_control.edi': { answer: /AK5\*R\*3~/, kept: 1 },
  'bad/b04_isa_iea_control.edi': { answer: /TA1\*000001104\*260312\*0914\*R\*001~/, kept: 1 },
  'bad/b05_isa_truncated.edi': { answer: /TA1\*[^~]*\*R\*022~/, kept: 1 },
  'bad/b08_no_po1.edi': { answer: /AK3\*PO1\*25\*PO1\*3~/, kept: 1 },
  'bad/b09_duplicate_isa13.edi': { answer: /R\*025~/, orders: { own: 3 }, kept: 1 },
  'bad/b11_iea_count.edi': { answer: /R\*021~/, kept: 1 },
  'bad/b12_unknown_segment.edi': { answer: /AK3\*ZZZ\*\d+\*\*1~.*AK5\*R\*5/s, kept: 1 },
  'bad/b14_no_quantity.edi': { answer: /AK3\*PO1\*\d+\*PO1\*8~.*AK4\*2\*330\*2~/s, kept: 1 },
  'bad/b16_po_number_too_long.edi': { answer: /AK4\*3\*324\*5\*/, kept: 1 },
  'bad/b17_ctt_mismatch.edi': { answer: ACCEPTED, orders: { own: 3 } },
  'bad/b18_version_unknown.edi': { answer: /AK9\*R\*1\*1\*0\*2~/, kept: 1 },
  'bad/b20_se_missing.edi': { answer: /AK5\*R\*2~.*AK9\*P\*2\*2\*1~/s, orders: { own: 3 }, kept: 1 },
  'lenient/o02_bom_blank_lines.edi': { answer: ACCEPTED, orders: { own: 3 } },
  'lenient/o04_latin1_bytes.edi': { answer: ACCEPTED, orders: { 'W-2026-000950': 1 } },
  'lenient/o05_trailing_separators.edi': { answer: ACCEPTED, orders: { own: 3 } },
  'replies/i01_997_partner_accepts_our_810.edi': { answer: /^$/ },
  'replies/i02_997_partner_rejects_our_856.edi': { answer: /^$/, kept: 1 },
};

/** What we would send a partner is no message to us. */
const OURS = /^replies\/r/;

const files = ['valid', 'bad', 'lenient', 'replies']
  .flatMap((folder) => readdirSync(new URL(folder, SAMPLES)).map((file) => `${folder}/${file}`))
  .filter((file) => !OURS.test(file));

let stack: LocalStack;
let token: string;

beforeAll(async () => {
  stack = await startStack({ context: { queueAfterSeconds: 3600 } });
  token = await stack.token(SCOPES.join(' '));
}, 60_000);

afterAll(() => stack.stop());

async function items(path: string) {
  const response = await fetch(stack.url + path, { headers: { authorization: `Bearer ${token}` } });
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field
  return ((await response.json()) as any).items as any[];
}

async function state() {
  const orders = await items('/v1/orders?limit=100');
  const kept = await items('/v1/operations/kept-messages?limit=100');
  return { orders: new Map(orders.map((each) => [each.orderId as string, each])), kept: kept.length };
}

async function send(body: Buffer) {
  const response = await fetch(`${stack.url}/webhooks/edi`, {
    method: 'POST',
    headers: { 'x-edi-signature': createHmac('sha256', 'local-edi-secret').update(body).digest('hex') },
    body: new Uint8Array(body),
  });
  return { status: response.status, text: await response.text() };
}

/** The segments of an answer that say something of what is answered. */
const verdicts = (text: string) => text.match(/(?:AK\d|TA1)\*[^~]*~/g) ?? [];

describe('every sample is sent', () => {
  test('and the table knows each', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual([...files].sort());
  });

  test.each(files)('%s', async (file) => {
    const expected = EXPECTED[file];
    if (expected === undefined) throw new Error(`what is expected of ${file}?`);
    // Under a purchase order of its own, as long as the one that most samples share.
    const own = `45009${String(files.indexOf(file)).padStart(5, '0')}`;
    const text = readFileSync(new URL(file, SAMPLES)).toString('latin1').replaceAll('4500187265', own);
    const before = await state();
    const answer = await send(Buffer.from(text, 'latin1'));
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(expected.answer);
    const form = ['997', 'ta1']
      .map((kind) => file.replace(/^bad\/(b\d\d)_.*/, `expected/$1_${kind}.edi`))
      .find((each) => each !== file && readdirSync(new URL('expected', SAMPLES)).includes(each.slice(9)));
    if (form !== undefined) {
      const wanted = verdicts(readFileSync(new URL(form, SAMPLES)).toString());
      expect(verdicts(answer.text)).toEqual(expect.arrayContaining(wanted));
    }
    const after = await state();
    expect(after.kept - before.kept).toBe(expected.kept ?? 0);
    const made = [...after.orders.values()].filter(({ orderId }) => !before.orders.has(orderId));
    const orders = await Promise.all(
      made.map(async ({ orderId }) => {
        const response = await fetch(`${stack.url}/v1/orders/${orderId}`, {
          headers: { authorization: `Bearer ${token}` },
        });
        const { purchaseOrderNumber, lines } = (await response.json()) as {
          purchaseOrderNumber: string;
          lines: unknown[];
        };
        return [purchaseOrderNumber === own ? 'own' : purchaseOrderNumber, lines.length];
      }),
    );
    expect(Object.fromEntries(orders)).toEqual(expected.orders ?? {});
    expect(orders).toHaveLength(Object.keys(expected.orders ?? {}).length);
    // The same bytes again make nothing, and get the same answer.
    expect(await send(Buffer.from(text, 'latin1'))).toEqual(answer);
    expect((await state()).orders.size).toBe(after.orders.size);
  });
});
