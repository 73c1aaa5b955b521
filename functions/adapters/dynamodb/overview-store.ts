import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ORDER_STATES } from '../../../domain/order/lifecycle.ts';
import { Channel, DeliveryWindow } from '../../../domain/order/terms.ts';
import type {
  ProjectionStore,
  ProjectionWrite,
  StoredProjection,
} from '../../reporting/overview/count-order.ts';
import { type Counted, rowName, rowOf } from '../../reporting/overview/counts.ts';
import type { OrderProjection } from '../../reporting/overview/order-projection.ts';
import type { GenerationStore, Generations } from '../../reporting/overview/rebuild.ts';
import type { OverviewRows } from '../../reporting/overview/rows.ts';
import type { Table } from './client.ts';
import { type Fields, parseItem, queryAll, type StoredItem, StoredKey, wasWritten } from './items.ts';
import { ARRIVAL_SHARDS, GENERATIONS, type Key, overviewPartition, projectionKey, shardOf } from './keys.ts';
import { readItems } from './read-items.ts';
import { type Write, writeAll } from './transaction.ts';

const SHARDS = Array.from({ length: ARRIVAL_SHARDS }, (_, shard) => shard);
const FIRST: Generations = { current: 1, counted: 0 };

const State = z.enum(ORDER_STATES);
/** Sums may leave the safe integers, which the store's client then returns as bigint. */
const BigNumber = z.union([z.int(), z.bigint()]).transform(BigInt);
const StoredNumbers = z.record(z.string(), BigNumber);

const StoredRow = StoredKey.catchall(BigNumber);

const StoredGenerations = z.object({
  current: z.int(),
  building: z.int().optional(),
  position: z.string().optional(),
  counted: z.int(),
  removing: z.int().optional(),
} satisfies Fields<Generations>);

const StoredRecord = z.object({
  generation: z.int(),
  revision: z.int(),
  projection: z.object({
    orderId: z.string(),
    sequence: z.int(),
    state: State,
    since: z.string(),
    receivedAt: z.string(),
    channel: Channel,
    currency: z.string(),
    total: z.string(),
    unitsOrdered: z.int(),
    unitsWaited: z.int(),
    backorders: z.array(z.object({ sku: z.string(), units: z.int() })),
    deliveryWindow: DeliveryWindow.optional(),
    punctuality: z.enum(['EARLY', 'IN_WINDOW', 'LATE']).optional(),
    stays: z.partialRecord(State, z.object({ stays: z.int(), seconds: z.number() })),
    moves: z.record(z.string(), z.partialRecord(State, z.int())).optional(),
    voided: z.boolean(),
  } satisfies Fields<OrderProjection>),
  uncounted: z.array(z.object({ row: z.string().transform(rowOf), numbers: StoredNumbers })),
});

/** What the rows count of each order, and how the rows are moved. */
export function projectionStore(table: Table): ProjectionStore {
  return {
    async projectionsOf(orderId) {
      const slots = [0, 1].map((slot) => projectionKey(orderId, slot));
      const items = await readItems(table, [GENERATIONS, ...slots]);
      const { current, building } = generationsOf(items.find(({ pk }) => pk === GENERATIONS.pk));
      return [current, ...(building === undefined ? [] : [building])].map((generation) => {
        const { sk } = projectionKey(orderId, generation);
        return storedProjection(
          items.find((item) => item.sk === sk),
          generation,
        );
      });
    },
    async write(write) {
      await writeAll(table, [
        projectionWrite(table, write),
        ...write.counted.map((each) => rowWrite(table, write, each)),
      ]);
      await Promise.all(write.counted.map((each) => removeEmptyRow(table, write, each)));
    },
  };
}

/** Reads the rows of the generation that is shown. */
export function overviewRows(table: Table): OverviewRows {
  return {
    async read(kind, from = '', to = '\u{10ffff}') {
      const [item] = await readItems(table, [GENERATIONS]);
      const { current } = generationsOf(item);
      const parts = await Promise.all(
        SHARDS.map((shard) =>
          queryRows(table, overviewPartition(current, shard), `${kind}#${from}`, `${kind}#${to}\u{10ffff}`),
        ),
      );
      return parts.flat().map(({ pk: _, sk, ...numbers }) => ({ row: rowOf(sk), numbers }));
    },
  };
}

