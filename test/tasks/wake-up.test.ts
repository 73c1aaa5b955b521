import { SFNClient } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { taskStore } from '../../functions/adapters/dynamodb/task-store.ts';
import { stepFunctions } from '../../functions/adapters/step-functions.ts';
import type { OrderEnvelope } from '../../functions/events/envelope.ts';
import { driveWorkflow } from '../../functions/fulfillment/drive-workflow.ts';
import { waitForTask } from '../../functions/fulfillment/wait-for-task.ts';
import type { WorkflowDependencies } from '../../functions/fulfillment/workflow.ts';
import { useAws } from '../../testing/aws.ts';
import { testLoop } from '../../testing/loop.ts';
import { stepFunctionsFake } from '../../testing/step-functions.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const fake = stepFunctionsFake();
const aws = useAws(fake.actions);
let table: Table;
let client: SFNClient;

beforeAll(async () => {
  table = await store.newTable();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new SFNClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials });
});

/** Points of a step that waits, in their order, at which something else can come in between. */
const POINTS = [
  'before the token is saved',
  'before the order is looked at',
  'after it was looked at',
  'at the end',
];
const PAIRS = POINTS.flatMap((_, happens) =>
  POINTS.slice(happens).map((__, later) => ({ happens, told: happens + later })),
);

describe('an order that becomes ready while its workflow begins to wait', () => {
  it.each(PAIRS)('is not waited for in vain: ready at point $happens, told at point $told', async (pair) => {
    const orderId = `LMB-ORD-2026-${pair.happens}${pair.told}`;
    const sku = `sku-of-${orderId}`;
    const loop = testLoop(table);
    await loop.receive({ orderId, lines: [{ sku, quantity: 1 }] });
    await loop.stock(sku, 'L1', 1);

    const tools: WorkflowDependencies = {
      ports: loop.ports,
      tasks: taskStore(table),
      workflow: stepFunctions(undefined, client),
      atRiskDays: 2,
    };
    let events: readonly OrderEnvelope[] = [];
    const at = async (point: number) => {
      if (point === pair.happens) events = await loop.command(orderId, { type: 'CompleteAllocation' });
      if (point === pair.told) await driveWorkflow(tools, orderId, events);
    };
    const interrupted: WorkflowDependencies = {
      ...tools,
      tasks: {
        ...tools.tasks,
        async save(id, task) {
          await at(0);
          await tools.tasks.save(id, task);
        },
      },
      ports: {
        ...tools.ports,
        orders: {
          ...tools.ports.orders,
          async load(id) {
            await at(1);
            const order = await tools.ports.orders.load(id);
            await at(2);
            return order;
          },
        },
      },
    };

    const taskToken = fake.wait(`token of ${orderId}`);
    await waitForTask(interrupted, 'allocation', { orderId, taskToken, windowTimeoutSeconds: 31_536_000 });
    await at(3);

    expect(fake.answers.get(taskToken)?.kind).toBe('success');
    expect(await tools.tasks.find(orderId)).toBeNull();
  });
});
