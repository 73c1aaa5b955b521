import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expiresAfter } from '../../../contract/retention.ts';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type { MessageRef, MessageSettlement } from '../../messages/message.ts';
import type { Table } from './client.ts';
import { keyOf, queryItems, type StoredItem, wasWritten } from './items.ts';
import { messageKey } from './keys.ts';

/** @returns the keys of the pieces of a body that is too large for the item of its message */
export function piecesOf(table: Table, messageId: string): AsyncIterable<StoredItem> {
  return queryItems(table, {
    KeyConditionExpression: 'pk = :message AND begins_with(sk, :body)',
    ExpressionAttributeValues: { ':message': messageKey(messageId).pk, ':body': 'BODY#' },
    ProjectionExpression: 'pk, sk',
  });
}

/**
 * Keeps the pieces of a body as long as its message. They end `largeBodies` after receipt, and most messages are settled
 * soon after that; one that waits for a person may be settled at any time, and keeps its body from then on.
 *
 * Called after the settlement: where the function ends in between, the pieces still end as they were to before.
 */
export async function keepPieces(
  table: Table,
  { messageId, wasQuarantined, decidedBy }: MessageRef,
  { state }: MessageSettlement,
): Promise<void> {
  const isQuarantined = state === 'QUARANTINED';
  if (!isQuarantined && !wasQuarantined && decidedBy === undefined) return;
  const { quarantinedMessages, largeBodies } = table.retention;
  const expiresAt = expiresAfter(isQuarantined ? quarantinedMessages : largeBodies, Date.now());
  for await (const piece of piecesOf(table, messageId)) {
    const update = new UpdateCommand({
      TableName: table.name,
      Key: { ...keyOf(piece) },
      UpdateExpression: expiresAt === undefined ? 'REMOVE #end' : 'SET #end = :end',
      // Protects against making a piece anew that was erased meanwhile.
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#end': EXPIRY_ATTRIBUTE },
      ...(expiresAt !== undefined && { ExpressionAttributeValues: { ':end': expiresAt } }),
    });
    await wasWritten(table.client.send(update));
  }
}
