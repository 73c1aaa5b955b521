import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { EXPIRY_ATTRIBUTE, ITEM_KIND } from '../../../contract/table.ts';
import type { Table } from './client.ts';
import { heartbeatKey } from './keys.ts';

/** Seconds after which a heartbeat may be deleted; its stream record is read long before. */
const KEPT = 3600;

/**
 * Writes an item that the publisher of events counts when it comes out of the stream: where none comes, events do not
 * come either, however quiet the loop is.
 *
 * @param now ISO instant
 */
export async function beat(table: Table, now: string): Promise<void> {
  const expires = Math.floor(Date.parse(now) / 1000) + KEPT;
  const item = {
    ...heartbeatKey(now),
    [ITEM_KIND.attribute]: ITEM_KIND.heartbeat,
    [EXPIRY_ATTRIBUTE]: expires,
  };
  await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
}
