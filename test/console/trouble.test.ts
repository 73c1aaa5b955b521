// @module-tag long
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, test } from 'vitest';
import { openTable } from '../../functions/adapters/dynamodb/client.ts';
import { connectionStore } from '../../functions/adapters/dynamodb/connection-store.ts';
import { documentStore } from '../../functions/adapters/dynamodb/document-store.ts';
import { publishedStockStore } from '../../functions/adapters/dynamodb/published-stock-store.ts';
import { stuckStore } from '../../functions/adapters/dynamodb/stuck-store.ts';
import { barriers, useOperator } from './support/operator.ts';

const DEADLINE = 90_000;

describe('when something is stuck, an operator', () => {
  const operator = useOperator();

  test('sees a dead letter and redrives it', { timeout: DEADLINE }, async () => {
    const { page } = operator();
    const orderId = 'LMB-ORD-2026-1042';
    // The stack runs in this process, where its services are found as a function finds them.
    const { FailedEntryCount } = await new EventBridgeClient({}).send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: 'order-loop',
            Source: 'order-loop',
            DetailType: 'InvoiceRequested',
            // Nothing that the loop would say: finance cannot book an invoice that is not told of.
            Detail: JSON.stringify({ eventId: 'E-1', type: 'InvoiceRequested', orderId, data: {} }),
          },
        ],
      }),
    );
    expect(FailedEntryCount).toBe(0);
    await operator().open('/operations?show=dead');
    const letter = page.getByRole('row', { name: /Finance.*LMB-ORD-2026-1042/ });
    await letter.waitFor({ timeout: 60_000 });
    expect(await barriers(page)).toEqual([]);
    await letter.getByRole('button', { name: 'Redrive' }).click();
    await letter.waitFor({ state: 'hidden' });
  });

  test('sees a stuck order and restarts its workflow', async () => {
    const { page, stack, url } = operator();
    const orderId = 'LMB-ORD-2026-0041';
    const { items } = (await (await fetch(`${url}/dev/executions?name=${orderId}`)).json()) as {
      items: { arn: string; status: string }[];
    };
    const executionArn = items.find(({ status }) => status === 'RUNNING')?.arn;
    await new SFNClient({}).send(new StopExecutionCommand({ executionArn }));
    await stuckStore(openTable(stack.tableName)).report(orderId, orderId, '{"Error":"Lambda.Unknown"}');

    await operator().open('/operations?show=stuck');
    const row = page.getByRole('row', { name: new RegExp(orderId) });
    await row.getByText(/Lambda.Unknown/).waitFor();
    expect(await barriers(page)).toEqual([]);
    await row.getByRole('button', { name: 'Restart' }).click();
    await operator().seen(`${orderId}: the workflow was restarted.`);
    await row.waitFor({ state: 'hidden' });
  });

  test('sees a number that somebody changed in a shop, and decides', async () => {
    const { page, stack } = operator();
    const table = openTable(stack.tableName);
    const at = new Date().toISOString();
    const connectionId = 'stocked';
    const settings = { store: 'https://stocked.example', stock: {} };
    const origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'test' } as const;
    await connectionStore(table).save(
      { connectionId, kind: 'WOOCOMMERCE', name: 'Stocked', settings, updatedAt: at },
      origin,
    );
    await publishedStockStore(table).save(connectionId, {
      ...{ sku: 'TYPED-1', version: 1, source: settings.store, published: 7, publishedAt: at, checkedAt: at },
      ...{ available: 0, doubt: 0, agreedAt: at, sold: 0 },
      correction: { shown: 7, expected: 9, noticedAt: at },
    });
    await operator().open('/operations?show=stock');
    const row = page.getByRole('row', { name: /TYPED-1.*shows 7 instead of 9/ });
    await row.waitFor();
    expect(await barriers(page)).toEqual([]);
    await row.getByRole('button', { name: 'Overwrite the number of TYPED-1' }).click();
    await operator().seen('TYPED-1: the shop is shown its lease again.');
    await row.waitFor({ state: 'hidden' });
  });

  test('sees which documents a partner has not acknowledged', async () => {
    const { page, stack } = operator();
    const orderId = 'LMB-ORD-2026-0041';
    const documents = documentStore(openTable(stack.tableName));
    const createdAt = new Date().toISOString();
    const document = { documentId: '855-late', kind: '855', createdAt, mediaType: 'application/edi-x12' };
    await documents.save(orderId, { ...document, status: 'WAITING', content: 'ISA' });
    await documents.noteSent(orderId, '855-late', createdAt, createdAt);
    await operator().open('/operations?show=unacknowledged');
    await page.getByRole('row', { name: /855-late.*Overdue/ }).waitFor();
    expect(await barriers(page)).toEqual([]);
  });
});
