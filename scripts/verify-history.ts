/**
 * `npm run verify-history` proves that the histories of orders and lots are as they were written, and names each that
 * is not.
 *
 *   npm run verify-history                                   all orders and lots
 *   npm run verify-history -- --order LMB-ORD-2026-0041
 *   npm run verify-history -- --sku LMB-BRS-001              the lots of a SKU
 *   npm run verify-history -- --from 2026-03-01T00:00:00Z [--to 2026-03-31T23:59:59Z]     orders received then
 *   npm run verify-history -- --checkpoint 2026-03-31        what the signed checkpoint of that day lists
 *
 * It uses the loop at ORDER_LOOP_URL with the access token in ORDER_LOOP_TOKEN (scope operations/admin), by default the
 * local one of `npm start`. Ends with 1 when a history is broken.
 */

import type { HistoryVerification } from '../contract/history-verification.ts';
import { readOptions } from '../local/options.ts';
import { openLoop } from './operator.ts';

const { values } = readOptions(import.meta.filename, {
  order: { type: 'string' },
  sku: { type: 'string' },
  checkpoint: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
});
const loop = await openLoop(process.env);
const total = { orders: 0, lots: 0, events: 0, unsealed: 0, broken: 0 };
let cursor: string | undefined;
do {
  const { order: orderId, ...others } = values;
  const given = { orderId, ...others, cursor };
  const query = new URLSearchParams(
    Object.entries(given).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const page = await loop.get<HistoryVerification>(`/v1/operations/history-verification?${query}`);
  total.orders += page.orders;
  total.lots += page.lots;
  total.events += page.events;
  total.unsealed += page.unsealed;
  total.broken += page.broken.length;
  for (const fault of page.broken) console.log(`${nameOf(fault)}: ${fault.reason}`);
  cursor = page.nextCursor;
} while (cursor !== undefined);
console.log(
  `${total.orders} orders and ${total.lots} lots with ${total.events} events verified, ${total.unsealed} of them from before there were digests; ${total.broken} histories are broken`,
);
if (total.broken > 0) process.exitCode = 1;

function nameOf(fault: HistoryVerification['broken'][number]): string {
  if ('checkpoint' in fault) return `checkpoint of ${fault.checkpoint}`;
  const name = 'orderId' in fault ? fault.orderId : `${fault.sku}, lot ${fault.lotNumber}`;
  return `${name}, event ${fault.sequence}`;
}
