import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sharedStack, useStack } from '../../testing/stack.ts';
import { ALL_SCOPES, api, call, connect, refusal } from './session.ts';

/** A SKU that no other file of the shared loop uses. */
const GOODS = 'GOODS-TO-APPROVE';

const stack = useStack(sharedStack);

beforeAll(async () => {
  await api(stack(), 'POST', `/v1/inventory/${GOODS}/lots`, { lotNumber: 'LOT-1', quantity: 100_000 });
});

afterEach(async () => {
  await api(stack(), 'PUT', '/v1/agent-policy', { rules: [] });
});

const TERMS = {
  currency: 'USD',
  customer: { name: 'IRONRIDGE Construction', reference: 'C-88' },
  lines: [{ sku: GOODS, quantity: 10, unitPrice: '20.00' }],
};

async function newOrder(terms: object = {}): Promise<string> {
  const { body } = await api(stack(), 'POST', '/v1/orders', { ...TERMS, ...terms });
  return body.orderId;
}

/** An order that nothing but the test changes. */
async function heldOrder(): Promise<string> {
  const orderId = await newOrder();
  await api(stack(), 'POST', `/v1/orders/${orderId}/holds`, { reason: 'OTHER' });
  return orderId;
}

describe('the approval of a preview', () => {
  test('does what was shown, once, and tells a repeat that it was done', async () => {
    const client = await connect(stack());
    const before = await call(client, 'search_orders', { sku: GOODS, limit: 100 });
    const { approval } = await call(client, 'create_order', TERMS);
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => call(client, 'create_order', { ...TERMS, approval })),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const done = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    // Whoever did not hear the answer learns which order it was.
    expect(await refusal(client, 'create_order', { ...TERMS, approval })).toMatchObject({
      code: 'approval_used',
      orderId: done[0]?.order.orderId,
    });
    const after = await call(client, 'search_orders', { sku: GOODS, limit: 100 });
    expect(after.items.length).toBe(before.items.length + 1);
  });

  test('counts for nothing but the arguments that were shown', async () => {
    const client = await connect(stack());
    const orderId = await heldOrder();
    const cancellation = { orderId, reason: 'the customer changed their mind' };
    const { approval } = await call(client, 'cancel_order', cancellation);
    const others: [string, object][] = [
      ['cancel_order', { ...cancellation, reason: 'another reason' }],
      ['cancel_order', { ...cancellation, lines: [{ lineNumber: 1, quantity: 1 }] }],
      ['cancel_order', { ...cancellation, orderId: await heldOrder() }],
      ['hold_order', { orderId, reason: 'OTHER' }],
    ];
    for (const [tool, given] of others) {
      expect(await refusal(client, tool, { ...given, approval })).toMatchObject({
        code: 'approval_mismatch',
      });
    }
    expect(await call(client, 'cancel_order', { ...cancellation, approval })).toMatchObject({
      status: 'done',
      effect: { stateAfter: 'CANCELLED', released: [{ lotNumber: 'LOT-1', quantity: 10 }] },
    });
  });

  test('counts for the caller who saw the preview, and for nobody else', async () => {
    const orderId = await heldOrder();
    const cancellation = { orderId, reason: 'asked for' };
    const { approval } = await call(
      await connect(stack(), { subject: 'agent-1' }),
      'cancel_order',
      cancellation,
    );
    const other = await connect(stack(), { subject: 'agent-2' });
    expect(await refusal(other, 'cancel_order', { ...cancellation, approval })).toMatchObject({
      code: 'approval_mismatch',
    });
  });

  test('counts for the version that was shown', async () => {
    const client = await connect(stack());
    const orderId = await heldOrder();
    const cancellation = { orderId, reason: 'asked for' };
    const { approval } = await call(client, 'cancel_order', cancellation);
    await api(stack(), 'POST', `/v1/orders/${orderId}/holds`, { reason: 'HIGH_RISK_OF_FRAUD' });
    expect(await refusal(client, 'cancel_order', { ...cancellation, approval })).toMatchObject({
      code: 'stale_version',
    });
    expect((await call(client, 'get_order', { orderId })).state).toBe('ALLOCATED');
  });

  test.each(['', 'x', 'e30.e30.e30', 'A'.repeat(4096)])(
    'is none when it was made up: %.20s',
    async (approval) => {
      const client = await connect(stack());
      const orderId = await heldOrder();
      expect(await refusal(client, 'cancel_order', { orderId, reason: 'made up', approval })).toMatchObject({
        code: 'approval_mismatch',
      });
    },
  );

  test('shows all of what a large order gives back, in whatever steps it is done', async () => {
    const client = await connect(stack());
    const lines = Array.from({ length: 60 }, () => ({ sku: GOODS, quantity: 2, unitPrice: '1.00' }));
    const shown = await call(client, 'create_order', { ...TERMS, lines });
    expect(shown.effect).toMatchObject({ stateAfter: 'ALLOCATED' });
    expect(shown.effect.reserved).toHaveLength(60);
    const done = await call(client, 'create_order', { ...TERMS, lines, approval: shown.approval });
    const { orderId } = done.order;
    const given = { orderId, reason: 'asked for' };
    const { effect } = await call(client, 'cancel_order', given);
    expect(effect).toMatchObject({ stateAfter: 'CANCELLED' });
    expect(effect.released).toHaveLength(60);
  });

  test('is not given for what the order would refuse', async () => {
    const client = await connect(stack());
    const orderId = await heldOrder();
    expect(
      await refusal(client, 'ship_order', { orderId, carrier: 'UPS', trackingNumber: '1Z' }),
    ).toMatchObject({ code: 'illegal_transition', allowedTools: expect.arrayContaining(['release_hold']) });
  });
});

