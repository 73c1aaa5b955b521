import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { api } from '../mcp/session.ts';
import { barriers, useOperator } from './support/operator.ts';

const PARTNER = '/v1/connections/harbor-markets';

/** An 850 of a product by the buyer's number, with an instruction for whoever packs. */
const order = (number: string, control: string, product: string) =>
  [
    `ISA*00*          *00*          *08*6145550100     *01*614141000      *260401*1200*U*00401*${control}*0*P*>`,
    `GS*PO*6145550100*614141000*20260401*1200*${control}*X*004010`,
    ...['ST*850*0001', `BEG*00*SA*${number}**20260401`, 'N9*L1*PACK', 'MSG*WRAP IN BLUE PAPER'],
    ...['N1*ST*STORE 12*92*0012', 'N3*2200 DOCK ST', 'N4*TACOMA*WA*98421*US'],
    ...[
      `PO1*1*2*CA*24**${product}`,
      'PO4*12',
      'CTT*1*2',
      'SE*11*0001',
      `GE*1*${control}`,
      `IEA*1*${control}`,
    ],
    '',
  ].join('~');

describe('what trading partners need of an operator', () => {
  const operator = useOperator();
  const send = async (body: string) => {
    const answer = await fetch(`${operator().url}/webhooks/edi`, {
      ...{ method: 'POST', body },
      headers: {
        'content-type': 'application/edi-x12',
        'x-edi-signature': createHmac('sha256', 'local-edi-secret').update(body).digest('hex'),
      },
    });
    expect(await answer.text()).toContain('AK9*A');
  };

  test('an unknown item is resolved once, and its order continues', async () => {
    const { stack, page } = operator();
    await api(stack, 'POST', '/v1/inventory/DESK-1/lots', { lotNumber: 'LOT-DESK', quantity: 100 });
    await send(order('DESK-1', '000150001', 'IN*B-DESK'));
    await operator().open('/operations?show=items');
    const card = page.getByRole('article', { name: 'B-DESK' });
    await card.waitFor();
    expect(await barriers(page)).toEqual([]);
    await card.getByRole('textbox', { name: 'SKU' }).fill('DESK-1');
    await card.getByRole('button', { name: 'Resolve' }).click();
    await operator().seen('B-DESK is DESK-1. 1 of 1 orders continue.');
    await card.waitFor({ state: 'hidden' });
    expect(operator().problems).toEqual([]);
  });

  test('a packing slip opens in a window of its own', async () => {
    const { page } = operator();
    await send(order('DESK-2', '000150002', 'VN*DESK-1'));
    await operator().open('/');
    const { body } = await api(operator().stack, 'GET', '/v1/orders?purchaseOrderNumber=DESK-2');
    const [{ orderId }] = body.items;
    await operator().open(`/orders/${orderId}`);
    const opened = page.context().waitForEvent('page');
    await operator().press('Packing slip');
    const slip = await opened;
    await slip.getByText('WRAP IN BLUE PAPER').waitFor();
    await slip.getByText('LOT-DESK').waitFor();
    await slip.close();
    expect(operator().problems).toEqual([]);
  });

  test('a blocked document leaves when the rule is mended', async () => {
    const { stack, page } = operator();
    const { kind, name, settings } = (await api(stack, 'GET', PARTNER)).body;
    const agree = (rules: readonly object[]) =>
      api(stack, 'PUT', PARTNER, { kind, name, settings: { ...settings, rules } });
    await agree([{ set: '855', segment: 'REF', qualifier: 'CO', required: 'DOCUMENT' }]);
    await send(order('DESK-3', '000150003', 'VN*DESK-1'));
    await operator().open('/operations?show=blocked');
    await operator().seen('REF with REF01 CO is missing (rule 1 of 855)');
    expect(await barriers(page)).toEqual([]);
    await agree([]);
    await operator().press('Retry');
    await operator().seen('No document breaks the rules of its partner.');
    await operator().open('/operations?show=unacknowledged');
    await page.getByRole('button', { name: 'Dismiss' }).first().click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('confirmed by phone');
    await operator().press('Dismiss document');
    await page.getByText(/No acknowledgment of .* is awaited/).waitFor();
  });
});
