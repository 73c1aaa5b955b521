import { beforeAll, beforeEach, expect, test } from 'vitest';
import { eventHistory } from '../../functions/adapters/dynamodb/event-history.ts';
import { taskStore } from '../../functions/adapters/dynamodb/task-store.ts';
import { type Republisher, republishSpan } from '../../functions/events/dead-letters.ts';
import type { Envelope } from '../../functions/events/envelope.ts';
import type { StepResult } from '../../functions/fulfillment/workflow.ts';
import { type TestLoop, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const put: Envelope[] = [];
const started: StepResult[] = [];
const answered: { readonly taskToken: string; readonly orderId: string }[] = [];
let loop: TestLoop;
let tools: Republisher;
let takesAll = true;

beforeAll(async () => {
  const table = await store.newTable();
  loop = testLoop(table);
  tools = {
    history: eventHistory(table),
    bus: {
      async put(events) {
        if (!takesAll) return events.map(() => ({ reason: 'ThrottlingException', isFinal: false }));
        put.push(...events);
        return events.map(() => null);
      },
    },
    pause: async () => {},
    newId: () => 'replay-1',
    workflows: {
      ports: loop.ports,
      tasks: taskStore(table),
      workflow: {
        start: async (input) => void started.push(input),
        succeed: async (taskToken, { orderId }) => void answered.push({ taskToken, orderId }),
        fail: async () => {},
      },
      atRiskDays: 2,
    },
  };
  await loop.stock('REDRIVE', 'L1', 10);
  for (const [orderId, day] of [
    ['LMB-ORD-2026-0001', '09'],
    ['LMB-ORD-2026-0002', '10'],
    ['LMB-ORD-2026-0003', '11'],
  ] as const) {
    loop.setClock(`2026-03-${day}T14:00:00.000Z`);
    await loop.receive({ orderId, lines: [{ sku: 'REDRIVE', quantity: 1 }] });
  }
  loop.setClock(null);
});
beforeEach(() => {
  put.length = 0;
  takesAll = true;
});

const TENTH = { from: '2026-03-10T13:58:00.000Z', to: '2026-03-10T14:00:01.000Z' };
const soon = () => Date.now() + 60_000;

test('what the publisher gave up on is published again, in its order and as a replay, and nothing else', async () => {
  expect(await republishSpan(tools, 'event-publisher', TENTH, soon())).toBe(true);
  expect(put).toMatchObject([
    { type: 'OrderReceived', orderId: 'LMB-ORD-2026-0002', replay: true, replayId: 'replay-1' },
    { type: 'OrderAllocated', orderId: 'LMB-ORD-2026-0002', replay: true, replayId: 'replay-1' },
  ]);
});

test('what the bus does not take leaves the letter where it is', async () => {
  takesAll = false;
  expect(await republishSpan(tools, 'event-publisher', TENTH, soon())).toBe(false);
});

test('a workflow that missed its event is started and answered', async () => {
  const orderId = 'LMB-ORD-2026-0002';
  await tools.workflows.tasks.save(orderId, {
    taskToken: 'token',
    waitFor: 'allocation',
    savedAt: '2026-03-10T14:00:00.000Z',
  });
  expect(await republishSpan(tools, 'workflow-driver', TENTH, soon())).toBe(true);
  expect(started.map((input) => input.orderId)).toEqual([orderId]);
  expect(answered).toEqual([{ taskToken: 'token', orderId }]);
  expect(put).toEqual([]);
});
