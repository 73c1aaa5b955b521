import { expect } from 'vitest';
import type { Rejection } from '../../domain/decider.ts';
import type { Lot } from '../../domain/inventory/lot.ts';
import type { OrderEvent, OrderEventOf, OrderEventType } from '../../domain/order/events.ts';
import type { Line, Order } from '../../domain/order/order.ts';
import { type TestLot, Warehouse, type WrittenCommand } from './warehouse.ts';

export { lot } from './warehouse.ts';

export const ORDER_ID = 'LMB-ORD-2026-0041';

/** Terms of an order for a test: what is not given is ordinary. */
export interface TestTerms {
  readonly lines: readonly { readonly quantity: number; readonly [term: string]: unknown }[];
  readonly [term: string]: unknown;
}

/** A history that a command meets. */
export interface Given {
  /** Later steps happen at this instant. */
  at(instant: string): Given;
  /** An order comes in, and is accepted. */
  received(terms: TestTerms): Given;
  /** A command is given, and is accepted. */
  done(...commands: readonly WrittenCommand[]): Given;
  /** A lot comes in, or changes. */
  stock(lot: TestLot): Given;
  /** The command whose outcome is looked at. */
  when(command: WrittenCommand): Outcome;
  readonly order: Order;
  line(lineNumber: number): Line;
  lot(sku: string, lotNumber: string): Lot;
}

/** What became of a command. */
export interface Outcome extends Given {
  readonly events: readonly OrderEvent[];
  /** Exactly these events happened, in this order. */
  happened(...types: readonly OrderEventType[]): Outcome;
  /** The command was refused, by this code, in words that match; nothing changed. */
  refused(code: Rejection['code'], detail?: RegExp): Outcome;
  readonly rejection: Rejection | null;
  /** The data of the only event of this name. */
  event<Type extends OrderEventType>(type: Type): OrderEventOf<Type>['data'];
}

/** @param lots what is in stock before anything happens */
export function given(lots: readonly TestLot[] = [], mostReservations = 25): Given {
  const warehouse = new Warehouse(lots, mostReservations);
  const base: Given = {
    at(instant) {
      warehouse.now = instant;
      return base;
    },
    received: (terms) => base.done(reception(terms)),
    done(...commands) {
      for (const command of commands) {
        const decision = warehouse.handle(ORDER_ID, command);
        if ('rejection' in decision)
          throw new Error(`${command.type} was refused: ${decision.rejection.detail}`);
      }
      return base;
    },
    stock(changed) {
      const before = warehouse
        .lots()
        .find((each) => each.sku === changed.sku && each.lotNumber === changed.lotNumber);
      warehouse.put({
        expiryDate: null,
        status: 'AVAILABLE',
        reserved: 0,
        sequence: 1,
        ...before,
        ...changed,
      });
      return base;
    },
    when: (command) => outcome(base, warehouse, command),
    get order() {
      return warehouse.order(ORDER_ID);
    },
    line(lineNumber) {
      const line = base.order.lines[lineNumber - 1];
      if (line === undefined) throw new Error(`there is no line ${lineNumber}`);
      return line;
    },
    lot: (sku, lotNumber) => warehouse.lot(sku, lotNumber),
  };
  return base;
}

/** The command that brings an order in; prices are 20.00 a unit unless a line says otherwise. */
export function reception({ lines, ...terms }: TestTerms): WrittenCommand {
  return {
    type: 'ReceiveOrder',
    currency: 'USD',
    customer: { name: 'IRONRIDGE Construction' },
    lines: lines.map((line) => ({ sku: 'BRS', unitPrice: '20.00', ...line })),
    ...terms,
  };
}

function outcome(base: Given, warehouse: Warehouse, command: WrittenCommand): Outcome {
  const before = JSON.stringify([...warehouse.orders, ...warehouse.lots()]);
  const decision = warehouse.handle(ORDER_ID, command);
  const events = 'events' in decision ? decision.events : [];
  const rejection = 'rejection' in decision ? decision.rejection : null;
  const result: Outcome = Object.assign(Object.create(base) as Given, {
    events,
    rejection,
    happened(...types: readonly OrderEventType[]) {
      expect(rejection).toBeNull();
      expect(events.map((event) => event.type)).toEqual(types);
      return result;
    },
    refused(code: Rejection['code'], detail = /./) {
      expect(rejection?.code, rejection?.detail).toBe(code);
      expect(rejection?.detail).toMatch(detail);
      expect(JSON.stringify([...warehouse.orders, ...warehouse.lots()])).toBe(before);
      return result;
    },
    event<Type extends OrderEventType>(type: Type) {
      const found = events.filter((event): event is OrderEventOf<Type> & OrderEvent => event.type === type);
      expect(found, `${type} among ${events.map((event) => event.type)}`).toHaveLength(1);
      return (found[0] as OrderEventOf<Type>).data as OrderEventOf<Type>['data'];
    },
  });
  return result;
}
