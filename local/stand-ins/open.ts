import { readFileSync } from 'node:fs';
import type { Keeper } from '../aws/secrets.ts';
import { squareStandIn } from './square.ts';
import { standInRoutes } from './stand-ins.ts';

/** The stand-ins of this machine, with the sample orders in their shops. */
export function openStandIns(kept: Keeper) {
  return standInRoutes({ square: squareStandIn(kept, [sample('square/order.json').order]) });
}

function sample(file: string): { readonly order?: unknown } {
  return JSON.parse(readFileSync(new URL(`../sample/${file}`, import.meta.url), 'utf8')) as {
    order?: unknown;
  };
}
