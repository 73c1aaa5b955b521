import { createHash } from 'node:crypto';
import type { Order } from '../../../../domain/order/order.ts';
import type { Ports } from '../../../orders/ports.ts';
import { sourceOf } from '../descriptor.ts';
import type { DocumentHeader, TransactionSet } from '../x12/index.ts';
import { documentIdentity, type Sender } from './translate-order.ts';

/** @returns the orders that were made of a document before, its parts in their order; none where it is new */
export async function ordersOfDocument(
  ports: Pick<Ports, 'orders'>,
  sender: Sender,
  document: DocumentHeader,
): Promise<readonly Order[]> {
  const { key, issuer } = documentIdentity(document);
  const orders = await ordersOfKey(ports, sender, key);
  return orders.filter(({ channelDocument }) => channelDocument?.issuer === issuer);
}

/**
 * @returns the orders that a change or a cancellation is about, which need not repeat whose they are; null where the
 * number stands on the purchase orders of several buyers and the document names none of them
 */
export async function ordersMeantBy(
  ports: Pick<Ports, 'orders'>,
  sender: Sender,
  document: DocumentHeader,
): Promise<readonly Order[] | null> {
  const { key, issuer } = documentIdentity(document);
  const orders = await ordersOfKey(ports, sender, key);
  if (issuer !== undefined) return orders.filter(({ channelDocument }) => channelDocument?.issuer === issuer);
  const issuers = new Set(orders.map(({ channelDocument }) => channelDocument?.issuer));
  return issuers.size > 1 ? null : orders;
}

async function ordersOfKey(
  ports: Pick<Ports, 'orders'>,
  sender: Sender,
  key: string,
): Promise<readonly Order[]> {
  const orderIds = await ports.orders.findDocument('EDI', sourceOf(sender), key);
  const orders = await Promise.all(orderIds.map((orderId) => ports.orders.load(orderId)));
  return orders.filter((order) => order !== null).toSorted((one, other) => partOf(one) - partOf(other));
}

function partOf({ channelDocument }: Order): number {
  return channelDocument?.part ?? 1;
}

/** A digest of what a set says: its envelope, and that it is sent again (BEG01), are no part of it. */
export function digestOf(set: TransactionSet): string {
  const content = set.segments
    .filter(({ id }) => id !== 'ST' && id !== 'SE')
    .map(({ id, elements }) => (id === 'BEG' ? [id, ...elements.slice(1)] : [id, ...elements]));
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}
