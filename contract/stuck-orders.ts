import * as z from 'zod';
import { pageOf } from './requests.ts';
import { OrderStateName } from './responses.ts';

const instant = z.string().meta({ format: 'date-time' });

/** GET /v1/operations/stuck-orders */
export const StuckOrdersQuery = z.strictObject(pageOf(100, 50));

/** An order whose workflow gave up; the order itself is as its last command left it. */
export const StuckOrder = z
  .object({
    orderId: z.string(),
    state: OrderStateName,
    reportedAt: instant,
    failure: z.string().meta({ description: 'What the workflow ended with.' }),
    restarts: z.int().meta({ description: 'How often the workflow was started again.' }),
    restartedAt: instant.optional(),
  })
  .meta({ id: 'StuckOrder' });
export type StuckOrder = z.infer<typeof StuckOrder>;

/** What came of asking for a workflow to be started again. */
export const RestartReport = z
  .object({
    orderId: z.string(),
    outcome: z
      .enum(['restarted', 'running', 'answered', 'settled'])
      .meta({ description: 'Whether it was started; or runs, was answered, or is not needed any more.' }),
  })
  .meta({ id: 'RestartReport' });
