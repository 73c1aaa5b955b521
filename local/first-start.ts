import { connectPartners, reconnectFakes } from './connections.ts';
import { withEnvironment } from './functions/runtime.ts';
import { seed } from './seed.ts';
import type { Journal } from './sqlite-store.ts';
import type { FunctionDescription } from './template/description.ts';

/** The function whose environment holds all that receiving an order needs. */
const ORDERS_ENTRY = 'functions/api/orders.ts';

export interface FirstStartOptions {
  readonly journal: Journal;
  readonly url: string;
  readonly functions: readonly FunctionDescription[];
  /** Whether an empty store gets the sample orders. */
  readonly seed: boolean;
  token(scope: string): Promise<string>;
}

/**
 * Fills a new store: the connections that sample messages need, and the sample orders where they are asked for. What a
 * kill cut off is finished by the next start; what was done once is not done again, so nothing comes back that was
 * deleted.
 */
export async function prepareFirstStart(options: FirstStartOptions): Promise<void> {
  const { journal, url, token } = options;
  const orders = options.functions.find(({ entry }) => entry === ORDERS_ENTRY);
  // Another app than ours, as tests run it, has neither connections nor orders.
  if (orders === undefined) return;
  if (journal.read('connected') === null) {
    await connectPartners(url, await token('operations/admin'));
    journal.write('connected', 'done');
  } else {
    await reconnectFakes(url, await token('operations/admin'));
  }
  if (!options.seed || journal.read('seeded') === 'done') return;
  if (journal.read('seeded') === null && !(await hasNoOrders(url, await token('orders/read')))) return;
  journal.write('seeded', 'begun');
  const ports = await withEnvironment(orders.environment, async () => {
    // Loaded by the functions before, with their environment: on top of this file it would be the first to load it.
    const { createPorts, createTable } = await import('../functions/wiring.ts');
    return createPorts(createTable(), { receivesOrders: true });
  });
  await seed(ports);
  journal.write('seeded', 'done');
}

async function hasNoOrders(url: string, token: string): Promise<boolean> {
  const response = await fetch(`${url}/v1/orders?limit=1`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`the orders cannot be listed: ${response.status}`);
  const { items } = (await response.json()) as { items: readonly unknown[] };
  return items.length === 0;
}
