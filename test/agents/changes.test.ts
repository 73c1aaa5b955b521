import { describe, expect, test } from 'vitest';
import { holdId } from '../../domain/order/decide/receive.ts';
import { visible } from '../../domain/text.ts';
import type { Table } from '../../functions/adapters/dynamodb/client.ts';
import { locationStore } from '../../functions/adapters/dynamodb/location-store.ts';
import { tryAction } from '../../functions/agents/carry-out.ts';
import { changesOf } from '../../functions/agents/changes.ts';
import { handleLotCommand } from '../../functions/inventory/handle-lot-command.ts';
import { createPorts } from '../../functions/wiring.ts';
import { type TestLoop, type TestTerms, testLoop } from '../../testing/loop.ts';
import { useStore } from '../../testing/store.ts';

const store = useStore();
const origin = { actor: { type: 'ai-agent', id: 'agent-7' }, correlationId: 'c' } as const;

/** @param before what happened before the action, other than that the order was accepted */
async function previewed(
  terms: TestTerms,
  action: (orderId: string) => Parameters<typeof tryAction>[1],
  before: (loop: TestLoop, table: Table) => Promise<unknown> = async () => {},
) {
  const table = await store.newTable();
  process.env.ORDER_NUMBER_PREFIX ??= 'LMB-ORD';
  const ports = createPorts(table, { receivesOrders: true });
  const loop = testLoop(table, ports);
  await loop.stock('GOODS', 'LOT-1', 100);
  await loop.receive(terms);
  await before(loop, table);
  const outcome = await tryAction(ports, action(terms.orderId), origin);
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  return changesOf(outcome.before, outcome.order).changes;
}

const ORDER = 'CHANGES-1';
const SHIP_TO = { name: 'Ada', address1: '1 Street', city: 'Boise', postalCode: '83702', country: 'US' };

describe('what an action would change', () => {
  test('is each field that differs, before and after, and no other', async () => {
    const lines = [
      { sku: 'GOODS', quantity: 5, unitPrice: '2.00' },
      { sku: 'GOODS', quantity: 7, unitPrice: '3.00' },
    ];
    const changes = await previewed(
      { orderId: ORDER, lines, shipTo: SHIP_TO, note: 'ring twice' },
      (orderId) => ({
        tool: 'amend_order',
        arguments: {
          orderId,
          shipTo: { ...SHIP_TO, city: 'Nampa' },
          lines: [{ lineNumber: 2, quantity: 6 }],
        } as never,
      }),
    );
    expect(changes).toEqual(
      expect.arrayContaining([
        { field: 'shipTo.city', before: 'Boise', after: 'Nampa' },
        { field: 'lines 2.ordered', before: '7', after: '6' },
      ]),
    );
    expect(changes.filter(({ field }) => /^lines 1|note|version|updatedAt|name/.test(field))).toEqual([]);
  });

  test('of a new order is all that it says', async () => {
    const changes = await previewed({ orderId: ORDER, lines: [{ sku: 'GOODS', quantity: 1 }] }, () => ({
      tool: 'create_order',
      arguments: {
        orderType: 'DTC',
        channel: 'MANUAL',
        currency: 'USD',
        customer: { name: 'Ada' },
        lines: [{ sku: 'GOODS', quantity: 4, unitPrice: '1.50' }],
      } as never,
    }));
    expect(changes).toEqual(
      expect.arrayContaining([
        { field: 'customer.name', after: 'Ada' },
        { field: 'lines 1.ordered', after: '4' },
      ]),
    );
    expect(changes.filter(({ before }) => before !== undefined)).toEqual([]);
  });

  test('names the reason for which an order is held', async () => {
    const changes = await previewed(
      { orderId: ORDER, lines: [{ sku: 'GOODS', quantity: 1 }], holds: [{ reason: 'HIGH_RISK_OF_FRAUD' }] },
      (orderId) => ({ tool: 'release_hold', arguments: { orderId, holdId: holdId(orderId, 2) } as never }),
    );
    expect(changes).toContainEqual({
      field: expect.stringMatching(/^holds .*reason$/),
      before: 'HIGH_RISK_OF_FRAUD',
    });
  });

  test('shows one lot number in two locations as two lots', async () => {
    const changes = await previewed(
      { orderId: ORDER, lines: [{ sku: 'GOODS', quantity: 120 }] },
      (orderId) => ({ tool: 'cancel_order', arguments: { orderId, reason: 'CUSTOMER' } as never }),
      async (loop, table) => {
        const east = { locationId: 'EAST', name: 'East', address: {}, priority: 1 };
        await locationStore(table).save(east, origin);
        const receipt = { type: 'ReceiveStock', sku: 'GOODS', lotNumber: 'LOT-1', quantity: 50 } as const;
        await handleLotCommand(loop.ports, { command: { ...receipt, locationId: 'EAST' }, origin });
        await loop.command(ORDER, { type: 'AllocateOrder' });
      },
    );
    const lots = changes.filter(({ field }) => field.includes('LOT-1'));
    expect(new Set(lots.map(({ field }) => field)).size).toBe(lots.length);
    expect(lots.some(({ field }) => field.includes('LOT-1 in EAST'))).toBe(true);
  });

  test('hides nothing: characters that show nothing or turn the text are spelled out', async () => {
    const name = 'Ada\u202Eevil\u202C \u200Bhidden\u00A0wide\u{E0041}';
    const changes = await previewed(
      { orderId: ORDER, lines: [{ sku: 'GOODS', quantity: 1 }], shipTo: SHIP_TO },
      (orderId) => ({
        tool: 'amend_order',
        arguments: { orderId, shipTo: { ...SHIP_TO, name } } as never,
      }),
    );
    expect(changes).toContainEqual({
      field: 'shipTo.name',
      before: 'Ada',
      after: 'Ada⟨U+202E⟩evil⟨U+202C⟩ ⟨U+200B⟩hidden⟨U+00A0⟩wide⟨U+E0041⟩',
    });
  });
});

test.each([
  ['plain text, 2 × «words» naïve 日本語 😀', 'plain text, 2 × «words» naïve 日本語 😀'],
  ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
  ['\u2066left\u2069', '⟨U+2066⟩left⟨U+2069⟩'],
  ['a\u00ADb\u061Cc\uFEFFd\u3164e', 'a⟨U+00AD⟩b⟨U+061C⟩c⟨U+FEFF⟩d⟨U+3164⟩e'],
  ['a\u2028b\u2003c\u0000d\r', 'a⟨U+2028⟩b⟨U+2003⟩c⟨U+0000⟩d⟨U+000D⟩'],
  ['', ''],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});
