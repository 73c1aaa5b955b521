import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { MasterKind, PartnerMasterStore } from '../../channels/core/partner-master-store.ts';
import type { Table } from './client.ts';
import { getItem, parseItem } from './items.ts';
import { type Key, partnerMasterKey } from './keys.ts';
import { readItems } from './read-items.ts';

const Stored = z.object({ code: z.string(), value: z.unknown() });

/** The codes of a partner share a partition: a list is one query, and a document's codes are read in batches. */
export function partnerMasterStore(table: Table): PartnerMasterStore {
  const prefix = (kind: MasterKind) => `${kind}#`;
  return {
    async save(connectionId, kind, { code, value }) {
      const Item = { ...partnerMasterKey(connectionId, kind, code), kind: 'PARTNER_MASTER', code, value };
      const { Attributes } = await table.client.send(
        new PutCommand({ TableName: table.name, Item, ReturnValues: 'ALL_OLD' }),
      );
      return Attributes === undefined;
    },
    async get(connectionId, kind, code) {
      const item = await getItem(table, partnerMasterKey(connectionId, kind, code));
      return item === null ? null : parseItem(Stored, item);
    },
    async remove(connectionId, kind, code) {
      const Key = { ...partnerMasterKey(connectionId, kind, code) };
      const { Attributes } = await table.client.send(
        new DeleteCommand({ TableName: table.name, Key, ReturnValues: 'ALL_OLD' }),
      );
      return Attributes !== undefined;
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
