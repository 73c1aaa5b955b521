import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Approval } from '../../contract/agents.ts';
import { approvalStore } from '../../functions/adapters/dynamodb/approval-store.ts';
import { auditTrail } from '../../functions/adapters/dynamodb/audit-trail.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { getItem, type StoredItem } from '../../functions/adapters/dynamodb/items.ts';
import { approvalKey } from '../../functions/adapters/dynamodb/keys.ts';
import { eraseItem, personalItems } from '../../functions/adapters/dynamodb/personal-items.ts';
import { type ApprovalStore, approve, askPerson, decline } from '../../functions/agents/approvals.ts';
import type { Actor } from '../../functions/events/envelope.ts';
import type { Ports } from '../../functions/orders/ports.ts';
import { createPorts } from '../../functions/wiring.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const agent = (name: string) => ({ name, subject: name });
const ADA = { type: 'human', id: 'ada' } as const;
const by = (actor: Actor, correlationId = 'test') => ({ actor, correlationId });

let table: Table;
let ports: Ports;
let loop: TestLoop;
let approvals: ApprovalStore;

beforeAll(async () => {
  table = await store.newTable();
  ports = createPorts(table, { receivesOrders: false });
  loop = testLoop(table, ports);
  approvals = approvalStore(table);
  await loop.stock('GOODS', 'LOT-1', 1000);
});

/** An agent's wish to cancel an order of its own, put before a person. */
async function asked(orderId: string): Promise<Approval> {
  const order = await loop.receive({ orderId, lines: [{ sku: 'GOODS', quantity: 5 }] });
  const action = { tool: 'cancel_order', arguments: { orderId, reason: 'asked for' } } as const;
  const { state, version, total, currency } = order;
  const effect = {
    ...{ orderId, stateBefore: state, stateAfter: 'CANCELLED', version, total, currency },
    ...{ reserved: [], released: [], events: [] },
  } as const;
  const approval = await askPerson(
    ports,
    approvals,
    action,
    { effect, changes: { changes: [] } },
    agent('agent-7'),
  );
  if (typeof approval === 'string') throw new Error(approval);
  return approval;
}

/** Somebody who looks whether the approval was used just before another approves, and continues when the other has done it. */
function overtakenBy(other: () => Promise<unknown>): Ports {
  let looked = false;
  return {
    ...ports,
    idempotency: {
      ...ports.idempotency,
      async find(scope, key) {
        const found = await ports.idempotency.find(scope, key);
        if (!looked) {
          looked = true;
          await other();
        }
        return found;
      },
    },
  };
}

/** A store whose process ends before the decision can be noted. */
const cutOff: () => ApprovalStore = () => ({
  ...approvals,
  conclude: () => Promise.reject(new Error('cut off')),
});

describe('an approval that two give at once', () => {
  test('is noted as approved by the one who comes second, too', async () => {
    const pending = await asked('TWICE-1');
    const second = overtakenBy(() =>
      expect(approve(ports, cutOff(), pending, by(ADA, 'first'))).rejects.toThrow('cut off'),
    );
    expect(await approve(second, approvals, pending, by(ADA, 'second'))).toMatchObject({
      status: 'APPROVED',
      decidedBy: 'ada',
    });
    expect(await approvals.get(pending.approvalId)).toMatchObject({ status: 'APPROVED' });
    const history = await loop.history('TWICE-1');
    expect(history.filter(({ type }) => type === 'OrderCancelled')).toHaveLength(1);
  });
});

test('what one person approves another cannot decline meanwhile', async () => {
  const pending = await asked('BOTH-1');
  const bob = { type: 'human', id: 'bob' } as const;
  const interrupted = overtakenBy(async () => {
    expect(await decline(ports, approvals, pending, by(bob), 'no')).toBeNull();
  });
  expect(await approve(interrupted, approvals, pending, by(ADA, 'first'))).toMatchObject({
    status: 'APPROVED',
  });
  const { state } = await loop.order('BOTH-1');
  expect(state).toBe('CANCELLED');
  expect(await approvals.get(pending.approvalId)).toMatchObject({ status: 'APPROVED', decidedBy: 'ada' });
});

