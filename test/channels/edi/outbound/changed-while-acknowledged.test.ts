import { describe, expect, test } from 'vitest';
import type { Order } from '../../../../domain/order/order.ts';
import { controlNumbers } from '../../../../functions/adapters/dynamodb/control-numbers.ts';
import { dispatchLog } from '../../../../functions/adapters/dynamodb/dispatch-log.ts';
import { documentStore } from '../../../../functions/adapters/dynamodb/document-store.ts';
import { labelSerials } from '../../../../functions/adapters/dynamodb/label-serials.ts';
import { partnerNotifier } from '../../../../functions/channels/edi/outbound/notify-partner.ts';
import { pause } from '../../../../functions/wiring.ts';
import { testLoop } from '../../../../testing/loop.ts';
import { useStore } from '../../../../testing/store.ts';
import { partner } from '../../../simulation/support/partner.ts';

/** One consumer has read an order and is about to acknowledge it; the order changes, and another one hears of that. */
const store = useStore();
const ORDER = 'ORD-1';
const SOURCE = '08 6145550100';
const nothing = async () => {};

const changes = [
  { what: 'three units', lines: [{ lineNumber: 1, quantity: 3 }], type: 'LinesCancelled', rejected: 3 },
  { what: 'the whole order', lines: undefined, type: 'OrderCancelled', rejected: 4 },
];

describe.each(changes)('while an order is acknowledged, $what is cancelled', ({ lines, type, rejected }) => {
  test.each(['before', 'after', 'while'] as const)(
    'and told of %s the acknowledgment is numbered',
    async (when) => {
      const table = await store.newTable();
      const loop = testLoop(table);
      await loop.stock('A', 'LOT', 10);
      const before = await loop.receive({
        ...{ orderId: ORDER, channel: 'EDI', orderType: 'B2B', source: SOURCE },
        ...{ externalId: 'PO-1', purchaseOrderNumber: 'PO-1' },
        lines: [{ sku: 'A', quantity: 4, channelLineId: '1' }],
      });
      await loop.command(ORDER, { type: 'CancelOrder', reason: 'The customer called', lines });
      const since = await loop.order(ORDER);

      const delivered: string[] = [];
      const numbers = controlNumbers(table, pause);
      /** @param first what happens between the look at what was told already and the number of a document */
      const tell = async (eventType: string, order: Order, first: () => Promise<void>) => {
        const event = (await loop.history(ORDER)).find((each) => each.type === eventType);
        if (event === undefined) throw new Error(`${eventType} did not happen`);
        let isFirst = true;
        const notifier = partnerNotifier({
          ports: loop.ports,
          deliveries: dispatchLog(table),
          documents: documentStore(table),
          numbers: {
            ...numbers,
            async issue(...parts) {
              if (isFirst) await first();
              isFirst = false;
              return numbers.issue(...parts);
            },
          },
          takeSerials: labelSerials(table),
          findPartner: async () => partner,
          deliver: async (_, __, content) => void delivered.push(content),
        });
        await notifier(event, order);
      };
      const acknowledge = (first = nothing) => tell('OrderAllocated', before, first);
      const tellOfChange = (first = nothing) => tell(type, since, first);

      if (when === 'before') await acknowledge(tellOfChange);
      if (when === 'while') await tellOfChange(acknowledge);
      if (when === 'after') {
        await acknowledge();
        await tellOfChange();
      }
      // The highest number counts; who tells the same again changes nothing.
      const told = delivered.length;
      await acknowledge();
      await tellOfChange();
      expect(delivered.slice(told)).toEqual([]);
      expect(newestOf(delivered)).toContain(`ACK*IR*${rejected}*`);
      expect(delivered.length).toBeLessThanOrEqual(2);
    },
  );
});

/** @returns the interchange with the highest number (ISA13) */
function newestOf(delivered: readonly string[]): string {
  const numberOf = (content: string) => Number(content.split('*')[13]);
  return delivered.toSorted((one, other) => numberOf(other) - numberOf(one))[0] ?? '';
}
