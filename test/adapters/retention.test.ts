import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Approval } from '../../contract/agents.ts';
import { RETAINED_STORES, type Retention, retentionOf, STORE_NAMES } from '../../contract/retention.ts';
import { approvalStore } from '../../functions/adapters/dynamodb/approval-store.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { deliveryLog } from '../../functions/adapters/dynamodb/delivery-log.ts';
import { documentStore } from '../../functions/adapters/dynamodb/document-store.ts';
import { messageLog } from '../../functions/adapters/dynamodb/message-log.ts';
import { orderStore } from '../../functions/adapters/dynamodb/order-store.ts';
import { personalRequestStore } from '../../functions/adapters/dynamodb/personal-request-store.ts';
import { writeAll } from '../../functions/adapters/dynamodb/transaction.ts';
import { beginIdempotency } from '../../functions/adapters/dynamodb/uniqueness-claims.ts';
import { ownerOfConnection } from '../../functions/channels/core/documents.ts';
import type { NewMessage } from '../../functions/messages/message.ts';
import { messageIdOf, refOf } from '../../functions/messages/message-log.ts';
import { requestOf } from '../../functions/privacy/process-requests.ts';
import { createTable } from '../../functions/wiring.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
afterEach(() => vi.unstubAllEnvs());

/** Days of each store that differ from those of every other, and from what they are by default. */
const OTHERS: Retention = retentionOf(
  Object.fromEntries(STORE_NAMES.map((name, index) => [name, RETAINED_STORES[name].min + 40 + index])),
);
const now = new Date().toISOString();
const origin = { actor: { type: 'human', id: 'mira' }, correlationId: 'retention' } as const;

const message = (key: string): NewMessage => ({
  messageId: messageIdOf('shopify', 'shop', key),
  ...{ channel: 'SHOPIFY', endpoint: 'shopify', connectionId: 'shop', source: 'shop', topic: key },
  ...{ proof: { method: 'test', secretName: null }, receivedAt: now },
  ...{ actor: { type: 'channel', id: 'shop' }, correlationId: 'test' },
});
const approval: Approval = {
  ...{ approvalId: '01JB0000000000000000000000', status: 'PENDING', tool: 'cancel_order', agent: 'agent' },
  ...{ requestedAt: now, expiresAt: now, arguments: {} },
  effect: {
    ...{ stateAfter: 'CANCELLED', total: '1.00', currency: 'USD' },
    ...{ reserved: [], released: [], events: [] },
  },
};

/** Writes one item of each store that ends by itself. */
const WRITES: Partial<Readonly<Record<keyof Retention, (table: Table) => Promise<unknown>>>> = {
  idempotentAnswers: (table) =>
    writeAll(table, [
      beginIdempotency(table, { scope: 'POST', key: 'k', fingerprint: 'f', begunAt: Date.parse(now) }),
    ]),
  processedMessages: settled('PROCESSED'),
  rejectedMessages: settled('REJECTED'),
  dismissedMessages: settled('DISMISSED'),
  quarantinedMessages: settled('QUARANTINED'),
  largeBodies: (table) => messageLog(table).receive(message('large'), randomBytes(400_000)),
  awaitedEvents: (table) => messageLog(table).awaitEvent(message('waits').messageId, 'ORDER 1'),
  connectionDocuments: (table) =>
    documentStore(table).save(ownerOfConnection('partner'), {
      ...{ documentId: '846-000001', kind: '846', createdAt: now, mediaType: 'application/edi-x12' },
      ...{ status: 'SENT', content: 'ISA' },
    }),
  approvals: (table) => approvalStore(table).add(approval),
  subscriberDeliveries: (table) =>
    deliveryLog(table).add('subscription', {
      delivery: {
        ...{ deliveryId: 'one', eventId: 'one', eventType: 'OrderShipped', status: 'PENDING' },
        ...{ createdAt: now, attempts: [] },
      },
      ...{ tries: 0, payload: '{}' },
    }),
  dataRequests: (table) =>
    personalRequestStore(table).add(
      requestOf('ACCESS', { email: 'a@example.com' }, { requestId: 'one', requestedAt: now, origin }),
    ),
};

function settled(state: 'PROCESSED' | 'REJECTED' | 'DISMISSED' | 'QUARANTINED') {
  return async (table: Table) => {
    const log = messageLog(table);
    const { message: logged } = await log.receive(message(state), Buffer.from('{}'));
    return log.settle(refOf(logged), { state });
  };
}

