import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Connection, type ConnectionKind, connectionIdentity } from '../../../contract/connections.ts';
import type { Table } from './client.ts';

/** Shops and partners are few: all stand in one partition, read as a whole. */
const PARTITION = 'CONNECTIONS';

export interface ConnectionStore {
  save(connection: Connection): Promise<void>;
  list(): Promise<readonly Connection[]>;
  get(connectionId: string): Promise<Connection | null>;
  remove(connectionId: string): Promise<void>;
  /** @returns the connection that a message belongs to, by the shop's domain, the merchant's id or the partner's. */
  find(kind: ConnectionKind, identity: string): Promise<Connection | null>;
}

/** Keeps the shops, accounts and partners that the loop is connected to. */
export function connectionStore(table: Table): ConnectionStore {
  const list = async () => {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :connections',
        ExpressionAttributeValues: { ':connections': PARTITION },
      }),
    );
    return Items.map((item) => item.connection as Connection);
  };
  return {
    list,
    async save(connection) {
      const Item = { pk: PARTITION, sk: connection.connectionId, kind: 'CONNECTION', connection };
      await table.client.send(new PutCommand({ TableName: table.name, Item }));
    },
    async get(connectionId) {
      return (await list()).find((connection) => connection.connectionId === connectionId) ?? null;
    },
    async remove(connectionId) {
      await table.client.send(
        new DeleteCommand({ TableName: table.name, Key: { pk: PARTITION, sk: connectionId } }),
      );
    },
    async find(kind, identity) {
      const all = await list();
      return all.find((each) => each.kind === kind && connectionIdentity(each) === identity) ?? null;
    },
  };
}
