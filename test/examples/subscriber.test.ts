import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { buildApp } from '../../examples/subscriber/app.ts';
import { handler } from '../../examples/subscriber/cancelled.ts';
import { Template } from '../../testing/templates.ts';

const outdir = mkdtempSync(join(tmpdir(), 'order-loop-example-'));
afterAll(() => rmSync(outdir, { recursive: true }));

describe('the app of a subscriber', () => {
  const assembly = buildApp({ bundle: false, outdir }).synth();
  const { template, dependencies } = assembly.getStackByName('warehouse-orders');
  const warehouse = new Template('warehouse-orders', template);

  test('gets its events by rules of its own, each with a place for what cannot be delivered', () => {
    const rules = warehouse.all('AWS::Events::Rule').map(({ Properties }) => Properties);
    expect(rules.map(({ EventPattern }) => EventPattern)).toEqual([
      { source: ['order-loop'], 'detail-type': ['ShipmentShipped'] },
      {
        source: ['order-loop'],
        'detail-type': ['OrderCancelled', 'LinesCancelled'],
        detail: { channel: ['EDI', 'MANUAL'] },
      },
    ]);
    for (const { Targets } of rules) {
      expect(Targets).toHaveLength(1);
      expect(warehouse.behind({ 'Fn::GetAtt': Targets[0].DeadLetterConfig.Arn['Fn::GetAtt'] }).Type).toBe(
        'AWS::SQS::Queue',
      );
    }
  });

  test('depends on the loop, and the loop on none of it', () => {
    expect(dependencies.map(({ id }) => id)).toContainEqual(expect.stringMatching(/^OrderLoopData/));
    const loop = assembly.stacksRecursively.filter(({ stackName }) => stackName.startsWith('order-loop-'));
    expect(loop.flatMap((stack) => stack.dependencies).map(({ id }) => id)).not.toContain('Warehouse');
  });

  test('has a function that is told twice and acts once', async () => {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    const detail = {
      eventId: '01JABCDEFGHJKMNPQRSTVWXYZ0',
      type: 'OrderCancelled',
      version: 1,
      orderId: 'ACME-ORD-2026-0001',
      sequence: 3,
      occurredAt: '2026-03-10T14:07:00.000Z',
      actor: { type: 'human', id: 'ada' },
      channel: 'EDI',
      orderType: 'B2B',
      correlationId: 'c-1',
      causationId: 'c-1',
      data: { reason: 'CUSTOMER_REQUEST', lines: [], released: [], recovered: [] },
    };
    const event = { detail } as unknown as Parameters<typeof handler>[0];
    await handler(event);
    await handler(event);
    expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('ACME-ORD-2026-0001'));
    log.mockRestore();
  });
});