describe('a policy that asks for a person', () => {
  const cancelAbove = {
    rules: [{ tools: ['cancel_order'], amountAbove: { currency: 'USD', amount: '100.00' } }],
  };

  test('makes the agent wait until a person has approved, and does it once', async () => {
    await api(stack(), 'PUT', '/v1/agent-policy', cancelAbove);
    const client = await connect(stack());
    const orderId = await heldOrder();
    const asked = await call(client, 'cancel_order', { orderId, reason: 'asked for' });
    expect(asked.status).toBe('waiting_for_person');
    expect(asked).not.toHaveProperty('approval');
    const { approvalId } = asked;
    expect(await call(client, 'check_approval', { approvalId })).toMatchObject({ status: 'PENDING' });
    expect((await call(client, 'get_order', { orderId })).state).toBe('ALLOCATED');

    const pending = await api(stack(), 'GET', '/v1/approvals');
    expect(pending.body.items[0]).toMatchObject({ approvalId, tool: 'cancel_order', agent: 'local/agent-7' });
    const decisions = await Promise.all(
      Array.from({ length: 4 }, () => api(stack(), 'POST', `/v1/approvals/${approvalId}/approve`)),
    );
    expect(decisions.map(({ status }) => status)).toContain(200);
    expect(await call(client, 'check_approval', { approvalId })).toMatchObject({
      status: 'APPROVED',
      decidedBy: 'ada',
    });
    const { items } = await call(client, 'get_order_history', { orderId });
    expect(items.filter(({ type }: { type: string }) => type === 'OrderCancelled')).toHaveLength(1);
  });

  test('has rules of a size that can be kept, or is refused in words', async () => {
    const references = (count: number) =>
      Array.from({ length: count }, (_, index) => `${index}${'Ж'.repeat(120)}`);
    const rules = Array.from({ length: 6 }, () => ({ customerReferences: references(100) }));
    expect(await api(stack(), 'PUT', '/v1/agent-policy', { rules })).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', detail: expect.stringContaining('500') },
    });
    expect((await api(stack(), 'PUT', '/v1/agent-policy', { rules: rules.slice(0, 5) })).status).toBe(200);
  });

  test('lets what no rule meets pass with a preview alone', async () => {
    await api(stack(), 'PUT', '/v1/agent-policy', cancelAbove);
    const client = await connect(stack());
    const small = await newOrder({ lines: [{ sku: GOODS, quantity: 5, unitPrice: '20.00' }] });
    const given = { orderId: small, reason: 'asked for' };
    expect((await call(client, 'cancel_order', given)).status).toBe('preview');
    const note = { orderId: await heldOrder(), reason: 'OTHER' };
    expect((await call(client, 'hold_order', note)).status).toBe('preview');
  });

  test('is not got around by a change that takes the order out of its reach', async () => {
    await api(stack(), 'PUT', '/v1/agent-policy', {
      rules: [
        { tools: ['amend_order'], amountAbove: { currency: 'USD', amount: '100.00' } },
        { tools: ['amend_order'], customerReferences: ['C-88'] },
      ],
    });
    const client = await connect(stack());
    const orderId = await newOrder();
    const cheaper = { orderId, lines: [{ lineNumber: 1, unitPrice: '1.00' }] };
    expect(await call(client, 'amend_order', cheaper)).toMatchObject({
      status: 'waiting_for_person',
      effect: { totalBefore: '200.00', total: '10.00' },
    });
    const other = await newOrder({ lines: [{ sku: GOODS, quantity: 1, unitPrice: '20.00' }] });
    const renamed = { orderId: other, customerReference: 'C-89' };
    expect((await call(client, 'amend_order', renamed)).status).toBe('waiting_for_person');
  });

  test('what an agent asks twice stands before a person once', async () => {
    await api(stack(), 'PUT', '/v1/agent-policy', { rules: [{ tools: ['create_order'] }] });
    const client = await connect(stack());
    const terms = { ...TERMS, note: 'asked twice' };
    const first = await call(client, 'create_order', terms);
    expect(await call(client, 'create_order', terms)).toMatchObject({ approvalId: first.approvalId });
    const other = await connect(stack(), { subject: 'agent-9' });
    expect((await call(other, 'create_order', terms)).approvalId).not.toBe(first.approvalId);
    const path = `/v1/approvals/${first.approvalId}/approve`;
    expect((await api(stack(), 'POST', path)).body).toMatchObject({
      status: 'APPROVED',
      orderId: expect.stringContaining('ORD'),
    });
    expect((await call(client, 'create_order', terms)).approvalId).not.toBe(first.approvalId);
  });

  test('is decided by a person who is not the agent itself', async () => {
    await api(stack(), 'PUT', '/v1/agent-policy', { rules: [{}] });
    const client = await connect(stack(), { subject: 'ada' });
    const { approvalId } = await call(client, 'cancel_order', { orderId: await heldOrder(), reason: 'x' });
    for (const decision of ['approve', 'decline']) {
      const answer = await api(stack(), 'POST', `/v1/approvals/${approvalId}/${decision}`, {
        ...(decision === 'decline' && { reason: 'no' }),
      });
      expect(answer).toMatchObject({ status: 403, body: { code: 'person_required' } });
    }
  });

  test('is not decided by a program, whatever its token is named', async () => {
    await api(stack(), 'PUT', '/v1/agent-policy', { rules: [{}] });
    const client = await connect(stack());
    const { approvalId } = await call(client, 'cancel_order', { orderId: await heldOrder(), reason: 'x' });
    const program = { authorization: `Bearer ${await stack().token(ALL_SCOPES, 'batch', 'batch')}` };
    const asked = [
      ['POST', `/v1/approvals/${approvalId}/approve`, undefined],
      ['POST', `/v1/approvals/${approvalId}/decline`, { reason: 'no' }],
      // Whoever may loosen the policy needs no approval.
      ['PUT', '/v1/agent-policy', { rules: [] }],
    ] as const;
    for (const [method, path, body] of asked) {
      expect(await api(stack(), method, path, body, program)).toMatchObject({
        status: 403,
        body: { code: 'person_required' },
      });
    }
    expect((await api(stack(), 'GET', '/v1/agent-policy')).body).toEqual({ rules: [{}] });
  });

  test('a declined action is not done, and the agent is told why', async () => {
    await api(stack(), 'PUT', '/v1/agent-policy', { rules: [{ customerReferences: ['C-88'] }] });
    const client = await connect(stack());
    const orderId = await heldOrder();
    const { approvalId } = await call(client, 'cancel_order', { orderId, reason: 'asked for' });
    await api(stack(), 'POST', `/v1/approvals/${approvalId}/decline`, { reason: 'they called again' });
    expect(await call(client, 'check_approval', { approvalId })).toMatchObject({
      status: 'DECLINED',
      detail: 'they called again',
    });
    expect(await api(stack(), 'POST', `/v1/approvals/${approvalId}/approve`)).toMatchObject({
      status: 409,
      body: { code: 'approval_decided' },
    });
    expect((await call(client, 'get_order', { orderId })).state).toBe('ALLOCATED');
  });

  test('holds back an approval that was given before the policy', async () => {
    const client = await connect(stack());
    const given = { orderId: await heldOrder(), reason: 'asked for' };
    const { approval } = await call(client, 'cancel_order', given);
    await api(stack(), 'PUT', '/v1/agent-policy', { rules: [{}] });
    expect(await refusal(client, 'cancel_order', { ...given, approval })).toMatchObject({
      code: 'person_required',
    });
  });

  test('what a person approved too late is refused, not forced', async () => {
    await api(stack(), 'PUT', '/v1/agent-policy', { rules: [{}] });
    const client = await connect(stack());
    const orderId = await heldOrder();
    const { approvalId } = await call(client, 'cancel_order', { orderId, reason: 'asked for' });
    await api(stack(), 'POST', `/v1/orders/${orderId}/holds`, { reason: 'OTHER' });
    expect(await api(stack(), 'POST', `/v1/approvals/${approvalId}/approve`)).toMatchObject({
      status: 200,
      body: { status: 'REFUSED', detail: expect.stringContaining('moved on') },
    });
    expect((await call(client, 'get_order', { orderId })).state).toBe('ALLOCATED');
  });

  test('an agent sees only what it asked for itself', async () => {
    await api(stack(), 'PUT', '/v1/agent-policy', { rules: [{}] });
    const one = await connect(stack(), { subject: 'agent-1' });
    const given = { orderId: await heldOrder(), reason: 'asked for' };
    const { approvalId } = await call(one, 'cancel_order', given);
    const other = await connect(stack(), { subject: 'agent-2' });
    expect(await refusal(other, 'check_approval', { approvalId })).toMatchObject({ code: 'not_found' });
  });
});
