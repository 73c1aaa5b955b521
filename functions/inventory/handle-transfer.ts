import { invalid, type Rejection } from '../../domain/decider.ts';
import {
  type LotEvents,
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

interface TransferRequest<Command> {
  readonly command: Command;
  readonly transferId: string;
  readonly origin: Origin;
  readonly remember?: ((transfer: Transfer) => IdempotencyRecord) | undefined;
}

type Refused = { readonly kind: 'refused'; readonly rejection: Rejection };
type Written = { readonly kind: 'done'; readonly transfer: Transfer } | { readonly kind: 'key-used' };
type NotReceived = Refused | { readonly kind: 'unknown' } | { readonly kind: 'received-before' };

/**
 * Sends a transfer in one transaction: the lots, their events, and what is expected at the target.
 *
 * @param request with a `transferId` that is new
 * @throws Busy when contention outlasted every attempt; nothing was written
 */
export function handleSendTransfer(
  ports: Ports,
  request: TransferRequest<SendTransfer>,
): Promise<Written | Refused> {
  const { command, transferId } = request;
  return writeTransfer<Refused>(ports, request, async (now) => {
    const stock = await ports.stock.lotsOf(skusOf(command));
    const unknown = await unknownLocation(ports, command);
    const decided = unknown ?? sendTransfer(command, transferId, stock, now);
    if ('rejection' in decided) return { outcome: { kind: 'refused', rejection: decided.rejection } };
    return { change: { before: null, ...decided } };
  });
}

/**
 * Receives a transfer in one transaction: the lots, their events, and that it is expected no more.
 *
 * @throws Busy when contention outlasted every attempt; nothing was written
 */
export function handleReceiveTransfer(
  ports: Ports,
  request: TransferRequest<ReceiveTransfer>,
): Promise<Written | NotReceived> {
  return writeTransfer<NotReceived>(ports, request, async (now) => {
    const before = await ports.stock.transfer(request.transferId);
    if (before === null) return { outcome: { kind: 'unknown' } };
    if (before.state === 'RECEIVED') return { outcome: { kind: 'received-before' } };
    const stock = await ports.stock.lotsOf(skusOf(before));
    const decided = receiveTransfer(before, request.command, stock, now);
    if ('rejection' in decided) return { outcome: { kind: 'refused', rejection: decided.rejection } };
    return { change: { before, ...decided } };
  });
}

interface TransferChange {
  readonly before: Transfer | null;
  readonly transfer: Transfer;
  readonly lots: readonly LotEvents[];
}

/** Decides and writes, all of it again while others get in between. */
async function writeTransfer<Outcome>(
  ports: Ports,
  { origin, remember }: TransferRequest<unknown>,
  decide: (now: string) => Promise<{ readonly outcome: Outcome } | { readonly change: TransferChange }>,
): Promise<Written | Outcome> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const now = ports.now();
    const decided = await decide(now);
    if ('outcome' in decided) return decided.outcome;
    const { before, transfer, lots } = decided.change;
    const write = {
      lots: lots.map((change) => lotWrite(ports, origin, now, change)),
      transfer: { before, after: transfer },
      idempotency: remember?.(transfer),
    };
    const saved = await saveStock(ports, write, attempt);
    if (saved === 'key-used') return { kind: 'key-used' };
    if (saved === 'saved') return { kind: 'done', transfer };
  }
  throw new Busy('the lots of the transfer are changed by many at once; it was not made, send it again');
}

function skusOf({ lines }: { readonly lines: readonly { readonly sku: string }[] }): readonly string[] {
  return [...new Set(lines.map(({ sku }) => sku))];
}

async function unknownLocation(ports: Ports, { fromLocationId, toLocationId }: SendTransfer) {
  for (const [path, locationId] of Object.entries({ fromLocationId, toLocationId })) {
    if ((await ports.locations.find(locationId)) === null) {
      return invalid(path, `there is no location ${locationId}`);
    }
  }
  return null;
}
