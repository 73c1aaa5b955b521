import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ITEM_KIND } from '../../../contract/table.ts';
import {
  CheckpointProgress,
  type ListedEvent,
  type ProgressStore,
  type SealedEvents,
} from '../../events/checkpoints.ts';
import type { BrokenHistory, VerifiedHistories } from '../../events/history-seals.ts';
import type { Table } from './client.ts';
import { getItem, keyOf, parseItem, type StoredItem, wasWritten } from './items.ts';
import {
  CHECKPOINT,
  type Key,
  lotOfEventSort,
  orderOfPartition,
  sequenceOfEventSort,
  skuOfPartition,
} from './keys.ts';
import { readItems } from './read-items.ts';
import { digestOfStored, verifyOrder } from './sealed-history.ts';
import { verifyStock } from './sealed-lots.ts';

/** Items that one request of a scan looks at: some two megabytes and a second. */
const LOOKED_AT = 2_000;

const Place = z.tuple([z.string(), z.string()]);

/** Lists the events of a span by looking through the whole table, eventually consistent, since the span is over. */
export function sealedEvents(table: Table): SealedEvents {
  return {
    async between(from, to, position) {
      const { Items = [], LastEvaluatedKey } = await table.client.send(
        new ScanCommand({
          TableName: table.name,
          Limit: LOOKED_AT,
          FilterExpression: '#kind = :event AND occurredAt >= :from AND occurredAt < :to',
          ExpressionAttributeNames: { '#kind': ITEM_KIND.attribute },
          ExpressionAttributeValues: { ':event': ITEM_KIND.event, ':from': from, ':to': to },
          ...(position !== null && { ExclusiveStartKey: JSON.parse(position) as Key }),
        }),
      );
      const last = new Map<string, ListedEvent>();
      for (const item of Items) {
        const { pk, sk } = keyOf(item);
        // Items of a partition come by their sequence: the last of a chain stays.
        const lot = lotOfEventSort(sk);
        last.set(JSON.stringify([pk, lot?.lotNumber, lot?.locationId]), {
          place: JSON.stringify([pk, sk] satisfies z.infer<typeof Place>),
          digest: digestOfStored(item),
        });
      }
      return { last, next: LastEvaluatedKey === undefined ? null : JSON.stringify(LastEvaluatedKey) };
    },
    verify: (events) => verifyListed(table, events),
  };
}

/** Keeps how far the checkpoint has come; of two runs that meet one saves. */
export function checkpointProgress(table: Table): ProgressStore {
  return {
    async read() {
      const item = await getItem(table, CHECKPOINT);
      return item === null ? null : parseItem(CheckpointProgress, item);
    },
    save: (progress) =>
      wasWritten(
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: { ...CHECKPOINT, kind: 'CHECKPOINT', ...progress },
            // Protects what a faster run saved meanwhile: the progress of a slower one would set the position back,
            // and begin again with a checkpoint that is written.
            ConditionExpression: 'attribute_not_exists(pk) OR revision < :revision',
            ExpressionAttributeValues: { ':revision': progress.revision },
          }),
        ),
      ),
  };
}

async function verifyListed(table: Table, events: readonly ListedEvent[]): Promise<VerifiedHistories> {
  const places = events.map(({ place }): Key => {
    const [pk, sk] = Place.parse(JSON.parse(place));
    return { pk, sk };
  });
  const found = new Map((await readItems(table, places)).map((item) => [placeOf(item), item]));
  const total = { orders: 0, lots: 0, events: 0, unsealed: 0 };
  const broken: BrokenHistory[] = [];
  const seen = new Set<string>();
  for (const [index, { place, digest }] of events.entries()) {
    const { pk, sk } = places[index] as Key;
    const item = found.get(place);
    const fault =
      item === undefined
        ? 'the event is missing'
        : digestOfStored(item) !== digest && 'the history is not the one that the checkpoint lists';
    if (fault) broken.push({ ...chainOf(pk, sk), reason: fault });
    if (seen.has(pk)) continue;
    seen.add(pk);
    const sku = skuOfPartition(pk);
    const verified =
      sku === null ? await verifyOrder(table, orderOfPartition(pk)) : await verifyStock(table, sku);
    if (verified === null) {
      broken.push({
        ...chainOf(pk, sk),
        reason: sku === null ? 'the order is missing' : 'the lot is missing',
      });
      continue;
    }
    if ('lots' in verified) total.lots += verified.lots;
    else total.orders += 1;
    total.events += verified.events;
    total.unsealed += verified.unsealed;
    // An order is one chain, which is reported once.
    if ('lots' in verified) broken.push(...verified.broken);
    else if (!fault && verified.broken !== null) broken.push(verified.broken);
  }
  return { ...total, broken };
}

function placeOf(item: StoredItem): string {
  const { pk, sk } = keyOf(item);
  return JSON.stringify([pk, sk]);
}

function chainOf(pk: string, sk: string) {
  const sku = skuOfPartition(pk);
  if (sku === null) return { orderId: orderOfPartition(pk), sequence: sequenceOfEventSort(sk) };
  const lot = lotOfEventSort(sk);
  if (lot === null) throw new Error(`a checkpoint lists ${pk} ${sk}, which is no event`);
  return { sku, ...lot };
}
