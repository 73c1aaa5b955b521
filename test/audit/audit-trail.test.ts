import { DeleteCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { auditTrail } from '../../functions/adapters/dynamodb/audit-trail.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { AUDIT, AUDIT_HEAD, auditKey } from '../../functions/adapters/dynamodb/keys.ts';
import { partnerMasterStore } from '../../functions/adapters/dynamodb/partner-master-store.ts';
import type { AuditTrail } from '../../functions/audit/audit.ts';
import type { Origin } from '../../functions/events/envelope.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const origin = (id = 'ada'): Origin => ({ actor: { type: 'human', id }, correlationId: 'c-1' });

let table: Table;
let trail: AuditTrail;

beforeEach(async () => {
  table = await store.newTable();
  trail = auditTrail(table);
});

const record = (subject: string, id?: string) =>
  trail.record({ action: 'workflow.restarted', subject, origin: origin(id) });
const all = async () => (await trail.list({}, 100, null)).items;

test('the trail is one chain, however many write at once', async () => {
  await Promise.all(Array.from({ length: 6 }, (_, index) => record(`O-${index}`)));
  const entries = (await all()).toReversed();
  expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(new Set(entries.map(({ subject }) => subject)).size).toBe(6);
  expect(entries[0]?.previousDigest).toBe('0'.repeat(64));
  for (const [index, entry] of entries.slice(1).entries()) {
    expect(entry.previousDigest).toBe(entries[index]?.digest);
  }
  expect(await trail.verify(null)).toEqual({ entries: 6, firstBroken: null, next: null });
});

test('a change and its entry are written together, or neither is', async () => {
  const masters = partnerMasterStore(table);
  const save = (sku: string) => masters.save('harbor', 'ITEM', { code: 'B-1', value: { sku } }, origin());
  expect(await save('ONE')).toBe(true);
  expect(await save('TWO')).toBe(false);
  expect(await masters.remove('harbor', 'ITEM', 'B-1', origin('bob'))).toBe(true);
  expect(await masters.remove('harbor', 'ITEM', 'B-1', origin('bob'))).toBe(false);
  expect(await all()).toMatchObject([
    { action: 'partner-item.removed', before: { sku: 'TWO' }, actor: { id: 'bob' }, subject: 'harbor B-1' },
    { action: 'partner-item.saved', before: { sku: 'ONE' }, after: { sku: 'TWO' } },
    { action: 'partner-item.saved', after: { sku: 'ONE' }, actor: { type: 'human', id: 'ada' } },
  ]);
  // What cannot be recorded is not done.
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { ...AUDIT_HEAD },
      UpdateExpression: 'SET #sequence = :one',
      ExpressionAttributeNames: { '#sequence': 'sequence' },
      ExpressionAttributeValues: { ':one': 1 },
    }),
  );
  await expect(save('THREE')).rejects.toThrow('many changes');
  expect(await masters.get('harbor', 'ITEM', 'B-1')).toBeNull();
}, 30_000);

test('changes of one thing that meet form a line of befores and afters', async () => {
  const masters = partnerMasterStore(table);
  await Promise.all(
    ['A', 'B', 'C', 'D'].map((sku) =>
      masters.save('harbor', 'ITEM', { code: 'B-1', value: { sku } }, origin()),
    ),
  );
  const entries = (await all()).toReversed();
  expect(entries).toHaveLength(4);
  for (const [index, entry] of entries.slice(1).entries())
    expect(entry.before).toEqual(entries[index]?.after);
  expect((await masters.get('harbor', 'ITEM', 'B-1'))?.value).toEqual(entries[3]?.after);
});

describe('the list', () => {
  test('is newest first, and narrowed by action, actor, subject and time', async () => {
    for (const [index, id] of ['ada', 'bob', 'ada', 'bob', 'ada'].entries()) await record(`O-${index}`, id);
    const subjects = async (filter: Parameters<AuditTrail['list']>[0]) =>
      (await trail.list(filter, 100, null)).items.map(({ subject }) => subject);
    expect(await subjects({ actor: 'ada' })).toEqual(['O-4', 'O-2', 'O-0']);
    expect(await subjects({ subject: 'O-3' })).toEqual(['O-3']);
    expect(await subjects({ action: 'connection.saved' })).toEqual([]);
    const times = (await all()).map(({ at }) => at);
    expect(await subjects({ from: times[1], to: times[1] })).toContain('O-3');
    expect(await subjects({ from: '2999-01-01T00:00:00.000Z' })).toEqual([]);
    expect(await subjects({ to: '2000-01-01T00:00:00.000Z' })).toEqual([]);
  });

  test('is read to its end in pages, each entry once', async () => {
    for (let index = 0; index < 7; index++) await record(`O-${index}`);
    const seen: number[] = [];
    let position: string | null = null;
    do {
      const page: Awaited<ReturnType<AuditTrail['list']>> = await trail.list({}, 3, position);
      seen.push(...page.items.map(({ sequence }) => sequence));
      position = page.next;
    } while (position !== null);
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });
});

describe('verification finds', () => {
  const set = (sequence: number, name: string, value: string) =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { ...auditKey(sequence) },
        UpdateExpression: 'SET #name = :value',
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: { ':value': value },
      }),
    );
  const remove = (sequence: number) =>
    table.client.send(new DeleteCommand({ TableName: table.name, Key: { ...auditKey(sequence) } }));

  beforeEach(async () => {
    for (let index = 1; index <= 4; index++) await record(`O-${index}`);
  });

  test('a single altered byte of any attribute, wherever it stands', async () => {
    const { Items = [] } = await table.client.send(
      new ScanCommand({
        TableName: table.name,
        FilterExpression: 'pk = :audit',
        ExpressionAttributeValues: { ':audit': AUDIT },
      }),
    );
    for (const item of Items) {
      const sequence = Number(item.sk);
      for (const name of ['content', 'digest', 'previousDigest']) {
        const written: string = item[name];
        for (const place of [0, Math.floor(written.length / 2), written.length - 1]) {
          const other = written[place] === '1' ? '2' : '1';
          await set(sequence, name, written.slice(0, place) + other + written.slice(place + 1));
          expect((await trail.verify(null)).firstBroken, `${sequence} ${name} ${place}`).toBe(sequence);
        }
        await set(sequence, name, written);
      }
    }
    expect((await trail.verify(null)).firstBroken).toBeNull();
  });

  test.each([1, 2, 4])('that entry %i was removed', async (sequence) => {
    await remove(sequence);
    expect((await trail.verify(null)).firstBroken).toBe(sequence);
  });
});
