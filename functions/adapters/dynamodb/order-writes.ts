import { type LotChange, lotChanges } from '../../../domain/inventory/effects.ts';
import { ownerOf } from '../../../domain/inventory/lease.ts';
import { isSameLot, lotIdentity, recorded } from '../../../domain/inventory/location.ts';
import type { Line, Order } from '../../../domain/order/order.ts';
import type { OrderEnvelope } from '../../events/envelope.ts';
import type { OrderWrite } from '../../orders/ports.ts';
import type { Table } from './client.ts';
import { channelDocumentKey, externalOrderKey, lotKey, purchaseOrderKey } from './keys.ts';
import { type LeaseChange, leaseWrite } from './leases.ts';
import { channelVersionWrite, messageWrites } from './message-writes.ts';
import {
  allocationItem,
  channelDataItem,
  eventItem,
  headerItem,
  type Item,
  lineItem,
  purchaseOrderReference,
  searchItem,
  shipmentItem,
  shipmentPartItem,
} from './order-items.ts';
import { digestAfter, type Seal } from './sealed-history.ts';
import { isOpen } from './stock-store.ts';
import { MAX_ITEMS, type Write } from './transaction.ts';
import { beginIdempotency } from './uniqueness-claims.ts';

/**
 * Everything that one command changes, as the writes of one transaction; each condition says what it protects.
 *
 * @param seals of the events, in their order
 * @param most of the transaction's items that this command may use for what could also be written later
 */
export function writesOf(
  table: Table,
  write: OrderWrite,
  seals: readonly Seal[],
  most = MAX_ITEMS,
): readonly Write[] {
  const { before, after, events } = write;
  const put = (item: Item): Write => ({ item: { Put: { TableName: table.name, Item: item } } });
  const needed = [
    headerWrite(table, before, after, seals),
    ...(isSaidAnew(before, after) ? [put(channelDataItem(after))] : []),
    ...events.map((event, index) => eventWrite(table, event, seals[index])),
    ...allocationWrites(table, before, after),
    ...(isErased(before, after) ? [] : shipmentItems(before, after).map(put)),
    ...searchWrites(table, before, after),
    // A test order has its goods of a lot that no store has.
    ...(after.isTest ? [] : stockWrites(table, write)),
    ...identityWrites(table, write),
    ...(write.idempotency === undefined ? [] : [beginIdempotency(table, write.idempotency)]),
    ...(write.message === undefined
      ? []
      : messageWrites(table, write.message, [after.orderId], after.personalDataErasedAt !== undefined)),
  ];
  // What is erased is erased item by item: an order may have more of them than a transaction takes.
  if (isErased(before, after)) return needed;
  const { touched, untouched } = changedLines(before, after);
  const lines = touched.map((line) => put(lineItem(after, line)));
  const room = Math.max(0, most - needed.length - lines.length);
  // Lines that nothing has happened to yet are also in the first event; they get items while there is room.
  const rest = untouched.length <= room ? untouched.map((line) => put(lineItem(after, line))) : [];
  return [...needed, ...lines, ...rest];
}

/** Whether the write is the one that erases the personal data of the order. */
function isErased(before: Order | null, after: Order): boolean {
  return before !== null && before.personalDataErasedAt !== after.personalDataErasedAt;
}

function isSaidAnew(before: Order | null, after: Order): boolean {
  const isNamed = before === null && after.channelOrderName !== undefined;
  return isNamed || before?.channelData !== after.channelData;
}

/** A voided order is found by its id alone. */
function searchWrites(table: Table, before: Order | null, after: Order): readonly Write[] {
  const item = searchItem(after);
  if (after.voided) {
    return [{ item: { Delete: { TableName: table.name, Key: { pk: item.pk, sk: item.sk } } } }];
  }
  if (before !== null && isSearchedAlike(searchItem(before), item)) return [];
  return [{ item: { Put: { TableName: table.name, Item: item } } }];
}

function isSearchedAlike(one: Item, other: Item): boolean {
  return one.text === other.text && one.email === other.email;
}

/** What is new of shipments. Lines are only ever added, so what a step before has written stays as it is. */
function shipmentItems(before: Order | null, after: Order): readonly Item[] {
  return after.shipments.flatMap((shipment) => {
    const earlier = before?.shipments.find((each) => each.shipmentId === shipment.shipmentId);
    if (earlier === shipment) return [];
    const written = earlier?.lines.length ?? 0;
    const isLonger = shipment.lines.length > written;
    return [shipmentItem(after, shipment), ...(isLonger ? [shipmentPartItem(after, shipment, written)] : [])];
  });
}

