import { invalid, type Rejection } from '../../domain/decider.ts';
import {
  type ReceiveTransfer,
  receiveTransfer,
  type SendTransfer,
  sendTransfer,
  type Transfer,
} from '../../domain/inventory/transfer.ts';
import type { Origin } from '../events/envelope.ts';
import type { IdempotencyRecord } from '../idempotency.ts';
import type { Ports } from '../orders/ports.ts';
import { Busy } from '../write-failures.ts';
import { ATTEMPTS, lotWrite, saveStock } from './lot-writes.ts';

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
    const write = {
      lots: decided.lots.map((change) => lotWrite(ports, request.origin, now, change)),
      transfer: { before, after: decided.transfer },
      idempotency: request.remember?.(decided.transfer),
    };
    const saved = await saveStock(ports, write, attempt);
    if (saved === 'key-used') return { kind: 'key-used' };
    if (saved === 'saved') return { kind: 'done', transfer: decided.transfer };
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
