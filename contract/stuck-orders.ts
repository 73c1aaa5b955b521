import * as z from 'zod';
import { pageOf } from './requests.ts';
import { OrderStateName } from './responses.ts';

const instant = z.string().meta({ format: 'date-time' });

/** GET /v1/operations/stuck-orders */
export const StuckOrdersQuery = z.strictObject(pageOf(100, 50));

/** An order whose workflow failed for good; the order itself is as its last command left it. */
export const StuckOrder = z
  .object({
    orderId: z.string(),
    state: OrderStateName,
    reportedAt: instant,
    failure: z.string().meta({ description: 'The error that ended the workflow.' }),
    restarts: z.int().meta({ description: 'Number of restarts of the workflow.' }),
    restartedAt: instant.optional(),
  })
  .meta({ id: 'StuckOrder' });
export type StuckOrder = z.infer<typeof StuckOrder>;

/** The result of a restart. */
export const RestartReport = z
  .object({
    orderId: z.string(),
    outcome: z.enum(['restarted', 'running', 'answered', 'settled']).meta({
      description: 'The workflow was started, is running, had its wait answered, or is no longer needed.',
    }),
  })
  .meta({ id: 'RestartReport' });