/** Protects the order's version and the history's numbering: no write is made on top of one it has not seen. */
function headerWrite(table: Table, before: Order | null, after: Order, seals: readonly Seal[]): Write {
  const item = { ...headerItem(after), historyDigest: digestAfter(before, seals) };
  if (before === null) {
    return {
      item: { Put: { TableName: table.name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } },
      conflict: 'order-number-taken',
    };
  }
  return {
    item: {
      Put: {
        TableName: table.name,
        Item: item,
        ConditionExpression: '#version = :version AND #sequence = :sequence',
        ExpressionAttributeNames: { '#version': 'version', '#sequence': 'sequence' },
        ExpressionAttributeValues: { ':version': before.version, ':sequence': before.sequence },
      },
    },
    conflict: 'changed-meanwhile',
  };
}

/** Protects the history: an event's number is given once. */
function eventWrite(table: Table, event: OrderEnvelope, seal: Seal | undefined): Write {
  if (seal === undefined) throw new Error(`${event.orderId} has an event without a seal`);
  return {
    item: {
      Put: {
        TableName: table.name,
        Item: eventItem(event, seal),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    conflict: 'changed-meanwhile',
  };
}

function changedLines(before: Order | null, after: Order) {
  const known = new Map(before?.lines.map((line) => [line.lineNumber, line]));
  const touched: Line[] = [];
  const untouched: Line[] = [];
  for (const line of after.lines) {
    const earlier = known.get(line.lineNumber);
    if (earlier === line) continue;
    const isAsReceived = before === null && line.allocations.length === 0 && line.backordered === 0;
    if (isAsReceived) untouched.push(line);
    else if (earlier === undefined || firstReserved(earlier, line) || !sameItem(after, earlier, line))
      touched.push(line);
  }
  return { touched, untouched };
}

/** A line of a large order gets its own item when it is first reserved, so that the index by SKU finds it. */
function firstReserved(earlier: Line, line: Line): boolean {
  return earlier.allocations.length === 0 && line.allocations.length > 0;
}

function sameItem(order: Order, one: Line, other: Line): boolean {
  return JSON.stringify(lineItem(order, one)) === JSON.stringify(lineItem(order, other));
}

/** What lines hold and have shipped of lots; a lot that a line no longer has anything of is taken out. */
function allocationWrites(table: Table, before: Order | null, after: Order): readonly Write[] {
  const known = new Map(before?.lines.map((line) => [line.lineNumber, line]));
  return after.lines.flatMap((line) => {
    const earlier = known.get(line.lineNumber);
    if (earlier?.allocations === line.allocations) return [];
    const kept = new Set(line.allocations.map(lotIdentity));
    const gone = (earlier?.allocations ?? []).filter((allocation) => !kept.has(lotIdentity(allocation)));
    const changed = line.allocations.filter((allocation) => !earlier?.allocations.includes(allocation));
    return [
      ...changed.map(
        (allocation): Write => ({
          item: { Put: { TableName: table.name, Item: allocationItem(after, line, allocation) } },
        }),
      ),
      ...gone.map((allocation): Write => {
        const { pk, sk } = allocationItem(after, line, allocation);
        return { item: { Delete: { TableName: table.name, Key: { pk, sk } } } };
      }),
    ];
  });
}

/** Moves the counters of lots; goods that come back come into locations that are open. */
function stockWrites(table: Table, { before, after, events, stock }: OrderWrite): readonly Write[] {
  const changes = lotChanges(events);
  const owner = ownerOf(after);
  const isFirst = before === null || before.state === 'RECEIVED';
  const leaseOf = (change: LotChange): LeaseChange | undefined => {
    const lot = stock?.get(change.sku)?.find((each) => isSameLot(each, change));
    const leased = lot?.leased;
    if (owner === undefined || lot === undefined || leased === undefined) return undefined;
    // The sender lowered its number by what it sold, and not by what the order takes later: that is drawn on units first
    // that are leased to nobody. What comes back is leased again: its sender may show the units again by itself.
    const unleased =
      isFirst || change.available > 0 ? 0 : Math.min(lot.available - leased, -change.available);
    const units = Math.max(change.available + unleased, -leased);
    return units === 0 ? undefined : { owner, units };
  };
  const into = changes.filter(({ available, reserved }) => available + reserved > 0);
  const places = new Set(into.flatMap(({ locationId }) => locationId ?? []));
  return [
    ...changes.map((change) => lotWrite(table, change, leaseOf(change))),
    ...[...places].map((locationId) => isOpen(table, locationId)),
  ];
}

/**
 * Moves a lot's counters. Protects the stock: nothing is reserved or shipped of a lot that lacks it or is not
 * AVAILABLE, nothing that is leased to another sender is, and nothing is given back that was not held.
 */
function lotWrite(table: Table, change: LotChange, lease: LeaseChange | undefined): Write {
  const isNewLot = change.statusWhenNew !== 'AVAILABLE';
  const { locationId } = recorded(change.locationId);
  const leased = leaseWrite(lease === undefined ? [] : [lease], change.available - (lease?.units ?? 0));
  const conditions = [
    ...leased.conditions,
    ...(isNewLot ? [] : ['attribute_exists(pk)']),
    ...(change.draws ? ['#status = :available'] : []),
    ...(change.available < 0 ? ['available >= :taken'] : []),
    ...(change.reserved < 0 ? ['reserved >= :given'] : []),
  ];
  const assignments = isNewLot
    ? [
        'available = if_not_exists(available, :zero) + :byAvailable',
        'reserved = if_not_exists(reserved, :zero) + :byReserved',
        '#status = if_not_exists(#status, :statusWhenNew)',
        'sku = :sku, lotNumber = :lotNumber, expiryDate = :expiryDate, kind = :kind',
        ...(locationId === undefined ? [] : ['locationId = :locationId']),
        '#sequence = if_not_exists(#sequence, :zero)',
      ]
    : ['available = available + :byAvailable', 'reserved = reserved + :byReserved'];
  if (change.available !== 0) assignments.push(...leased.assignments(isNewLot));
  return {
    item: {
      Update: {
        TableName: table.name,
        Key: lotKey(change.sku, change, change.expiryDate),
        UpdateExpression: `SET ${assignments.join(', ')}`,
        ...(conditions.length > 0 && { ConditionExpression: conditions.join(' AND ') }),
        ...((isNewLot || change.draws || lease !== undefined) && {
          ExpressionAttributeNames: {
            ...((isNewLot || change.draws) && { '#status': 'status' }),
            ...(isNewLot && { '#sequence': 'sequence' }),
            ...leased.names,
          },
        }),
        ExpressionAttributeValues: {
          ':byAvailable': change.available,
          ':byReserved': change.reserved,
          ...(change.available !== 0 && leased.values(isNewLot)),
          ...(change.draws && { ':available': 'AVAILABLE' }),
          ...(change.available < 0 && { ':taken': -change.available }),
          ...(change.reserved < 0 && { ':given': -change.reserved }),
          ...(isNewLot && {
            ':zero': 0,
            ':statusWhenNew': change.statusWhenNew,
            ':sku': change.sku,
            ':lotNumber': change.lotNumber,
            ':expiryDate': change.expiryDate,
            ':kind': 'LOT',
            ...(locationId !== undefined && { ':locationId': locationId }),
          }),
        },
      },
    },
    conflict: 'stock-changed',
  };
}

/** Protects against a second order for one order of a channel, and for one purchase order of a customer. */
function identityWrites(table: Table, { before, after, message }: OrderWrite): readonly Write[] {
  const writes: Write[] = [];
  const version = message?.settlement?.version;
  if (before === null && after.source !== undefined && after.externalId !== undefined) {
    const { channel, source, externalId, channelDocument } = after;
    const key =
      channelDocument === undefined
        ? externalOrderKey(channel, source, externalId)
        : channelDocumentKey(channel, source, channelDocument);
    const noted: Record<string, string> = version === undefined ? {} : { channelVersion: version.version };
    writes.push(claim(table, key, after, 'external-order-known', noted));
  } else if (version !== undefined) {
    writes.push(channelVersionWrite(table, version));
  }
  if (after.orderType !== 'B2B') return writes;
  const claimed = before === null || before.voided ? undefined : before.purchaseOrderNumber;
  const wanted = after.voided ? undefined : after.purchaseOrderNumber;
  const oldKey = claimed === undefined || before === null ? undefined : purchaseOrderKey(before, claimed);
  const newKey = wanted === undefined ? undefined : purchaseOrderKey(after, wanted);
  if (oldKey?.pk === newKey?.pk) return writes;
  if (oldKey !== undefined) writes.push({ item: { Delete: { TableName: table.name, Key: oldKey } } });
  if (newKey !== undefined && wanted !== undefined) {
    const attributes = {
      reference: purchaseOrderReference(wanted),
      referenceSort: after.orderId,
    };
    writes.push(claim(table, newKey, after, 'purchase-order-used', attributes));
  }
  return writes;
}

function claim(
  table: Table,
  key: { pk: string; sk: string },
  order: Order,
  conflict: 'external-order-known' | 'purchase-order-used',
  attributes: Readonly<Record<string, string>> = {},
): Write {
  return {
    item: {
      Put: {
        TableName: table.name,
        Item: { ...key, kind: 'CLAIM', orderId: order.orderId, ...attributes },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    conflict,
  };
}
