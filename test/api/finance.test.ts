import { beforeAll, describe, expect, test } from 'vitest';
import { type Invoice, InvoiceWithBalance } from '../../contract/invoices.ts';
import { JournalEntry } from '../../contract/ledger.ts';
import { listOf } from '../../contract/responses.ts';
import { invoiceStore } from '../../functions/adapters/dynamodb/invoice-store.ts';
import { useAws } from '../../testing/aws.ts';
import { freshHandler } from '../../testing/fresh-handler.ts';
import { type AnyAnswer, type HttpHandler, invoke } from '../../testing/invoke.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const aws = useAws({
  'secretsmanager.GetSecretValue': () => ({
    SecretString: JSON.stringify({ current: 'the secret that signs cursors' }),
  }),
});
let handler: HttpHandler;

/** One hundred and ten invoices over eleven days, booked in no order. */
const INVOICES: readonly Invoice[] = Array.from({ length: 110 }, (_, index) =>
  invoice(`LMB-ORD-2026-${String(index + 1).padStart(4, '0')}-I1`, `2026-03-${String(10 + (index % 11))}`),
);
const NEWEST_FIRST = [...INVOICES]
  .sort((one, other) => (key(one) < key(other) ? 1 : -1))
  .map(({ invoiceId }) => invoiceId);

beforeAll(async () => {
  const table = await store.newTable();
  handler = await freshHandler(() => import('../../functions/api/finance.ts'), {
    TABLE_NAME: table.name,
    CURSOR_SECRET_ID: 'cursors',
    AWS_ENDPOINT_URL_DYNAMODB: store.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.endpoint,
  });
  for (const each of INVOICES) await invoiceStore(table).book(each);
});

function key({ invoiceDate, invoiceId }: Invoice): string {
  return `${invoiceDate} ${invoiceId}`;
}

function invoice(invoiceId: string, invoiceDate: string): Invoice {
  return {
    invoiceId,
    kind: 'INVOICE',
    orderId: invoiceId.slice(0, -3),
    shipmentId: `${invoiceId.slice(0, -3)}-S1`,
    invoiceDate,
    currency: 'USD',
    customer: { name: 'IRONRIDGE Construction' },
    lines: [],
    discount: '0.00',
    shipping: '0.00',
    tax: '0.00',
    total: '0.00',
    bookedAt: `${invoiceDate}T14:07:00.000Z`,
    eventId: invoiceId,
  };
}

const list = (query: Record<string, string> = {}): Promise<AnyAnswer> =>
  invoke(handler, 'GET /v1/invoices', { query });
const read = (invoiceId: string): Promise<AnyAnswer> =>
  invoke(handler, 'GET /v1/invoices/{invoiceId}', { path: { invoiceId } });
const idsOf = ({ body }: AnyAnswer): string[] => body.items.map((each: Invoice) => each.invoiceId);

