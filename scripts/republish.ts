import { parseArgs } from 'node:util';
import type { RepublishReport } from '../contract/republish.ts';
import { openLoop } from './operator.ts';

const USAGE = `Tells events of the history again, marked as a replay.

  npm run republish -- --order LMB-ORD-2026-0041
  npm run republish -- --from 2026-03-10T14:00:00Z --to 2026-03-10T15:00:00Z [--types OrderShipped,OrderClosed]
  npm run republish -- … --dry-run          counts, and tells nothing

It works on the loop at ORDER_LOOP_URL with the access token in ORDER_LOOP_TOKEN (scope operations/admin); without
them on the one that npm start runs.`;

/** Requests in a row of which the bus takes nothing before this gives up. */
const MAX_FAILURES = 5;

const { values } = parseArgs({
  options: {
    order: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    types: { type: 'string' },
    'dry-run': { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help === true || (values.order === undefined && values.from === undefined)) {
  console.log(USAGE);
  process.exit(values.help === true ? 0 : 2);
}

const loop = await openLoop(process.env);
const request = {
  orderId: values.order,
  from: values.from,
  to: values.to ?? (values.from === undefined ? undefined : new Date().toISOString()),
  types: values.types?.split(','),
  dryRun: values['dry-run'],
};
const told = { matched: 0, published: 0 };
let failures = 0;
let cursor: string | undefined;
do {
  const report = await loop.post<RepublishReport>('/v1/operations/republish', { ...request, cursor });
  told.matched += report.matched - report.refused;
  told.published += report.published;
  failures = report.refused > 0 && report.published === 0 ? failures + 1 : 0;
  if (failures === MAX_FAILURES) throw new Error(`the bus takes nothing of replay ${report.replayId}`);
  console.log(`replay ${report.replayId}: ${told.matched} events found, ${told.published} told`);
  cursor = report.cursor;
} while (cursor !== undefined);
