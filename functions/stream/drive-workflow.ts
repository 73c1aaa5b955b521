import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { eventsOf } from '../adapters/dynamodb/stream-records.ts';
import { taskStore } from '../adapters/dynamodb/task-store.ts';
import { stepFunctions } from '../adapters/step-functions.ts';
import { driveWorkflow } from '../application/drive-workflow.ts';
import { createLogger, createPorts, createTable, environment } from '../wiring.ts';

const table = createTable();
const logger = createLogger();
const tools = {
  ports: createPorts(table, { receivesOrders: false }),
  tasks: taskStore(table),
  workflow: stepFunctions(environment('STATE_MACHINE_ARN')),
  atRiskDays: Number(environment('DELIVERY_WINDOW_AT_RISK_DAYS')),
};

/** Starts the workflow of a new order and answers what a workflow waits for, event by event, in their order. */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const { event, sequenceNumber } of eventsOf(Records)) {
    if (!('orderId' in event)) continue;
    try {
      await driveWorkflow(tools, event);
    } catch (error) {
      const { orderId, eventId } = event;
      logger.error('the workflow could not be told; the stream brings the event again', {
        error: error as Error,
        orderId,
        eventId,
      });
      return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
    }
  }
  return { batchItemFailures: [] };
}