/** @returns the days for which items of the table are kept from now */
async function daysIn(table: Table): Promise<readonly number[]> {
  const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.name }));
  return Items.flatMap(({ expiresAt }) =>
    expiresAt === undefined ? [] : [Math.round((expiresAt - Date.parse(now) / 1000) / 86_400)],
  );
}

test.each(STORE_NAMES.filter((name) => RETAINED_STORES[name].place === 'table'))(
  'an item of %s ends after the days that are set for it',
  async (name) => {
    const write = WRITES[name];
    if (write === undefined) throw new Error(`nothing is written to ${name}`);
    const byDefault = await store.newTable();
    await write(byDefault);
    const { days } = RETAINED_STORES[name];
    expect(new Set(await daysIn(byDefault))).toEqual(new Set(days === null ? [] : [days]));
    const other = { ...(await store.newTable()), retention: OTHERS };
    await write(other);
    expect(new Set(await daysIn(other))).toEqual(new Set([OTHERS[name]]));
  },
);

describe('the pieces of a large body', () => {
  const DAY = 86_400_000;
  const bodyEnds = async (table: Table) => {
    const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.name }));
    const pieces = Items.filter(({ kind }) => kind === 'MESSAGE_BODY');
    expect(pieces.length).toBeGreaterThan(1);
    return new Set(
      pieces.map(({ expiresAt }) => expiresAt && Math.round((expiresAt * 1000 - Date.now()) / DAY)),
    );
  };
  const quarantined = async (table: Table) => {
    const log = messageLog(table);
    const { message: logged } = await log.receive(message('large'), randomBytes(400_000));
    await log.settle(refOf(logged), { state: 'QUARANTINED' });
    return logged;
  };
  afterEach(() => vi.restoreAllMocks());

  test.each([
    ['without end', null, undefined],
    ['for its days', 500, 500],
  ])('are kept %s as their quarantined message', async (_, quarantinedMessages, days) => {
    const table = { ...(await store.newTable()), retention: retentionOf({ quarantinedMessages }) };
    await quarantined(table);
    expect(await bodyEnds(table)).toEqual(new Set([days]));
  });

  test.each(['PROCESSED', 'REJECTED', 'DISMISSED'] as const)(
    'outlast a message that becomes %s long after it was quarantined',
    async (state) => {
      const table = await store.newTable();
      const logged = await quarantined(table);
      const { now: realNow } = Date;
      vi.spyOn(Date, 'now').mockImplementation(() => realNow() + 390 * DAY);
      await messageLog(table).settle({ ...refOf(logged), wasQuarantined: true }, { state });
      expect(await bodyEnds(table)).toEqual(new Set([400]));
    },
  );

  test('outlast a message that an order is marked as deleted by', async () => {
    const table = await store.newTable();
    const logged = await quarantined(table);
    await orderStore(table).markDeleted(
      { channel: 'SHOPIFY', source: 'shop', externalId: '1' },
      { message: { ...refOf(logged), wasQuarantined: true }, settlement: { state: 'PROCESSED' } },
    );
    expect(await bodyEnds(table)).toEqual(new Set([400]));
  });

  test('end counted from receipt where nobody has to decide', async () => {
    const table = await store.newTable();
    const { message: logged } = await messageLog(table).receive(message('large'), randomBytes(400_000));
    await messageLog(table).settle(refOf(logged), { state: 'PROCESSED' });
    expect(await bodyEnds(table)).toEqual(new Set([400]));
  });
});

test('functions read from their environment what is set', () => {
  vi.stubEnv('TABLE_NAME', 'orders');
  expect(createTable().retention).toEqual(retentionOf());
  vi.stubEnv('RETENTION_DAYS', 'approvals=180 quarantinedMessages=forever dataRequests=60');
  expect(createTable().retention).toEqual(
    retentionOf({ approvals: 180, quarantinedMessages: null, dataRequests: 60 }),
  );
  vi.stubEnv('RETENTION_DAYS', 'approvals=0');
  expect(() => createTable()).toThrow('must be 7 to 3,650 whole days');
});

/** What ends with its own purpose, not after days of a setting. */
const OF_THEIR_OWN = ['authorization-store.ts', 'heartbeat.ts', 'portal-link-store.ts', 'request-counts.ts'];

test('no adapter ends items after days of its own', () => {
  const folder = 'functions/adapters/dynamodb';
  const writing = globSync('*.ts', { cwd: folder }).filter((file) => {
    const text = readFileSync(`${folder}/${file}`, 'utf8');
    return text.includes('EXPIRY_ATTRIBUTE') && !text.includes('expiresAfter(');
  });
  expect(writing.sort()).toEqual(OF_THEIR_OWN);
});
