import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { useStore } from '../../testing/store.ts';

const store = useStore();

it('gives each test a table of its own', async () => {
  const [one, other] = [await store.newTable(), await store.newTable()];
  const Key = { pk: 'A', sk: 'B' };
  await one.client.send(new PutCommand({ TableName: one.name, Item: Key }));
  const read = async (table: typeof one) =>
    (await table.client.send(new GetCommand({ TableName: table.name, Key }))).Item;
  expect(await read(one)).toEqual(Key);
  expect(await read(other)).toBeUndefined();
});
