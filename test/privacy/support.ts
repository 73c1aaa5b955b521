import { gunzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ScanCommand, type ScanCommandOutput } from '@aws-sdk/lib-dynamodb';
import { openTable, type Table } from '../../functions/adapters/dynamodb/client.ts';
import type { Api } from '../../testing/api.ts';
import { type ChannelMessage, shopifyMessage, shopifyOrder } from '../../testing/messages.ts';

/** The table of a loop. */
export function tableOf({ stack }: Api): Table {
  const { storeEndpoint: endpoint, tableName } = stack;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return openTable(tableName, new DynamoDBClient({ endpoint, region: 'us-east-1', credentials }));
}

/** Words by which a person is found in a dump, whatever else is in it. */
export function person(key: string) {
  return {
    ...{ key, first: `First${key}`, last: `Last${key}`, email: `Mail${key}@person.example` },
    ...{ street: `Street${key} 7`, phone: `+49 30 ${key} 55`, words: `Words${key}` },
  };
}
export type Person = ReturnType<typeof person>;
export const tracesOf = ({ first, last, email, street, phone, words }: Person) =>
  [first, last, email, street, phone, words].map((trace) => trace.toLowerCase());

/** Every item of the store, with what is compressed in it unpacked. */
export async function dump(api: Api): Promise<string> {
  const table = tableOf(api);
  const texts: string[] = [];
  let from: ScanCommandOutput['LastEvaluatedKey'];
  do {
    const page: ScanCommandOutput = await table.client.send(
      new ScanCommand({ TableName: table.name, ConsistentRead: true, ExclusiveStartKey: from }),
    );
    texts.push(...(page.Items ?? []).map((item) => JSON.stringify(item, unpacked)));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return texts.join('\n').toLowerCase();
}

function unpacked(this: unknown, name: string, value: unknown): unknown {
  const bytes = (this as Record<string, unknown>)[name];
  if (!(bytes instanceof Uint8Array)) return value;
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch {
    // A piece of something larger: what is in it is shown by its size at least.
    return `${bytes.byteLength} bytes`;
  }
}

/** The order of the person at the shop, as the shop sends it. */
export function shopOrder(
  { first, last, email, street, phone, words }: Person,
  id: number,
  sku: string,
  topic: string,
  changes: object = {},
): ChannelMessage {
  const address = { first_name: first, last_name: last, name: `${first} ${last}`, address1: street, phone };
  const order = {
    ...JSON.parse(shopifyOrder(id, sku).body.toString('utf8')),
    ...{ email, phone, note: words, contact_email: email },
    customer: { id, email, first_name: first, last_name: last, phone },
    shipping_address: { ...address, city: 'Berlin', zip: '10115', country_code: 'DE' },
    billing_address: { ...address, city: 'Berlin', zip: '10115', country_code: 'DE' },
    note_attributes: [{ name: 'Gift message', value: `${words} for you` }],
    ...changes,
  };
  const webhookId = `${topic}-${id}-${JSON.stringify(changes).length}`;
  return shopifyMessage(topic, JSON.stringify(order), { webhookId });
}

/** An order of the person that the shop sent, and that was cancelled here. */
export async function shopifyOrderOf(api: Api, someone: Person, id: number, sku: string): Promise<string> {
  await api.sendSigned(shopOrder(someone, id, sku, 'orders/create'));
  const [order] = await api.list(`externalId=${id}`);
  if (order === undefined) throw new Error(`the order ${id} was not received`);
  const { orderId } = order;
  await api.command(orderId, 'cancellation', { reason: `${someone.last} moved` });
  return orderId;
}