test('what was declined cannot be approved, and is not carried out', async () => {
  const pending = await asked('DECLINED-1');
  expect(await decline(ports, approvals, pending, by(ADA), 'no')).toMatchObject({ status: 'DECLINED' });
  expect(await approve(ports, approvals, pending, by(ADA, 'late'))).toBeNull();
  expect((await loop.order('DECLINED-1')).state).toBe('ALLOCATED');
});

test('an agent that waits for very many decisions gets no further one', async () => {
  const one = await asked('FLOOD-1');
  await Promise.all(
    Array.from({ length: 60 }, () =>
      approvals.add({ ...one, agent: 'hasty', approvalId: ports.newId(), requestedAt: ports.now() }),
    ),
  );
  const action = { tool: 'release_allocation', arguments: { orderId: 'FLOOD-1' } } as const;
  expect(
    await askPerson(
      ports,
      approvals,
      action,
      { effect: one.effect, changes: { changes: [] } },
      agent('hasty'),
    ),
  ).toBe('too-many');
  expect(
    await askPerson(
      ports,
      approvals,
      action,
      { effect: one.effect, changes: { changes: [] } },
      agent('patient'),
    ),
  ).toMatchObject({
    status: 'PENDING',
  });
});

test('large requests are kept whole, and what is more than can be kept is not asked', async () => {
  const one = await asked('LARGE-1');
  const since = new Date(Date.parse(one.requestedAt) - 1).toISOString();
  const ask = (words: (line: number) => string) => {
    const lines = Array.from({ length: 1000 }, (_, line) => ({ sku: words(line), quantity: 1 }));
    const action = { tool: 'create_order', arguments: { lines } } as never;
    return askPerson(
      ports,
      approvals,
      action,
      { effect: one.effect, changes: { changes: [] } },
      agent('bulky'),
    );
  };
  const large = await ask((line) => `${'a long number of a SKU '.repeat(25)}${line}`);
  if (typeof large === 'string') throw new Error(large);
  expect(await approvals.get(large.approvalId)).toEqual(large);
  const digest = (line: number) => createHash('sha512').update(`${line}`).digest('hex');
  expect(await ask((line) => [0, 1, 2, 3, 4].map((part) => digest(line * 7 + part)).join(''))).toBe(
    'too-large',
  );
  expect((await approvals.pending(since)).map(({ approvalId }) => approvalId)).toContain(large.approvalId);
});

test('what an earlier release kept is read and decided', async () => {
  const one = await asked('EARLIER-1');
  const earlier = { ...one, approvalId: ports.newId() };
  await table.client.send(
    new PutCommand({
      TableName: table.name,
      Item: {
        pk: 'APPROVALS',
        sk: earlier.approvalId,
        kind: 'APPROVAL',
        status: 'PENDING',
        approval: earlier,
      },
    }),
  );
  expect(await approvals.get(earlier.approvalId)).toEqual(earlier);
  expect(await decline(ports, approvals, earlier, by(ADA), 'no')).toMatchObject({ status: 'DECLINED' });
  expect(await approvals.get(earlier.approvalId)).toMatchObject({ status: 'DECLINED', detail: 'no' });
});

test('the history names the agent, and who approved', async () => {
  const pending = await asked('NAMED-1');
  await approve(ports, approvals, pending, by(ADA, 'one'));
  const cancelled = (await loop.history('NAMED-1')).find(({ type }) => type === 'OrderCancelled');
  expect(cancelled?.actor).toEqual({ type: 'ai-agent', id: 'agent-7', approvedBy: 'ada' });
});

test('more than a page of requests that wait is found whole, and what was decided is not among them', async () => {
  const one = await asked('MANY-1');
  const since = new Date(Date.parse(one.requestedAt) - 1).toISOString();
  await Promise.all(
    Array.from({ length: 120 }, () =>
      approvals.add({ ...one, agent: 'many', approvalId: ports.newId(), requestedAt: ports.now() }),
    ),
  );
  const pending = await approvals.pending(since);
  expect(pending.map(({ approvalId }) => approvalId)).toContain(one.approvalId);
  expect(pending.length).toBeGreaterThanOrEqual(121);
  await decline(ports, approvals, one, by(ADA), 'no');
  expect((await approvals.pending(since)).map(({ approvalId }) => approvalId)).not.toContain(one.approvalId);
});

