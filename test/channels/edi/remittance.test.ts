import { describe, expect, test } from 'vitest';
import type { Invoice } from '../../../contract/invoices.ts';
import { controlNumbers } from '../../../functions/adapters/dynamodb/control-numbers.ts';
import { documentStore } from '../../../functions/adapters/dynamodb/document-store.ts';
import { invoiceStore } from '../../../functions/adapters/dynamodb/invoice-store.ts';
import { processRemittance } from '../../../functions/channels/edi/inbound/process-remittance.ts';
import { readRemittance } from '../../../functions/channels/edi/x12/index.ts';
import { withBalance } from '../../../functions/finance/invoices.ts';
import { pause } from '../../../functions/wiring.ts';
import { useStore } from '../../../testing/store.ts';
import { setOf, setVerdict, sketch } from './x12/support.ts';

const store = useStore();
const SENDER = { name: 'Harbor', identity: '08 6145550100', isaId: '6145550100' };
const orderId = 'LMB-ORD-2026-0001';
const INVOICE = `${orderId}-I1`;
const CREDIT = `${orderId}-C1`;

const document = (invoiceId: string, kind: Invoice['kind'], total: string): Invoice => ({
  ...{ invoiceId, kind, orderId, invoiceDate: '2026-04-01', currency: 'USD', customer: { name: 'Harbor' } },
  ...{ lines: [], discount: '0.00', shipping: '0.00', tax: '0.00', total, eventId: invoiceId },
  bookedAt: '2026-04-01T00:00:00.000Z',
});

/** A partner that was sent an invoice of 100.00 and a credit note of 10.00. */
async function partner(terms: Pick<Invoice, 'cashDiscount'> = {}) {
  const table = await store.newTable();
  const numbers = controlNumbers(table, pause);
  const invoices = invoiceStore(table);
  const answers = { numbers, documents: documentStore(table), now: () => '2026-05-01T00:00:00.000Z' };
  for (const each of [
    { ...document(INVOICE, 'INVOICE', '100.00'), ...terms },
    document(CREDIT, 'CREDIT_NOTE', '10.00'),
  ]) {
    await invoices.book(each);
    const name = { name: `810-${each.invoiceId}`, fingerprint: '1', orderId };
    await numbers.issue(SENDER.identity, name, () => 'ISA');
  }
  /** Pays in all `total`, under a number. */
  const pay = (total: string, reference: string, ...rows: readonly string[]) => {
    const head = rows.filter((row) => row.startsWith('CUR'));
    const body = sketch(
      '820',
      [
        `BPR*I*${total}*C*ACH*CTX***********20260501`,
        `TRN*1*${reference}`,
        ...head,
        'ENT*1',
        ...rows.slice(head.length),
      ],
      { functionalId: 'RA' },
    );
    expect(setVerdict(body)).toMatchObject({ verdict: 'A' });
    return processRemittance({ answers, invoices }, SENDER, readRemittance(setOf(body)), 'message');
  };
  const balance = async (invoiceId: string) => {
    const invoice = await invoices.find(invoiceId);
    if (invoice === null) throw new Error('not booked');
    return withBalance(invoice);
  };
  return { pay, balance };
}

