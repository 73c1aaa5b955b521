import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type {
  MasterEntry,
  MasterKind,
  PartnerMasterStore,
} from '../../channels/core/partner-master-store.ts';
import { writeAudited } from './audit-trail.ts';
import type { Table } from './client.ts';
import { getItem, parseItem } from './items.ts';
import { type Key, partnerMasterKey } from './keys.ts';
import { readItems } from './read-items.ts';

const Stored = z.object({ code: z.string(), value: z.unknown() });

/** As the audit trail names them. */
const ACTED_ON = { ITEM: 'partner-item', LOCATION: 'partner-location' } as const satisfies Record<
  MasterKind,
  string
>;

/** Protects what another saved since the entry was read. */
function unchanged(before: MasterEntry | null) {
  if (before === null) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#value = :before',
    ExpressionAttributeNames: { '#value': 'value' },
    ExpressionAttributeValues: { ':before': before.value },
  };
}

/** The codes of a partner share a partition: a list is one query, and a document's codes are read in batches. */
export function partnerMasterStore(table: Table): PartnerMasterStore {
  const prefix = (kind: MasterKind) => `${kind}#`;
  const get = async (connectionId: string, kind: MasterKind, code: string) => {
    const item = await getItem(table, partnerMasterKey(connectionId, kind, code));
    return item === null ? null : parseItem(Stored, item);
  };
  return {
    save(connectionId, kind, { code, value }, origin) {
      return writeAudited(table, origin, async () => {
        const before = await get(connectionId, kind, code);
        const Item = { ...partnerMasterKey(connectionId, kind, code), kind: 'PARTNER_MASTER', code, value };
        return {
          writes: [
            {
              item: { Put: { TableName: table.name, Item, ...unchanged(before) } },
              conflict: 'changed-meanwhile',
            },
          ],
          result: before === null,
          act: {
            action: `${ACTED_ON[kind]}.saved`,
            subject: `${connectionId} ${code}`,
            before: before?.value,
            after: value,
          },
        };
      });
    },
    get,
    remove(connectionId, kind, code, origin) {
      return writeAudited<boolean>(table, origin, async () => {
        const before = await get(connectionId, kind, code);
        if (before === null) return { writes: [], result: false };
        const Key = { ...partnerMasterKey(connectionId, kind, code) };
        return {
          writes: [
            {
              item: { Delete: { TableName: table.name, Key, ...unchanged(before) } },
              conflict: 'changed-meanwhile',
            },
          ],
          result: true,
          act: {
            action: `${ACTED_ON[kind]}.removed`,
            subject: `${connectionId} ${code}`,
            before: before.value,
          },
        };
      });
    },
    async list(connectionId, kind, limit, after) {
      const start: Key = partnerMasterKey(connectionId, kind, after ?? '');
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :partner AND begins_with(sk, :kind)',
          ExpressionAttributeValues: { ':partner': start.pk, ':kind': prefix(kind) },
          ...(after !== null && { ExclusiveStartKey: { ...start } }),
          Limit: limit + 1,
        }),
      );
      const items = Items.slice(0, limit).map((item) => parseItem(Stored, item));
      return { items, next: Items.length > limit ? (items.at(-1)?.code ?? null) : null };
    },
    async find(connectionId, kind, codes) {
      const keys = [...new Set(codes)].map((code) => partnerMasterKey(connectionId, kind, code));
      return (await readItems(table, keys)).map((item) => parseItem(Stored, item));
    },
  };
}
