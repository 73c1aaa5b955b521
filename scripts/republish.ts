/**
 * `npm run republish` publishes events of the history again, marked as a replay.
 *
 *   npm run republish -- --order LMB-ORD-2026-0041
 *   npm run republish -- --from 2026-03-10T14:00:00Z --to 2026-03-10T15:00:00Z [--types OrderShipped,OrderClosed]
 *   npm run republish -- … --dry-run          counts only
 *
 * It uses the loop at ORDER_LOOP_URL with the access token in ORDER_LOOP_TOKEN (scope operations/admin), by default the
 * local one of `npm start`.
 */

import type { RepublishReport } from '../contract/republish.ts';
import { readOptions, refuse } from '../local/options.ts';
import { openLoop } from './operator.ts';

/** Consecutive requests without a published event after which this gives up. */
const MAX_FAILURES = 5;

const { values } = readOptions(import.meta.filename, {
  order: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  types: { type: 'string' },
  'dry-run': { type: 'boolean' },
});
if (values.order === undefined && values.from === undefined) {
  refuse(import.meta.filename, 'name an order, or from when on');
}

const loop = await openLoop(process.env);
const request = {
  orderId: values.order,
  from: values.from,
  to: values.to ?? (values.from === undefined ? undefined : new Date().toISOString()),
  types: values.types?.split(','),
  dryRun: values['dry-run'],
};
const total = { matched: 0, published: 0 };
let failures = 0;
let cursor: string | undefined;
do {
  const report = await loop.post<RepublishReport>('/v1/operations/republish', { ...request, cursor });
  total.matched += report.matched - report.refused;
  total.published += report.published;
  failures = report.refused > 0 && report.published === 0 ? failures + 1 : 0;
  if (failures === MAX_FAILURES) throw new Error(`the bus accepts no event of replay ${report.replayId}`);
  console.log(`replay ${report.replayId}: ${total.matched} events found, ${total.published} published`);
  cursor = report.cursor;
} while (cursor !== undefined);