/** Keeps which rows are shown, and takes away those that no longer are. */
export function generationStore(table: Table): GenerationStore {
  return {
    async read() {
      const [item] = await readItems(table, [GENERATIONS]);
      return generationsOf(item);
    },
    async advance(from, to) {
      const known = from.building ?? from.removing ?? 0;
      await wasWritten(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: { ...GENERATIONS, kind: 'OVERVIEW', ...to, stage: stageOf(to) },
            // Protects the progress: of two that rebuild at once, one moves on and the other follows.
            ConditionExpression:
              known === 0 ? 'attribute_not_exists(pk) OR #stage = :from' : '#stage = :from',
            ExpressionAttributeNames: { '#stage': 'stage' },
            ExpressionAttributeValues: { ':from': stageOf(from) },
          }),
        ),
      );
    },
    async remove(generation, until) {
      for (const shard of SHARDS) {
        const rows = await queryRows(table, overviewPartition(generation, shard), '', '\u{10ffff}');
        for (const { pk, sk } of rows) {
          if (Date.now() >= until) return false;
          await table.client.send(new DeleteCommand({ TableName: table.name, Key: { pk, sk } }));
        }
      }
      return true;
    },
  };
}

function queryRows(table: Table, partition: string, first: string, last: string) {
  return queryAll(table, StoredRow, {
    KeyConditionExpression: 'pk = :partition AND sk BETWEEN :first AND :last',
    ExpressionAttributeValues: { ':partition': partition, ':first': first || ' ', ':last': last },
  });
}

function generationsOf(item: StoredItem | undefined): Generations {
  return item === undefined ? FIRST : parseItem(StoredGenerations, item);
}

/** Everything that moves while numbers are rebuilt, as one text to compare. */
function stageOf({ current, building, position, removing }: Generations): string {
  return JSON.stringify([current, building ?? null, position ?? null, removing ?? null]);
}

/** A record of an older generation in the same place counts nothing in this one. */
function storedProjection(item: StoredItem | undefined, generation: number): StoredProjection {
  if (item === undefined) return { generation, projection: null, uncounted: [], revision: 0 };
  const { revision, ...record } = parseItem(StoredRecord, item);
  return record.generation === generation
    ? { ...record, revision }
    : { generation, projection: null, uncounted: [], revision };
}

/** Protects the numbers: what an order adds is moved from what was added before, once. */
function projectionWrite(table: Table, { before, projection, uncounted }: ProjectionWrite): Write {
  const { generation, revision } = before;
  return {
    item: {
      Put: {
        TableName: table.name,
        Item: {
          ...projectionKey(projection.orderId, generation),
          kind: 'STANDING',
          generation,
          revision: revision + 1,
          projection,
          uncounted: uncounted.map(({ row, numbers }) => ({ row: rowName(row), numbers })),
        },
        ...(revision === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: '#revision = :revision',
              ExpressionAttributeNames: { '#revision': 'revision' },
              ExpressionAttributeValues: { ':revision': revision },
            }),
      },
    },
    conflict: 'changed-meanwhile',
  };
}

function rowWrite(table: Table, { before, projection }: ProjectionWrite, { row, numbers }: Counted): Write {
  const names = Object.keys(numbers);
  return {
    item: {
      Update: {
        TableName: table.name,
        Key: rowKey(before.generation, projection.orderId, row),
        UpdateExpression: `ADD ${names.map((_, index) => `#n${index} :n${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
        ExpressionAttributeValues: Object.fromEntries(
          names.map((name, index) => [`:n${index}`, numbers[name]]),
        ),
      },
    },
  };
}

/** Rows of backorders are as many as SKUs that wait; one that has come to nothing is taken out. */
async function removeEmptyRow(
  table: Table,
  { before, projection }: ProjectionWrite,
  { row, numbers }: Counted,
) {
  if (row.kind !== 'BACKORDER' || (numbers.units ?? 0n) >= 0n) return;
  await wasWritten(
    table.client.send(
      new DeleteCommand({
        TableName: table.name,
        Key: rowKey(before.generation, projection.orderId, row),
        // Protects what others added meanwhile.
        ConditionExpression: '#units = :none',
        ExpressionAttributeNames: { '#units': 'units' },
        ExpressionAttributeValues: { ':none': 0 },
      }),
    ),
  );
}

function rowKey(generation: number, orderId: string, row: Counted['row']): Key {
  return { pk: overviewPartition(generation, shardOf(orderId)), sk: rowName(row) };
}
