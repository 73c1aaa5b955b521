import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Drift } from '../../../contract/responses.ts';
import type { Table } from './client.ts';
import { lotIndexKey } from './keys.ts';
import { lotFromItem, stockStore } from './stock-store.ts';

/** Parts in which the table is read at once: as many as one function's connections and memory take well. */
const SEGMENTS = 8;

/**
 * Recomputes from the orders what each lot should have reserved, and lists the lots whose counters say otherwise.
 * The table is read once as a whole, in parts at once; a lot that seems to drift while orders move is looked at again
 * by itself.
 */
export async function findDrift(table: Table): Promise<readonly Drift[]> {
  const lots = new Map<string, Drift>();
  const held = new Map<string, number>();
  const note = (item: Readonly<Record<string, unknown>>) => {
    if (item.kind === 'LOT') {
      const { sku, lotNumber, reserved } = lotFromItem(item);
      lots.set(lotIndexKey(sku, lotNumber), { sku, lotNumber, reserved, reservedByOrders: 0 });
    } else {
      const key = lotIndexKey(item.sku as string, item.lotNumber as string);
      held.set(key, (held.get(key) ?? 0) + (item.quantity as number));
    }
  };
  const segments = Array.from({ length: SEGMENTS }, (_, segment) => segment);
  await Promise.all(segments.map((segment) => readSegment(table, segment, note)));
  const suspects = [...lots]
    .filter(([key, lot]) => lot.reserved !== (held.get(key) ?? 0))
    .map(([, lot]) => lot);
  const confirmed = await Promise.all(suspects.map((lot) => confirm(table, lot)));
  return confirmed.filter((lot) => lot.reserved !== lot.reservedByOrders);
}

/** Tells of every lot and every allocation in one part of the table. */
async function readSegment(
  table: Table,
  segment: number,
  note: (item: Readonly<Record<string, unknown>>) => void,
): Promise<void> {
  const pages = paginateScan(
    { client: table.client },
    {
      TableName: table.name,
      ConsistentRead: true,
      Segment: segment,
      TotalSegments: SEGMENTS,
      FilterExpression: 'kind IN (:lot, :allocation)',
      ExpressionAttributeValues: { ':lot': 'LOT', ':allocation': 'ALLOCATION' },
    },
  );
  for await (const page of pages) for (const item of page.Items ?? []) note(item);
}

/** Reads lot and orders again until the lot held still meanwhile; a lot that never does is reported as it was seen. */
async function confirm(table: Table, suspect: Drift): Promise<Drift> {
  const stock = stockStore(table);
  const { sku, lotNumber } = suspect;
  const reservedNow = async () =>
    (await stock.lotsOf([sku])).get(sku)?.find((lot) => lot.lotNumber === lotNumber)?.reserved ?? 0;
  let seen: Drift = suspect;
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = await reservedNow();
    const uses = await stock.usesOfLot(sku, lotNumber);
    const reservedByOrders = uses.reduce((total, use) => total + use.reserved, 0);
    seen = { sku, lotNumber, reserved: before, reservedByOrders };
    if (before === reservedByOrders) return seen;
    if (before === (await reservedNow()) && attempt >= 2) return seen;
  }
  return seen;
}
