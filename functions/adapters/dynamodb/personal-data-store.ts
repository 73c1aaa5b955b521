import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { PersonalDataStore, PersonalStore } from '../../privacy/ports.ts';
import type { Table } from './client.ts';
import { keyOf, parseItem, queryItems, type StoredItem } from './items.ts';
import { messageKey, orderPartition } from './keys.ts';
import { eraseItem } from './personal-items.ts';
import { readItems } from './read-items.ts';

const StoredLink = z.object({ messageId: z.string() });
const StoredMessage = z.object({ messageId: z.string(), state: z.string() });

/** Erases what is kept of persons. */
export function personalDataStore(table: Table): PersonalDataStore {
  return {
    async eraseOrder(orderId) {
      const counts = new Map<PersonalStore, number>();
      const open: string[] = [];
      const linked: string[] = [];
      const items = queryItems(table, {
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :order',
        ExpressionAttributeValues: { ':order': orderPartition(orderId) },
      });
      for await (const item of items) {
        if (item.kind === 'MESSAGE_LINK') linked.push(parseItem(StoredLink, item).messageId);
        else count(counts, await eraseItem(table, item));
      }
      for (const message of await readItems(table, [...new Set(linked)].map(messageKey))) {
        const erased = await eraseMessage(table, message);
        if (erased === 'open') open.push(parseItem(StoredMessage, message).messageId);
        else count(counts, erased);
      }
      return { counts: Object.fromEntries(counts), open };
    },
  };
}

function count(counts: Map<PersonalStore, number>, store: PersonalStore | null): void {
  if (store !== null) counts.set(store, (counts.get(store) ?? 0) + 1);
}

/** A message that was not processed yet, or waits for an operator, stays: what it asks for is not done. */
async function eraseMessage(table: Table, message: StoredItem): Promise<PersonalStore | null | 'open'> {
  const { messageId, state } = parseItem(StoredMessage, message);
  if (state === 'RECEIVED' || state === 'QUARANTINED') return 'open';
  const pieces = queryItems(table, {
    KeyConditionExpression: 'pk = :message AND begins_with(sk, :body)',
    ExpressionAttributeValues: { ':message': messageKey(messageId).pk, ':body': 'BODY#' },
    ProjectionExpression: 'pk, sk',
  });
  for await (const piece of pieces) {
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: { ...keyOf(piece) } }));
  }
  return eraseItem(table, message);
}
