import { EmptyQuery } from '../../../contract/requests.ts';
import { TransferReceiptRequest, TransferRequest } from '../../../contract/transfers.ts';
import type { Transfer } from '../../../domain/inventory/transfer.ts';
import { handleReceiveTransfer, handleSendTransfer } from '../../inventory/handle-transfer.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  Problem,
  parameter,
  problemOf,
  type RouteHandler,
  valid,
} from '../../middleware/http.ts';
import { idempotently } from '../../middleware/idempotency.ts';
import type { Ports } from '../../orders/ports.ts';
import { serveBackorders } from './lots.ts';

/** POST /v1/transfers: stock leaves one location for another. */
export function postTransfer(ports: Ports): RouteHandler {
  return (request) => {
    const created = (transfer: Transfer): HttpAnswer => ({
      status: 201,
      headers: { location: `/v1/transfers/${transfer.transferId}` },
      body: transfer,
    });
    return idempotently(
      ports.idempotency,
      request,
      async (remember) => {
        const outcome = await handleSendTransfer(ports, {
          command: valid(TransferRequest, request.body),
          transferId: ports.newId(),
          origin: request.origin,
          remember: remember && ((transfer) => remember(created(transfer))),
        });
        if (outcome.kind === 'key-used') return null;
        if (outcome.kind === 'refused') throw problemOf(outcome.rejection);
        return created(outcome.transfer);
      },
      () => Promise.reject(new Error('a transfer is sent in one step')),
    );
  };
}

/** GET /v1/transfers/{transferId} */
export function getTransfer(ports: Ports): RouteHandler {
  return async (request) => {
    valid(EmptyQuery, request.query);
    const transferId = idOf(request);
    const transfer = await ports.stock.transfer(transferId);
    if (transfer === null) throw unknown(transferId);
    return { status: 200, body: transfer };
  };
}

/** POST /v1/transfers/{transferId}/receipt: what was sent is there; orders that wait for it are served first. */
export function receiveTransfer(ports: Ports): RouteHandler {
  return (request) => {
    const transferId = idOf(request);
    return idempotently(
      ports.idempotency,
      request,
      async (remember) => {
        const outcome = await handleReceiveTransfer(ports, {
          command: valid(TransferReceiptRequest, request.body ?? {}),
          transferId,
          origin: request.origin,
          remember: remember && ((transfer) => remember({ status: 200, body: transfer })),
        });
        if (outcome.kind === 'key-used') return null;
        if (outcome.kind === 'refused') throw problemOf(outcome.rejection);
        if (outcome.kind === 'unknown') throw unknown(transferId);
        if (outcome.kind === 'received-before') {
          throw new Problem('transfer_received', `transfer ${transferId} was received before`);
        }
        const { transfer } = outcome;
        for (const sku of new Set(transfer.lines.map((line) => line.sku))) {
          await serveBackorders(ports, sku, request);
        }
        return { status: 200, body: transfer };
      },
      () => Promise.reject(new Error('a transfer is received in one step')),
    );
  };
}

function idOf(request: HttpRequest): string {
  const transferId = parameter(request, 'transferId');
  if (!TRANSFER_ID.test(transferId)) throw new Problem('not_found', 'there is no such transfer');
  return transferId;
}

const TRANSFER_ID = /^[0-9A-Za-z]{1,40}$/;

function unknown(transferId: string): Problem {
  return new Problem('not_found', `there is no transfer ${transferId}`);
}