describe('a remittance advice', () => {
  test('that pays what is open is noted, with the credit note that it deducts', async () => {
    const { pay, balance } = await partner();
    const outcome = await pay('90', 'CHECK-1', `RMR*IV*${INVOICE}**100*100`, `RMR*CM*${CREDIT}**-10`);
    expect(outcome).toEqual({ kind: 'booked', orderIds: [orderId] });
    expect(await balance(INVOICE)).toMatchObject({
      ...{ paid: '100.00', open: '0.00' },
      payments: [{ paymentId: 'CHECK-1 1', reference: 'CHECK-1', paidOn: '2026-05-01', amount: '100.00' }],
    });
    expect(await balance(CREDIT)).toMatchObject({ paid: '10.00', open: '0.00' });
  });

  test('that comes again, in part or whole, counts once', async () => {
    const { pay, balance } = await partner();
    expect(await pay('40', 'CHECK-1', `RMR*IV*${INVOICE}**40`)).toMatchObject({ about: [orderId] });
    expect(await pay('40', 'CHECK-1', `RMR*IV*${INVOICE}**40`)).toMatchObject({ kind: 'quarantined' });
    expect(await balance(INVOICE)).toMatchObject({ paid: '40.00', open: '60.00' });
    expect(await pay('60', 'CHECK-2', `RMR*IV*${INVOICE}**60`)).toMatchObject({ kind: 'booked' });
    expect(await pay('60', 'CHECK-2', `RMR*IV*${INVOICE}**60`)).toMatchObject({ kind: 'booked' });
    expect(await balance(INVOICE)).toMatchObject({ paid: '100.00', open: '0.00' });
    expect(await pay('61', 'CHECK-2', `RMR*IV*${INVOICE}**61`)).toMatchObject({
      reason: `payment: ${INVOICE}: CHECK-2 was noted before, with 60.00`,
    });
  });

  test.each([
    ['less than is open', '90', [`RMR*IV*${INVOICE}**90`], '90.00 USD paid of 100.00 that was open'],
    ['more than is open', '110', [`RMR*IV*${INVOICE}**110`], '110.00 USD paid of 100.00'],
    ['a discount', '98', [`RMR*IV*${INVOICE}**98*100*2`], 'discount of 2.00 taken'],
    ['a deduction', '93', [`RMR*IV*${INVOICE}**93`, 'ADX*-7*01'], 'adjusted by -7 (ADX02 01)'],
    ['a deduction of its own', '95', ['ADX*-5*L5', `RMR*IV*${INVOICE}**100`], 'adjusted by -5 (ADX02 L5)'],
    [
      'a sum that does not add up',
      '80',
      [`RMR*IV*${INVOICE}**100`],
      'the payment is 80, its parts add up to 100',
    ],
    ['an invoice of nobody', '5', ['RMR*IV*INV-9**5'], 'INV-9 is no invoice that the partner was sent'],
    ['no invoice at all', '0', [], 'it names no invoice'],
  ])('with %s waits for a person', async (_, total, rows, reason) => {
    const { pay } = await partner();
    expect(await pay(total, 'CHECK-1', ...rows)).toMatchObject({
      kind: 'quarantined',
      reason: expect.stringContaining(reason),
    });
  });

  test('that takes the agreed discount in time settles the invoice', async () => {
    const cashDiscount = { percent: '2', until: '2026-05-01', amount: '2.00' };
    const { pay, balance } = await partner({ cashDiscount });
    const outcome = await pay('98', 'CHECK-1', `RMR*IV*${INVOICE}**98*100*2`);
    expect(outcome).toMatchObject({ kind: 'booked' });
    expect(await balance(INVOICE)).toMatchObject({ paid: '98.00', open: '0.00' });
  });

  test.each([
    ['late', { until: '2026-04-30', amount: '2.00' }],
    ['higher than agreed', { until: '2026-05-01', amount: '1.99' }],
  ])('that takes a discount which is %s leaves it open', async (_, terms) => {
    const { pay, balance } = await partner({ cashDiscount: { percent: '2', ...terms } });
    expect(await pay('98', 'CHECK-1', `RMR*IV*${INVOICE}**98*100*2`)).toMatchObject({
      reason: expect.stringContaining('discount of 2.00 taken that was not agreed'),
    });
    expect(await balance(INVOICE)).toMatchObject({ paid: '98.00', open: '2.00' });
  });

  test('in another currency than its invoice is not noted, and waits for a person', async () => {
    const { pay, balance } = await partner();
    expect(await pay('100', 'CHECK-1', 'CUR*PR*CAD', `RMR*IV*${INVOICE}**100`)).toMatchObject({
      reason: expect.stringContaining('is in USD, the payment in CAD'),
    });
    expect(await balance(INVOICE)).toMatchObject({ paid: '0.00', open: '100.00' });
  });
});

test('every element of a remittance advice is accounted for', () => {
  const body = sketch(
    '820',
    ['BPR*I*93*C*ACH*CTX***********20260501', 'TRN*1*CHECK-1', 'ENT*1', `RMR*IV*${INVOICE}**93*100*2*01*-5`],
    { functionalId: 'RA' },
  );
  const { account, items } = readRemittance(setOf(body));
  expect(account.filter(({ disposition }) => disposition === 'unresolved')).toEqual([]);
  expect(account).toContainEqual(expect.objectContaining({ element: 'RMR04', disposition: 'mapped' }));
  expect(items).toEqual([
    {
      ...{ number: INVOICE, paid: '93', invoiced: '100', discount: '2' },
      adjustments: [{ reason: '01', amount: '-5' }],
    },
  ]);
});
