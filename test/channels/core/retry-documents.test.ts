import { expect, test } from 'vitest';
import type { Connection } from '../../../contract/connections.ts';
import { documentStore } from '../../../functions/adapters/dynamodb/document-store.ts';
import { countBlocked } from '../../../functions/channels/core/documents.ts';
import { retryBlockedDocuments, retryDocuments } from '../../../functions/channels/core/retry-documents.ts';
import { testLoop } from '../../../testing/loop.ts';
import { useStore } from '../../../testing/store.ts';

const store = useStore();
const HOUR = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * HOUR).toISOString();

const connection = (updatedAt: string) =>
  ({ connectionId: 'harbor', kind: 'EDI', name: 'Harbor', updatedAt, settings: {} }) as Connection;

async function blockedOrder() {
  const table = await store.newTable();
  const loop = testLoop(table);
  await loop.stock('GOODS', 'L1', 10);
  const order = await loop.receive({
    ...{ orderId: 'LMB-ORD-2026-0001', channel: 'EDI', orderType: 'B2B', source: '08 6145550100' },
    externalId: 'PO-1',
    lines: [{ sku: 'GOODS', quantity: 4 }],
  });
  const documents = documentStore(table);
  const block = (createdAt: string) =>
    documents.save(order.orderId, {
      ...{ documentId: '855-x', kind: '855', createdAt, mediaType: 'application/edi-x12' },
      ...{ status: 'BLOCKED', content: '', objections: ['REF01 is empty'] },
    });
  await block(ago(2));
  const notified: string[] = [];
  const notify = async ({ type }: { readonly type: string }) => {
    notified.push(type);
  };
  const run = (connections: readonly Connection[], failing = false) => {
    const reported: string[] = [];
    const send = failing ? () => Promise.reject(new Error('unreachable')) : notify;
    const report = (orderId: string) => reported.push(orderId);
    const until = Date.now() + HOUR;
    return retryBlockedDocuments(
      { ports: loop.ports, documents },
      () => send,
      connections,
      new Set<string>(),
      until,
      report,
    ).then((retried) => ({ retried, reported }));
  };
  return { loop, order, documents, block, notified, notify, run };
}

test('documents are retried once their partner was saved, and not before', async () => {
  const { run, notified, block } = await blockedOrder();
  expect(await run([connection(ago(3))])).toEqual({ retried: 0, reported: [] });
  expect(notified).toEqual([]);
  expect(await run([connection(ago(1))])).toEqual({ retried: 1, reported: [] });
  expect(notified).toContain('OrderReceived');
  // It is blocked again, by the rules as they are now.
  await block(ago(0.5));
  expect(await run([connection(ago(1))])).toEqual({ retried: 0, reported: [] });
});

test('a partner that cannot be reached keeps no other order waiting', async () => {
  const { run, order } = await blockedOrder();
  expect(await run([connection(ago(1))], true)).toEqual({ retried: 1, reported: [order.orderId] });
});

test('the whole history is handed to the channel, within the time', async () => {
  const { loop, order, notified, notify } = await blockedOrder();
  const history = await loop.history(order.orderId);
  await retryDocuments(loop.ports, notify, order.orderId, Date.now() + HOUR);
  expect(notified).toEqual(history.map(({ type }) => type));
  await expect(retryDocuments(loop.ports, notify, order.orderId, Date.now() - 1)).rejects.toThrow(
    /retry once more/,
  );
});

test('documents that were blocked within a day are counted, and what was sent is no longer', async () => {
  const { documents, order, block } = await blockedOrder();
  const now = new Date().toISOString();
  expect(await countBlocked(documents, now)).toBe(1);
  await block(ago(30));
  expect(await countBlocked(documents, now)).toBe(0);
  expect((await documents.blocked(10, null)).items).toHaveLength(1);
  await documents.save(order.orderId, {
    ...{ documentId: '855-x', kind: '855', createdAt: now, mediaType: 'application/edi-x12' },
    ...{ status: 'WAITING', content: 'ISA' },
  });
  expect((await documents.blocked(10, null)).items).toEqual([]);
  // What leaves is not blocked any more, whatever comes late.
  await block(now);
  await documents.removeBlocked(order.orderId, '855-x');
  expect(await documents.get(order.orderId, '855-x')).toMatchObject({ status: 'WAITING', content: 'ISA' });
});
