import * as z from 'zod';
import { ExpectStock } from '../domain/inventory/expected.ts';
import { ReceiveTransfer, SendTransfer, TransferState } from '../domain/inventory/transfer.ts';

/** POST /v1/transfers */
export const TransferRequest = SendTransfer.meta({ id: 'TransferRequest' });

/** POST /v1/transfers/{transferId}/receipt */
export const TransferReceiptRequest = ReceiveTransfer.meta({ id: 'TransferReceiptRequest' });

const units = z.int().meta({ description: 'Whole stock-keeping units.' });
const instant = z.string().meta({ format: 'date-time' });

/** Stock on its way between two locations. */
export const TransferResponse = z
  .object({
    transferId: z.string(),
    state: TransferState,
    fromLocationId: z.string(),
    toLocationId: z.string(),
    lines: z.array(
      z.object({
        sku: z.string(),
        lotNumber: z.string(),
        expiryDate: z.string().nullable().meta({ format: 'date' }),
        quantity: units.meta({ description: 'Units that were sent.' }),
        received: units.optional().meta({ description: 'Units that arrived.' }),
        reason: z.string().optional().meta({ description: 'Why they differ.' }),
      }),
    ),
    expectedAt: z.string().optional(),
    sentAt: instant,
    receivedAt: instant.optional(),
  })
  .meta({ id: 'Transfer' });

/** POST /v1/inventory/{sku}/expected */
export const ExpectedRequest = ExpectStock.meta({ id: 'ExpectedRequest' });

/** Units of a SKU that are to come. */
export const ExpectedResponse = z
  .object({
    sku: z.string(),
    reference: z.string(),
    quantity: units,
    expectedAt: z.string().optional().meta({ description: 'A day or an instant.' }),
    locationId: z.string(),
    transferId: z.string().optional().meta({ description: 'The transfer that brings them.' }),
  })
  .meta({ id: 'Expected' });
