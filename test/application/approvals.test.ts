import { beforeAll, describe, expect, test } from 'vitest';
import type { Approval } from '../../contract/agents.ts';
import { approvalStore } from '../../functions/adapters/dynamodb/approval-store.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { type ApprovalStore, approve, askPerson } from '../../functions/application/agents/approvals.ts';
import type { Ports } from '../../functions/application/ports.ts';
import { createPorts } from '../../functions/wiring.ts';
import { type TestLoop, testLoop } from '../support/loop.ts';
import { useStore } from '../support/store.ts';

const store = useStore();
const ADA = { type: 'human', id: 'ada' } as const;

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
  return askPerson(ports, approvals, action, effect, 'agent-7');
}

/** Somebody who looks at the receipt just before another approves, and goes on when the other has done it. */
function overtakenBy(other: () => Promise<unknown>): Ports {
  let looked = false;
  return {
    ...ports,
    receipts: {
      ...ports.receipts,
      async isKnown(receipt) {
        if (looked) return ports.receipts.isKnown(receipt);
        looked = true;
        const isKnown = await ports.receipts.isKnown(receipt);
        await other();
        return isKnown;
      },
    },
  };
}

/** A store whose process ends before the decision can be noted. */
const cutOff: () => ApprovalStore = () => ({
  ...approvals,
  decide: () => Promise.reject(new Error('cut off')),
});

describe('an approval that two give at once', () => {
  test('is noted as approved by the one who comes second, too', async () => {
    const pending = await asked('TWICE-1');
    const second = overtakenBy(() =>
      expect(approve(ports, cutOff(), pending, ADA, 'first')).rejects.toThrow('cut off'),
    );
    expect(await approve(second, approvals, pending, ADA, 'second')).toMatchObject({
      status: 'APPROVED',
      decidedBy: 'ada',
    });
    expect(await approvals.get(pending.approvalId)).toMatchObject({ status: 'APPROVED' });
    const history = await loop.history('TWICE-1');
    expect(history.filter(({ type }) => type === 'OrderCancelled')).toHaveLength(1);
  });
});

describe('an approval that was carried out and not noted', () => {
  test('is noted as approved when it is given again', async () => {
    const pending = await asked('CUT-1');
    await expect(approve(ports, cutOff(), pending, ADA, 'first')).rejects.toThrow('cut off');
    expect(await approve(ports, approvals, pending, ADA, 'second')).toMatchObject({ status: 'APPROVED' });
  });

  test('is noted as refused when the order refused it', async () => {
    const pending = await asked('REFUSED-1');
    await loop.command('REFUSED-1', { type: 'QueueFulfillment' });
    await loop.command('REFUSED-1', { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z' });
    const { version } = await loop.order('REFUSED-1');
    const late = { ...pending, effect: { ...pending.effect, version } };
    await expect(approve(ports, cutOff(), late, ADA, 'first')).rejects.toThrow('cut off');
    expect(await approve(ports, approvals, late, ADA, 'second')).toMatchObject({
      status: 'REFUSED',
      detail: expect.stringContaining('SHIPPED'),
    });
  });
});
