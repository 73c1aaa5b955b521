import { expect, test } from 'vitest';
import type { Approval } from '../../contract/agents.ts';
import type { AuditEntry } from '../../contract/audit.ts';
import type { Erasure } from '../../contract/personal-data.ts';
import { approvalStore } from '../../functions/adapters/dynamodb/approval-store.ts';
import { useOwnApi } from '../../testing/api.ts';
import { processPersonalRequests } from '../../testing/personal-requests.ts';
import { dump, person, tableOf, tracesOf } from './support.ts';

const api = useOwnApi();
const sweep = () => processPersonalRequests(tableOf(api()));

async function asked(approvalId: string, someone: ReturnType<typeof person>): Promise<Approval> {
  const requestedAt = new Date().toISOString();
  const approval: Approval = {
    ...{ approvalId, status: 'PENDING', tool: 'create_order', agent: 'agent-7' },
    ...{ requestedAt, expiresAt: new Date(Date.now() + 86_400_000).toISOString() },
    arguments: { customer: { name: `${someone.first} ${someone.last}`, email: someone.email } },
    effect: {
      stateAfter: 'RECEIVED',
      total: '1.00',
      currency: 'USD',
      reserved: [],
      released: [],
      events: [],
    },
  };
  expect(await approvalStore(tableOf(api())).add(approval)).toBe(true);
  return approval;
}
async function erase({ email }: ReturnType<typeof person>): Promise<() => Promise<Erasure>> {
  const { erasureId } = await api().done<Erasure>('POST', '/v1/erasures', { body: { email } });
  return () => api().done<Erasure>('GET', `/v1/erasures/${erasureId}`);
}
async function tracesLeft(someone: ReturnType<typeof person>): Promise<readonly string[]> {
  const contents = await dump(api());
  return tracesOf(someone).filter((trace) => contents.includes(trace));
}

test('what nobody has decided is declined by whoever erases, and the audit trail says so', async () => {
  const someone = person('UNDECIDEDQ');
  const { approvalId } = await asked('01UNDECIDED', someone);
  const state = await erase(someone);
  await sweep();
  expect(await state()).toMatchObject({ state: 'DONE', erased: { approvals: 1 } });
  expect(await tracesLeft(someone)).toEqual([]);
  const declined = await approvalStore(tableOf(api())).get(approvalId);
  expect(declined).toMatchObject({
    status: 'DECLINED',
    detail: 'erased',
    decidedBy: (await state()).requestedBy,
  });
  const { items } = await api().done<{ items: AuditEntry[] }>('GET', `/v1/audit?subject=${approvalId}`);
  expect(items.map(({ action }) => action)).toEqual(['approval.declined']);
});

test('what somebody approved is waited for until it is concluded', async () => {
  const someone = person('CLAIMEDQ');
  const approval = await asked('02CLAIMED', someone);
  const approvals = approvalStore(tableOf(api()));
  const mira = { actor: { type: 'human', id: 'mira' }, correlationId: 'claims' } as const;
  const claimed = await approvals.claim(approval.approvalId, mira, new Date().toISOString());
  const state = await erase(someone);
  await sweep();
  expect(await state()).toMatchObject({ state: 'RUNNING', waitingFor: { approvalIds: ['02CLAIMED'] } });
  expect((await approvals.get(approval.approvalId))?.arguments).toEqual(approval.arguments);

  await approvals.conclude({ ...approval, ...claimed, status: 'REFUSED', detail: `not for ${someone.last}` });
  await sweep();
  expect(await state()).toMatchObject({ state: 'DONE', erased: { approvals: 1 } });
  expect(await tracesLeft(someone)).toEqual([]);
});
