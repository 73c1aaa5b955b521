import * as z from 'zod';
import type { AccessStore, RevokedAccess } from '../../channels/core/access.ts';
import { writeAudited } from './audit-trail.ts';
import type { Table } from './client.ts';
import { type Fields, getItem, parseItem } from './items.ts';
import { pollKey } from './keys.ts';

const StoredAccess = z.object({
  source: z.string(),
  since: z.string(),
  reason: z.string(),
  askedAt: z.string(),
} satisfies Fields<RevokedAccess>);

/** Keeps one item for each connection whose sender refuses us. */
export function accessStore(table: Table): AccessStore {
  const keyOf = (connectionId: string) => pollKey(connectionId, 'ACCESS');
  const find = async (connectionId: string): Promise<RevokedAccess | null> => {
    const item = await getItem(table, keyOf(connectionId));
    return item === null ? null : parseItem(StoredAccess, item);
  };
  return {
    async find(connectionId, source) {
      const access = await find(connectionId);
      return access?.source === source ? access : null;
    },
    revoke(connectionId, { source, since, reason }, origin) {
      return writeAudited(table, origin, async () => {
        const known = await find(connectionId);
        const before = known?.source === source ? known : null;
        const access = { source, reason, since: before?.since ?? since, askedAt: since };
        const Item = { ...keyOf(connectionId), kind: 'CONNECTION_ACCESS', ...access };
        // Protects the entry of the trail: of two that notice it at once one writes it.
        const unchanged =
          known === null
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : {
                ConditionExpression: 'askedAt = :seen',
                ExpressionAttributeValues: { ':seen': known.askedAt },
              };
        return {
          writes: [
            { item: { Put: { TableName: table.name, Item, ...unchanged } }, conflict: 'changed-meanwhile' },
          ],
          result: undefined,
          ...(before === null && {
            act: {
              action: 'connection.access-revoked',
              subject: connectionId,
              after: { source, since, reason },
            },
          }),
        };
      });
    },
    restore(connectionId, origin) {
      return writeAudited(table, origin, async () => {
        const before = await find(connectionId);
        if (before === null) return { writes: [], result: undefined };
        const { source, since, reason } = before;
        const Delete = {
          TableName: table.name,
          Key: { ...keyOf(connectionId) },
          // Protects a refusal that came meanwhile.
          ConditionExpression: 'askedAt = :seen',
          ExpressionAttributeValues: { ':seen': before.askedAt },
        };
        return {
          writes: [{ item: { Delete }, conflict: 'changed-meanwhile' }],
          result: undefined,
          act: {
            action: 'connection.access-restored',
            subject: connectionId,
            before: { source, since, reason },
          },
        };
      });
    },
  };
}
