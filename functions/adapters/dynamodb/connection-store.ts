import * as z from 'zod';
import {
  Connection,
  type ConnectionKind,
  type ConnectionOf,
  connectionIdentity,
} from '../../../contract/connections.ts';
import type { ConnectionStore } from '../../channels/core/connections.ts';
import { Busy, WriteFailed } from '../../orders/ports.ts';
import type { Table } from './client.ts';
import { getItem, parseItem, queryAll } from './items.ts';
import { CONNECTIONS, connectionIdentityKey, connectionKey, type Key } from './keys.ts';
import { type Write, writeAll } from './transaction.ts';

/** How often a change is tried when another comes first. */
const ATTEMPTS = 5;

const StoredConnection = z.object({
  connection: Connection,
  /** Counts the saves: another number means that the connection changed since it was read. */
  revision: z.int(),
});
type StoredConnection = z.infer<typeof StoredConnection>;

/**
 * Connections are few: all are in one partition, which is read as a whole for a list. What can be learned from a
 * message stands a second time under its identity, written in the same transaction, so that a webhook finds it with
 * one read, and two connections never share it.
 */
export function connectionStore(table: Table): ConnectionStore {
  const read = async (key: Key): Promise<StoredConnection | null> => {
    const item = await getItem(table, key);
    return item === null ? null : parseItem(StoredConnection, item);
  };

  const retried = async <Result>(connectionId: string, change: () => Promise<Result>): Promise<Result> => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        return await change();
      } catch (error) {
        if (!(error instanceof WriteFailed)) throw error;
        if (error.conflict !== 'changed-meanwhile' && error.conflict !== 'contention') throw error;
      }
    }
    throw new Busy(`the connection ${connectionId} kept changing`);
  };

  return {
    async list() {
      const stored = await queryAll(table, StoredConnection, {
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :connections',
        ExpressionAttributeValues: { ':connections': CONNECTIONS },
      });
      return stored.map(({ connection }) => connection);
    },

    async get(connectionId) {
      return (await read(connectionKey(connectionId)))?.connection ?? null;
    },

    async find(kind, identity) {
      const found = await read(connectionIdentityKey({ kind, identity }));
      return found !== null && isOfKind(found.connection, kind) ? found.connection : null;
    },

    async save(connection) {
      const identity = connectionIdentity(connection);
      return retried(connection.connectionId, async () => {
        const before = await read(connectionKey(connection.connectionId));
        const namesake = identity === null ? null : await read(connectionIdentityKey(identity));
        if (namesake !== null && namesake.connection.connectionId !== connection.connectionId) {
          return { kind: 'identity-taken', by: namesake.connection.connectionId } as const;
        }
        await writeAll(table, saves(table, before, connection));
        return { kind: before === null ? 'created' : 'changed' } as const;
      });
    },

    async remove(connectionId) {
      return retried(connectionId, async () => {
        const before = await read(connectionKey(connectionId));
        if (before === null) return false;
        await writeAll(table, removals(table, before));
        return true;
      });
    },
  };
}

function isOfKind<Kind extends ConnectionKind>(
  connection: Connection,
  kind: Kind,
): connection is ConnectionOf<Kind> {
  return connection.kind === kind;
}

function saves(table: Table, before: StoredConnection | null, connection: Connection): readonly Write[] {
  const record: StoredConnection = { connection, revision: (before?.revision ?? 0) + 1 };
  const Item = { ...connectionKey(connection.connectionId), kind: 'CONNECTION', ...record };
  const writes: Write[] = [
    { item: { Put: { TableName: table.name, Item, ...unchanged(before) } }, conflict: 'changed-meanwhile' },
  ];
  const claimed = before === null ? null : identityKeyOf(before.connection);
  const claim = identityKeyOf(connection);
  if (claim !== null) {
    // Protects the identity: it belongs to one connection at a time.
    const ConditionExpression = 'attribute_not_exists(pk) OR #connection.connectionId = :connectionId';
    const Put = {
      TableName: table.name,
      Item: { ...claim, kind: 'CONNECTION_IDENTITY', ...record },
      ConditionExpression,
      ExpressionAttributeNames: { '#connection': 'connection' },
      ExpressionAttributeValues: { ':connectionId': connection.connectionId },
    };
    writes.push({ item: { Put }, conflict: 'changed-meanwhile' });
  }
  if (claimed !== null && claimed.pk !== claim?.pk) {
    writes.push({ item: { Delete: { TableName: table.name, Key: { ...claimed } } } });
  }
  return writes;
}

function removals(table: Table, before: StoredConnection): readonly Write[] {
  const Key = { ...connectionKey(before.connection.connectionId) };
  const claimed = identityKeyOf(before.connection);
  return [
    { item: { Delete: { TableName: table.name, Key, ...unchanged(before) } }, conflict: 'changed-meanwhile' },
    ...(claimed === null ? [] : [{ item: { Delete: { TableName: table.name, Key: { ...claimed } } } }]),
  ];
}

/** Protects a change that another made since the connection was read, and with it the identity it holds. */
function unchanged(before: StoredConnection | null) {
  if (before === null) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: 'revision = :seen',
    ExpressionAttributeValues: { ':seen': before.revision },
  };
}

function identityKeyOf(connection: Connection): Key | null {
  const identity = connectionIdentity(connection);
  return identity === null ? null : connectionIdentityKey(identity);
}
