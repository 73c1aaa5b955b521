import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { useStore } from './store.ts';

const store = useStore();

it('gives each test a table of its own, with a stream', async () => {
  const [one, other] = [await store.newTable(), await store.newTable()];
  await one.client.send(new PutCommand({ TableName: one.name, Item: { pk: 'A', sk: 'B', kind: 'EVENT' } }));
  const [record, ...rest] = await store.streamOf(one);
  expect(record?.eventName).toBe('INSERT');
  expect(record?.dynamodb?.NewImage).toMatchObject({ kind: { S: 'EVENT' } });
  expect(rest).toEqual([]);
  expect(await store.streamOf(other)).toEqual([]);
});
