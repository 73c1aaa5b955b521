// @module-tag long
import { expect, test } from 'vitest';
import { orderRequest } from '../../testing/api.ts';
import { purchaseOrder, signedHeaders } from '../../testing/messages.ts';
import { api } from '../mcp/session.ts';
import { barriers, useOperator } from './support/operator.ts';

const operator = useOperator();

/** An order of somebody with the reference that a trading partner has too, which is over. */
async function cancelledOrder(reference: string): Promise<string> {
  const { stack } = operator();
  const customer = { name: 'Ada Lovelace', email: 'ada@lovelace.example', reference };
  const lines = [{ sku: 'NEVER', quantity: 1 }];
  const { body } = await api(stack, 'POST', '/v1/orders', orderRequest({ customer, lines }));
  await api(stack, 'POST', `/v1/orders/${body.orderId}/cancellation`, { reason: 'not wanted' });
  return body.orderId;
}

test('a customer is erased, and of a reference that several have nobody is', async () => {
  const { stack, page, url } = operator();
  const message = purchaseOrder(160_001, 'PO-160001', 'NEVER');
  const headers = signedHeaders(message, url);
  const answer = await fetch(`${url}${message.path}`, { method: 'POST', body: message.body, headers });
  expect(await answer.text()).toContain('AK9*A');
  const { body: list } = await api(stack, 'GET', '/v1/orders?purchaseOrderNumber=PO-160001');
  const { reference } = list.items[0].customer;
  const orderId = await cancelledOrder(reference);

  await operator().open('/operations?show=personal');
  await page.getByRole('textbox', { name: 'or customer reference' }).fill(reference);
  await operator().press('Erase customer');
  await page.getByRole('dialog').getByText(reference).waitFor();
  await operator().press(/^Erase$/);
  const row = (text: string | RegExp) => page.getByRole('row').filter({ hasText: text });
  await row('Not erased')
    .getByText(/^Customers of .*EDI.*Manual.* have this reference/)
    .waitFor();
  expect(await barriers(page)).toEqual([]);

  await page.getByRole('textbox', { name: 'or customer reference' }).fill(reference);
  await page.getByRole('combobox', { name: 'of channel' }).click();
  await page.getByRole('option', { name: 'Manual' }).click();
  expect(await barriers(page)).toEqual([]);
  await operator().press('Erase customer');
  await page.getByRole('dialog').getByText(reference).waitFor();
  await operator().press(/^Erase$/);
  await row('1 of 1').filter({ hasText: 'DONE' }).waitFor();
  const erased = await api(stack, 'GET', `/v1/orders/${orderId}`);
  expect(erased.body.customer).toEqual({ name: 'erased' });
  expect(operator().problems).toEqual([]);
});
