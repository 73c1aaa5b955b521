import { expect, test } from 'vitest';
import { receiveTransfer, type Transfer } from '../../../domain/inventory/transfer.ts';
import { lot } from '../warehouse.ts';

const NOW = '2026-01-02T00:00:00.000Z';
const line = { sku: 'BRS', lotNumber: 'A', expiryDate: null, quantity: 5 };
const transfer: Transfer = {
  ...{ transferId: 'T1', fromLocationId: 'MAIN', toLocationId: 'EAST', state: 'IN_TRANSIT' },
  lines: [{ ...line, lotNumber: 'B' }, line],
  sentAt: '2026-01-01T00:00:00.000Z',
};

/** Receives into a lot that has room for so many units, of which so many arrived; all that were sent by default. */
function received(room: number, quantity?: number) {
  const stock = new Map([['BRS', [lot('BRS', 'A', 1_000_000_000 - room, { locationId: 'EAST' })]]]);
  const counted = quantity === undefined ? {} : { lines: [{ ...line, quantity }, transfer.lines[0] ?? line] };
  return receiveTransfer(transfer, counted, stock, NOW);
}

test.each([
  ['all that were sent', 4, undefined, 'lines'],
  ['all of a count', 4, 5, 'lines[0].quantity'],
  ['a surplus', 5, 6, 'lines[0].quantity'],
])('a lot does not receive more units than it holds: %s', (_, room, quantity, path) => {
  expect(received(room, quantity)).toMatchObject({
    rejection: {
      code: 'validation_failed',
      errors: [{ path, message: 'a lot holds at most 1000000000 units' }],
    },
  });
});

test.each([
  ['all that were sent', 5, undefined],
  ['a surplus', 6, 6],
  ['what is left of a shortage', 4, 4],
])('a lot receives units up to what it holds: %s', (_, room, quantity) => {
  expect(received(room, quantity)).toMatchObject({ transfer: { state: 'RECEIVED' } });
});
