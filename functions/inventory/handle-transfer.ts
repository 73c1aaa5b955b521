import { invalid, type Rejection } from '../../domain/decider.ts';
import { recorded } from '../../domain/inventory/location.ts';
import { evolveLot, type Lot } from '../../domain/inventory/lot.ts';
import {
  type LotEvents,
  type ReceiveTransfer,
  receiveTransfer,
  type SendTransfer,
  sendTransfer,
  type Transfer,
} from '../../domain/inventory/transfer.ts';
import type { Origin, StockEnvelope } from '../events/envelope.ts';
import type { IdempotencyRecord } from '../idempotency.ts';
import { mayRetry } from '../orders/handle-order-command.ts';
import type { Ports } from '../orders/ports.ts';
import { Busy, WriteFailed } from '../write-failures.ts';
import type { LotWrite } from './ports.ts';

const ATTEMPTS = 12;

export interface TransferRequest {
  readonly command: { readonly send: SendTransfer } | { readonly receive: ReceiveTransfer };
  readonly transferId: string;
  readonly origin: Origin;
  readonly remember?: ((transfer: Transfer) => IdempotencyRecord) | undefined;
}

export type TransferOutcome =
  | { readonly kind: 'done'; readonly transfer: Transfer }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'received-before' }
  | { readonly kind: 'key-used' };

/**
 * Sends or receives a transfer, each in one transaction: the lots, their events, and what is expected at the target.
 *
 * @throws Busy when contention outlasted every attempt; nothing was written
 */
export async function handleTransfer(ports: Ports, request: TransferRequest): Promise<TransferOutcome> {
  const { command, transferId } = request;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const now = ports.now();
    const before = await ports.stock.transfer(transferId);
    if ('receive' in command && before === null) return { kind: 'unknown' };
    if ('receive' in command && before?.state === 'RECEIVED') return { kind: 'received-before' };
    const { lines } = before ?? ('send' in command ? command.send : { lines: [] });
    const stock = await ports.stock.lotsOf([...new Set(lines.map(({ sku }) => sku))]);
    const unknown = 'send' in command ? await unknownLocation(ports, command.send) : null;
    if (unknown !== null) return { kind: 'refused', rejection: unknown.rejection };
    const decided =
      'send' in command
        ? sendTransfer(command.send, transferId, stock, now)
        : receiveTransfer(before as Transfer, command.receive, stock, now);
    if ('rejection' in decided) return { kind: 'refused', rejection: decided.rejection };
    try {
      await ports.stock.save({
        lots: decided.lots.map((change) => lotWrite(ports, request.origin, now, change)),
        transfer: { before, after: decided.transfer },
        idempotency: request.remember?.(decided.transfer),
      });
      return { kind: 'done', transfer: decided.transfer };
    } catch (error) {
      if (error instanceof WriteFailed && error.conflict === 'idempotency-key-used')
        return { kind: 'key-used' };
      if (!mayRetry(error)) throw error;
      await ports.pause(attempt);
    }
  }
  throw new Busy('the lots of the transfer are changed by many at once; it was not made, send it again');
}

async function unknownLocation(ports: Ports, { fromLocationId, toLocationId }: SendTransfer) {
  for (const [path, locationId] of Object.entries({ fromLocationId, toLocationId })) {
    if ((await ports.locations.find(locationId)) === null) {
      return invalid(path, `there is no location ${locationId}`);
    }
  }
  return null;
}

function lotWrite(
  ports: Ports,
  origin: Origin,
  occurredAt: string,
  { sku, lotNumber, locationId, lot, sibling, events: decided }: LotEvents,
): LotWrite {
  const identity = { sku, lotNumber, ...recorded(locationId) };
  const events = decided.map(
    (event, index) =>
      ({
        eventId: ports.newId(),
        ...event,
        version: 1,
        ...identity,
        sequence: (lot?.sequence ?? 0) + index + 1,
        occurredAt,
        ...origin,
      }) as StockEnvelope,
  );
  const after = events.reduce<Lot | null>((state, event) => evolveLot(state, event, identity), lot) as Lot;
  return { before: lot, after, events, sibling };
}
