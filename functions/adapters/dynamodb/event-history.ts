import { ScanCommand, type ScanCommandInput } from '@aws-sdk/lib-dynamodb';
import { EVENT_TYPE_ATTRIBUTE, ITEM_KIND } from '../../../contract/table.ts';
import type { EventHistory, EventPage, EventSelection } from '../../events/republish.ts';
import type { Table } from './client.ts';
import { eventFromItem } from './events.ts';
import { orderStore } from './order-store.ts';

/** Events of one order that are read at a time. */
const PAGE = 100;
/** Items that one request of a scan looks at, so that a page is published within a second or two. */
const LOOKED_AT = 500;

/**
 * Reads events of one order from its history, and those of a span of time by looking through the whole table: that is
 * rare, and an index by time would be written with every event (docs/adr/0052).
 */
export function eventHistory(table: Table): EventHistory {
  return {
    read: (selection, after) =>
      selection.orderId === undefined
        ? readSpan(table, selection, after || null)
        : readOrder(table, selection.orderId, selection, Number(after ?? 0)),
  };
}

async function readOrder(
  table: Table,
  orderId: string,
  { from = '', to = '9999', types }: EventSelection,
  after: number,
): Promise<EventPage> {
  const history = await orderStore(table).history(orderId, after, PAGE);
  const events = history.filter(
    ({ occurredAt, type }) => occurredAt >= from && occurredAt <= to && (types?.includes(type) ?? true),
  );
  const last = history.at(-1);
  return { events, next: history.length < PAGE || last === undefined ? null : String(last.sequence) };
}

async function readSpan(
  table: Table,
  { from, to, types }: EventSelection,
  after: string | null,
): Promise<EventPage> {
  const names = types?.map((_, index) => `:type${index}`);
  const request: ScanCommandInput = {
    TableName: table.name,
    Limit: LOOKED_AT,
    FilterExpression: `#kind = :event AND #occurredAt BETWEEN :from AND :to${
      names === undefined ? '' : ` AND #type IN (${names.join(', ')})`
    }`,
    ExpressionAttributeNames: {
      '#kind': ITEM_KIND.attribute,
      '#occurredAt': 'occurredAt',
      ...(names !== undefined && { '#type': EVENT_TYPE_ATTRIBUTE }),
    },
    ExpressionAttributeValues: {
      ':event': ITEM_KIND.event,
      ':from': from,
      ':to': to,
      ...Object.fromEntries((types ?? []).map((type, index) => [`:type${index}`, type])),
    },
    ...(after !== null && { ExclusiveStartKey: JSON.parse(after) as Record<string, string> }),
  };
  const { Items = [], LastEvaluatedKey } = await table.client.send(new ScanCommand(request));
  return {
    events: Items.map(eventFromItem),
    next: LastEvaluatedKey === undefined ? null : JSON.stringify(LastEvaluatedKey),
  };
}
