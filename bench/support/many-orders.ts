import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { DescribeTableCommand, type TableDescription } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { CHANNELS } from '../../domain/order/channels.ts';
import type { Order } from '../../domain/order/order.ts';
import { headerItem } from '../../functions/adapters/dynamodb/order-items.ts';
import { receiveOrder } from '../../functions/orders/receive-order.ts';
import { createPorts } from '../../functions/wiring.ts';
import { findDynoxide } from '../../local/store/dynoxide.ts';
import { tableOf } from './baseline.ts';
import { startLoop } from './loop.ts';
import { benchOrder, reception } from './orders.ts';

const run = promisify(execFile);

const STATES = ['RECEIVED', 'ALLOCATED', 'FULFILLMENT_QUEUED', 'SHIPPED', 'DELIVERED', 'CLOSED'] as const;
const ORIGIN = { actor: { type: 'automation', id: 'bench' }, correlationId: 'bench' } as const;
/** One order was received in each second before this instant. */
const NEWEST = Date.parse('2026-01-01T00:00:00Z');

/** Number of orders of the customer `Rare`. */
const OF_RARE = 30;

/** A data folder for a loop. */
export interface FilledFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Creates a store with old orders: their headers in all indexes, which is what lists and the board read. A few are of
 * one customer who orders rarely. The embedded store imports them as a DynamoDB export, because writing them one after
 * another would take an hour.
 */
export async function fillWithOrders(count: number): Promise<FilledFolder> {
  const path = await mkdtemp(join(tmpdir(), 'order-loop-orders-'));
  const remove = () => rm(path, { recursive: true, force: true });
  try {
    const { table, order } = await pattern();
    const source = join(path, 'export', table.TableName ?? '');
    const schema = join(path, 'export', 'schema.json');
    await mkdir(source, { recursive: true });
    await writeFile(schema, JSON.stringify({ Table: table }));
    const lines = Array.from({ length: count }, (_, index) =>
      JSON.stringify({ Item: marshall(header(order, index, count), { removeUndefinedValues: true }) }),
    );
    await writeFile(join(source, 'orders.json.gz'), gzipSync(lines.join('\n')));
    const output = join(path, 'store.db');
    await run(findDynoxide(), ['import', '--source', source, '--schema', schema, '--output', output]);
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove };
}

/** The table of the app, and the items of a received order as a template. */
async function pattern(): Promise<{ table: TableDescription; order: Order }> {
  const loop = await startLoop({ background: false });
  try {
    const table = tableOf(loop.storeEndpoint, loop.tableName);
    const ports = createPorts(table, { receivesOrders: false });
    const command = reception(benchOrder(['MANY-1', 'MANY-2']));
    const received = await receiveOrder(ports, { orderId: 'BENCH-PATTERN', command, origin: ORIGIN });
    if (received.kind !== 'received')
      throw new Error(`the template order was not received: ${received.kind}`);
    const { Table } = await table.client.send(new DescribeTableCommand({ TableName: table.name }));
    return { table: Table as TableDescription, order: received.order };
  } finally {
    await loop.stop();
  }
}

function header(order: Order, index: number, count: number) {
  return headerItem({
    ...order,
    orderId: `BENCH-${index}`,
    channel: CHANNELS[index % CHANNELS.length] as (typeof CHANNELS)[number],
    state: STATES[index % STATES.length] as (typeof STATES)[number],
    receivedAt: new Date(NEWEST - index * 1000).toISOString(),
    customer: { name: index % Math.floor(count / OF_RARE) === 0 ? 'Rare' : `Customer ${index % 500}` },
  });
}
