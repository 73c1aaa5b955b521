import type { RebuildProgress } from '../contract/overview.ts';
import { openLoop } from './operator.ts';

// Rebuilds the counts of the board and the overview: npm run rebuild-board

const loop = await openLoop(process.env);
for (;;) {
  const progress = await loop.post<RebuildProgress>('/v1/operations/overview/rebuild', {});
  console.log(`${progress.orders} orders counted`);
  if (progress.status === 'COMPLETE') break;
}
console.log('the board and the overview show the new counts');
