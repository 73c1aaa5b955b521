import { describe, expect, test } from 'vitest';
import { api, call, connect } from '../mcp/session.ts';
import { useOperator } from './support/operator.ts';

describe('what agents ask people', () => {
  const operator = useOperator();

  test('shows a preview, and an operator approves or declines it', async () => {
    const { stack, page } = operator();
    await api(stack, 'POST', '/v1/inventory/ASKED/lots', { lotNumber: 'LOT-1', quantity: 10 });
    await api(stack, 'PUT', '/v1/agent-policy', { rules: [{ tools: ['create_order'] }] });
    const agent = await connect(stack, { subject: 'desk-agent' });
    const ask = (quantity: number) =>
      call(agent, 'create_order', {
        currency: 'USD',
        customer: { name: 'Ada' },
        lines: [{ sku: 'ASKED', quantity, unitPrice: '20.00' }],
      });
    const { approvalId: wanted } = await ask(3);
    const { approvalId: unwanted } = await ask(4);
    const outcome = (approvalId: string) => call(agent, 'check_approval', { approvalId });

    await operator().open('/approvals');
    const request = (units: number) =>
      page.getByRole('article').filter({ hasText: `reserves ${units} of LOT-1` });
    await request(3).getByText('desk-agent asks').waitFor();
    await request(3).getByText('$60.00').waitFor();
    await request(3).getByRole('button', { name: 'Approve' }).click();
    await request(3)
      .getByText(/decided by operator/)
      .waitFor();
    const { status, orderId } = await outcome(wanted);
    expect(status).toBe('APPROVED');

    await request(4).getByRole('textbox', { name: 'Reason for declining' }).fill('not today');
    await request(4).getByRole('button', { name: 'Decline' }).click();
    await request(4)
      .getByText(/not today/)
      .waitFor();
    expect(await outcome(unwanted)).toMatchObject({ status: 'DECLINED', detail: 'not today' });
    expect((await api(stack, 'GET', '/v1/orders?sku=ASKED')).body.items).toHaveLength(1);

    await operator().open(`/orders/${orderId}`);
    await page.getByRole('tab', { name: 'History' }).click();
    await page
      .getByText(/AI agent desk-agent, approved by operator/)
      .first()
      .waitFor();
  }, 60_000);
});
