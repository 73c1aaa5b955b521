import { expect } from 'vitest';
import { ReceiveOrder } from '../domain/order/commands.ts';
import type { Order } from '../domain/order/order.ts';
import type { Table } from '../functions/adapters/dynamodb/client.ts';
import type { OrderEnvelope, Origin, StockEnvelope } from '../functions/events/envelope.ts';
import { handleLotCommand } from '../functions/inventory/handle-lot-command.ts';
import { handleOrderCommand, type NotReceiving } from '../functions/orders/handle-order-command.ts';
import type { Ports } from '../functions/orders/ports.ts';
import { receiveOrder } from '../functions/orders/receive-order.ts';
import { createPorts } from '../functions/wiring.ts';

const ORIGIN: Origin = { actor: { type: 'human', id: 'ada' }, correlationId: 'test' };

/** Terms of an order for a test: what is not given is ordinary. */
export interface TestTerms {
  readonly orderId: string;
  readonly lines: readonly {
    readonly sku: string;
    readonly quantity: number;
    readonly [term: string]: unknown;
  }[];
  readonly [term: string]: unknown;
}

/** The real commands on a real store, with a clock that a test can set. */
export interface TestLoop {
  readonly ports: Ports;
  /** Sets the clock to an instant, or back to the real time. */
  setClock(instant: string | null): void;
  receive(terms: TestTerms): Promise<Order>;
  stock(sku: string, lotNumber: string, quantity: number): Promise<readonly StockEnvelope[]>;
  /** Carries out a command that must not be refused. */
  command(orderId: string, command: NotReceiving): Promise<readonly OrderEnvelope[]>;
  order(orderId: string): Promise<Order>;
  history(orderId: string): Promise<readonly OrderEnvelope[]>;
}

/** @param base ports with something that a test wants to go wrong. @default the real ones */
export function testLoop(
  table: Table,
  base: Ports = createPorts(table, { receivesOrders: false }),
): TestLoop {
  let clock: string | null = null;
  const ports: Ports = { ...base, now: () => clock ?? new Date().toISOString() };
  return {
    ports,
    setClock(instant) {
      clock = instant;
    },
    async receive({ orderId, lines, ...terms }) {
      const command = ReceiveOrder.parse({
        type: 'ReceiveOrder',
        currency: 'USD',
        customer: { name: 'IRONRIDGE Construction' },
        lines: lines.map((line) => ({ unitPrice: '20.00', ...line })),
        ...terms,
      });
      const outcome = await receiveOrder(ports, { orderId, command, origin: ORIGIN });
      if (outcome.kind !== 'received') throw new Error(`not received: ${JSON.stringify(outcome)}`);
      return outcome.order;
    },
    async stock(sku, lotNumber, quantity) {
      const outcome = await handleLotCommand(ports, {
        command: { type: 'ReceiveStock', sku, lotNumber, quantity },
        origin: ORIGIN,
      });
      if (outcome.kind !== 'done') throw new Error(`no stock: ${JSON.stringify(outcome)}`);
      return outcome.events;
    },
    async command(orderId, command) {
      const outcome = await handleOrderCommand(ports, { orderId, command, origin: ORIGIN });
      if (outcome.kind !== 'done')
        throw new Error(
          `${outcome.kind}: ${JSON.stringify('rejection' in outcome ? outcome.rejection : null)}`,
        );
      return outcome.events;
    },
    async order(orderId) {
      const order = await ports.orders.load(orderId);
      expect(order).not.toBeNull();
      return order as Order;
    },
    history: (orderId) => ports.orders.history(orderId, 0, 10_000),
  };
}