describe('an approval that was carried out and not noted', () => {
  test('is noted as approved when it is given again', async () => {
    const pending = await asked('CUT-1');
    await expect(approve(ports, cutOff(), pending, by(ADA, 'first'))).rejects.toThrow('cut off');
    expect(await approve(ports, approvals, pending, by(ADA, 'second'))).toMatchObject({ status: 'APPROVED' });
  });

  test('is noted as refused when the order refused it', async () => {
    const pending = await asked('REFUSED-1');
    await loop.command('REFUSED-1', { type: 'QueueFulfillment' });
    await loop.command('REFUSED-1', { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' });
    const { version } = await loop.order('REFUSED-1');
    const late = { ...pending, effect: { ...pending.effect, version } };
    await expect(approve(ports, cutOff(), late, by(ADA, 'first'))).rejects.toThrow('cut off');
    expect(await approve(ports, approvals, late, by(ADA, 'second'))).toMatchObject({
      status: 'REFUSED',
      detail: expect.stringContaining('SHIPPED'),
    });
  });
});

test('the audit trail has who approved and who declined, once each', async () => {
  const [approved, declined] = [await asked('AUDITED-1'), await asked('AUDITED-2')];
  for (const correlationId of ['first', 'again']) {
    await approve(ports, approvals, approved, by(ADA, correlationId));
    await decline(ports, approvals, declined, by(ADA, correlationId), 'not now');
  }
  const trail = async (subject: string) => (await auditTrail(table).list({ subject }, 10, null)).items;
  expect(await trail(approved.approvalId)).toMatchObject([
    {
      action: 'approval.approved',
      actor: ADA,
      correlationId: 'first',
      after: { tool: 'cancel_order', agent: 'agent-7', orderId: 'AUDITED-1' },
    },
  ]);
  expect(await trail(declined.approvalId)).toMatchObject([
    { action: 'approval.declined', actor: ADA, after: { orderId: 'AUDITED-2', reason: 'not now' } },
  ]);
  expect(await auditTrail(table).verify(null)).toMatchObject({ firstBroken: null });
});

describe('an approval of somebody who is erased', () => {
  const withPerson = (approval: object) => ({
    ...approval,
    arguments: { orderId: 'ERASED-1', reason: 'Ada Lovelace moved', shipTo: { name: 'Ada Lovelace' } },
    changes: [{ field: 'shipTo.name', before: 'Ada Lovelace', after: 'Countess Lovelace' }],
    moreChanges: 2,
  });

  test.each(['as it is kept now', 'as an earlier release kept it'])(
    'says nothing of them: %s',
    async (form) => {
      const { approvalId } = await asked(form === 'as it is kept now' ? 'ERASED-1' : 'ERASED-2');
      const item = (await getItem(table, approvalKey(approvalId))) as StoredItem;
      const approval = withPerson(JSON.parse(gunzipSync(item.asked as Uint8Array).toString()));
      const { asked: _, ...undecided } = item;
      // Nothing is erased of what somebody may approve still.
      expect(await eraseItem(table, item)).toBeNull();
      expect(await getItem(table, approvalKey(approvalId))).toEqual(item);
      const bare = { ...undecided, status: 'DECLINED' };
      const kept =
        form === 'as it is kept now'
          ? { ...bare, asked: gzipSync(JSON.stringify(approval)) }
          : { ...bare, approval };
      await table.client.send(new PutCommand({ TableName: table.name, Item: kept }));

      expect(personalItems(kept)?.orderIdsOf(kept)).toContain('ERASED-1');
      expect(await eraseItem(table, kept)).toBe('approvals');
      const erased = (await getItem(table, approvalKey(approvalId))) as StoredItem;
      expect('asked' in erased).toBe('asked' in kept);
      const text = JSON.stringify(personalItems(erased)?.shown(erased)).toLowerCase();
      expect(text).not.toContain('lovelace');
      expect(await approvals.get(approvalId)).toMatchObject({ approvalId, status: 'DECLINED' });
    },
  );
});
