import { join } from 'node:path';

/** What can be made again at any time, so that the next start need not; `npm ci` removes it. */
export const CACHE = join(import.meta.dirname, '..', 'node_modules', '.cache', 'order-loop');
