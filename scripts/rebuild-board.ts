/**
 * `npm run rebuild-board` rebuilds the counts of the board and the overview from the orders. It uses the loop at
 * ORDER_LOOP_URL with the access token in ORDER_LOOP_TOKEN (scope operations/admin), by default the local one of `npm start`.
 */
import type { RebuildProgress } from '../contract/overview.ts';
import { readOptions } from '../local/options.ts';
import { openLoop } from './operator.ts';

readOptions(import.meta.filename, {});
const loop = await openLoop(process.env);
for (;;) {
  const progress = await loop.post<RebuildProgress>('/v1/operations/overview/rebuild', {});
  console.log(`${progress.orders} orders counted`);
  if (progress.status === 'COMPLETE') break;
}
console.log('the board and the overview show the new counts');
