import * as z from 'zod';
import {
  Connection,
  type ConnectionKind,
  type ConnectionOf,
  connectionIdentity,
} from '../../../contract/connections.ts';
import type { ConnectionStore, SavedConnection } from '../../channels/core/connections.ts';
import { writeAudited } from './audit-trail.ts';
import type { Table } from './client.ts';
import { getItem, parseItem, queryAll } from './items.ts';
import { CONNECTIONS, connectionIdentityKey, connectionKey, type Key } from './keys.ts';
import type { Write } from './transaction.ts';

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

    save(connection, origin) {
      const identity = connectionIdentity(connection);
      const { connectionId } = connection;
      return writeAudited<SavedConnection>(table, origin, async () => {
        const before = await read(connectionKey(connectionId));
        const namesake = identity === null ? null : await read(connectionIdentityKey(identity));
        if (namesake !== null && namesake.connection.connectionId !== connectionId) {
          return { writes: [], result: { kind: 'identity-taken', by: namesake.connection.connectionId } };
        }
        return {
          writes: saves(table, before, connection),
          result: { kind: before === null ? 'created' : 'changed' },
          act: {
            action: 'connection.saved',
            subject: connectionId,
            before: before?.connection,
            after: connection,
          },
        };
      });
    },

    remove(connectionId, origin) {
      return writeAudited<boolean>(table, origin, async () => {
        const before = await read(connectionKey(connectionId));
        if (before === null) return { writes: [], result: false };
        return {
          writes: removals(table, before),
          result: true,
          act: { action: 'connection.removed', subject: connectionId, before: before.connection },
        };
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
