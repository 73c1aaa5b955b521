import * as z from 'zod';
import { stuckStore } from '../adapters/dynamodb/stuck-store.ts';
import { observed } from '../middleware/observed.ts';
import { createLogger, createTable } from '../wiring.ts';

const Report = z.object({ orderId: z.string(), executionArn: z.string(), failure: z.unknown() });

const stuck = stuckStore(createTable());
const logger = createLogger();

/** Leaves an order visible whose workflow gave up; the order itself is as its last command left it. */
export const handler = observed<unknown, void>(logger, async (input) => {
  const { orderId, executionArn, failure } = Report.parse(input);
  const executionName = executionArn.slice(executionArn.lastIndexOf(':') + 1);
  await stuck.report(orderId, executionName, JSON.stringify(failure ?? null).slice(0, 4000));
  logger.error('a workflow gave up; drive the order on by hand, or start its workflow again', {
    orderId,
    executionArn,
  });
});
