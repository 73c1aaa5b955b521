import type { Table } from '../functions/adapters/dynamodb/client.ts';
import { personalDataStore } from '../functions/adapters/dynamodb/personal-data-store.ts';
import { personalRequestStore } from '../functions/adapters/dynamodb/personal-request-store.ts';
import { processRequests } from '../functions/privacy/process-requests.ts';
import { createPorts } from '../functions/wiring.ts';
import { until } from './until.ts';

/**
 * What the sweep does with requests about persons, without waiting for the time of its next run, after any run that is at
 * them already.
 *
 * @returns how many were finished
 */
export async function processPersonalRequests(table: Table): Promise<number> {
  const ports = createPorts(table, { receivesOrders: false });
  const stores = { requests: personalRequestStore(table), data: personalDataStore(table) };
  const report = (_: string | null, place: string, error: unknown) => {
    throw new Error(`nothing was erased at ${place}`, { cause: error });
  };
  const finished = await until(
    () => processRequests({ ports, ...stores, report }, Date.now() + 600_000),
    (count) => count !== null,
    300_000,
  );
  return finished ?? 0;
}