describe('invoices', () => {
  test('are listed newest first, twenty-five unless asked otherwise', async () => {
    const answer = await list();
    expect(answer.status).toBe(200);
    expect(listOf(InvoiceWithBalance).parse(answer.body)).toEqual(answer.body);
    expect(idsOf(answer)).toEqual(NEWEST_FIRST.slice(0, 25));
  });

  test.each([1, 7, 55, 100])('are read to the end in pages of %d, each once', async (limit) => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: String(limit), ...(cursor !== undefined && { cursor }) });
      expect(page.body.items.length).toBeLessThanOrEqual(limit);
      seen.push(...idsOf(page));
      cursor = page.body.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(NEWEST_FIRST);
  });

  test('end without a cursor when the last page is full', async () => {
    const first = await list({ limit: '55' });
    const last = await list({ limit: '55', cursor: first.body.nextCursor });
    expect(last.body.items).toHaveLength(55);
    expect(last.body).not.toHaveProperty('nextCursor');
  });

  test('are narrowed by order, customer, kind and days, in full pages', async () => {
    const found = async (query: Record<string, string>) => idsOf(await list(query));
    expect(await found({ orderId: 'LMB-ORD-2026-0007' })).toEqual(['LMB-ORD-2026-0007-I1']);
    expect(await found({ customer: 'ironridge construction', limit: '3' })).toEqual(NEWEST_FIRST.slice(0, 3));
    expect(await found({ customer: 'Ironridge' })).toEqual([]);
    expect(await found({ kind: 'CREDIT_NOTE' })).toEqual([]);
    expect(await found({ from: '2026-03-20', to: '2026-03-20' })).toEqual(NEWEST_FIRST.slice(0, 10));
    const first = await list({ to: '2026-03-11', kind: 'INVOICE', limit: '15' });
    const rest = await found({ to: '2026-03-11', kind: 'INVOICE', cursor: first.body.nextCursor });
    expect([...idsOf(first), ...rest]).toEqual(NEWEST_FIRST.slice(-20));
  });

  test('are read one by one', async () => {
    expect(await read('LMB-ORD-2026-0007-I1')).toMatchObject({ status: 200, body: INVOICES[6] });
  });

  test.each(['LMB-ORD-2026-9999-I1', 'x'.repeat(3000), 'a b', '#'])(
    'are not found under %j',
    async (invoiceId) => {
      expect(await read(invoiceId)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    },
  );

  test.each<Record<string, string>>([
    { limit: '0' },
    { limit: '101' },
    { limit: '1.5' },
    { limit: '' },
    { state: 'PAID' },
  ])('are not listed by %j', async (query) => {
    expect(await list(query)).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  });

  test('are not listed from a cursor that no list gave', async () => {
    const cursor: string = (await list({ limit: '1' })).body.nextCursor;
    const altered = Buffer.from(Buffer.from(cursor, 'base64url').toString().replace('2026', '2025'));
    for (const given of ['', 'nonsense', `${cursor}A`, altered.toString('base64url')]) {
      expect(await list({ cursor: given }), given).toMatchObject({
        status: 400,
        body: { code: 'invalid_cursor' },
      });
    }
  });

  test('are for those who may read what finance books', async () => {
    const scope = 'orders/read operations/admin';
    expect((await invoke(handler, 'GET /v1/invoices', { scope })).status).toBe(403);
    expect((await invoke(handler, 'GET /v1/invoices', { scope: null })).status).toBe(401);
    expect((await invoke(handler, 'GET /v1/invoices', { scope: 'finance/read' })).status).toBe(200);
  });
});

describe('the ledger', () => {
  const ledger = (query: Record<string, string> = {}): Promise<AnyAnswer> =>
    invoke(handler, 'GET /v1/finance/ledger', { query });

  test('has an entry for each document of the days asked for, read to the end in pages', async () => {
    const days = { from: '2026-03-12', to: '2026-03-14' };
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await ledger({ ...days, limit: '7', ...(cursor !== undefined && { cursor }) });
      expect(page.status).toBe(200);
      expect(listOf(JournalEntry).parse(page.body)).toEqual(page.body);
      seen.push(...page.body.items.map((entry: JournalEntry) => entry.invoiceId));
      cursor = page.body.nextCursor;
    } while (cursor !== undefined);
    const wanted = INVOICES.filter(({ invoiceDate }) => invoiceDate >= days.from && invoiceDate <= days.to);
    expect(seen).toHaveLength(wanted.length);
    expect([...seen].sort()).toEqual(wanted.map(({ invoiceId }) => invoiceId).sort());
    expect((await ledger({ from: '2026-04-01' })).body).toEqual({ items: [] });
    const elsewhere = (await list({ limit: '1' })).body.nextCursor;
    expect((await ledger({ cursor: elsewhere })).status).toBe(400);
  });

  test('is for those who may read what finance books', async () => {
    const scope = 'orders/read operations/admin';
    expect((await invoke(handler, 'GET /v1/finance/ledger', { scope })).status).toBe(403);
  });
});
