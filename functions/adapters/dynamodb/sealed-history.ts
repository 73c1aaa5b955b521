import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { ITEM_KIND } from '../../../contract/table.ts';
import { fold } from '../../../domain/order/evolve.ts';
import type { Order } from '../../../domain/order/order.ts';
import { jsonWithoutPersonalData } from '../../../domain/order/personal-data.ts';
import type { OrderEnvelope } from '../../events/envelope.ts';
import type { VerifiedOrder } from '../../events/history-seals.ts';
import type { Table } from './client.ts';
import { contentOf, orderEventFromItem } from './events.ts';
import { getItem, parseItem, queryItems, type StoredItem } from './items.ts';
import { EVENT_PREFIX, eventKey, headerKey, orderPartition } from './keys.ts';

/** Before the first event. */
export const BEGINNING = '';
/** In place of the digest before an unsealed event, so that no sealed one passes for it. */
const UNSEALED = 'unsealed';

/** Bytes of a salt: nobody finds erased values by computing the commitments of all that they may have been. */
const SALT_BYTES = 16;

/**
 * What seals an event: the digest of the one before it, and its own over that and all that the event says. Where it
 * holds personal data, its digest is over what stays when that is erased, and over a salted commitment to the whole of
 * it: without the salt, which is erased too, the commitment says nothing, and the digest still holds.
 */
export interface Seal {
  readonly previousDigest: string;
  readonly digest: string;
  /** What the commitment is salted with; absent where the event holds no personal data. */
  readonly salt?: string;
  /** Digest of the event as it is once its personal data is erased. */
  readonly erasedDigest?: string;
}

const StoredSeal = z.object({
  previousDigest: z.string(),
  digest: z.string(),
  salt: z.string().optional(),
  erasedDigest: z.string().optional(),
  /** In place of salt and values, once they are erased. */
  commitment: z.string().optional(),
});
const SealedHeader = z.object({
  sequence: z.int(),
  state: z.string(),
  version: z.int(),
  historyDigest: z.string().optional(),
});

/** Digests of the histories of orders as they were read or written last, so that no write reads for them. */
const known = new WeakMap<Order, string>();

/** Notes what seals the history of an order that was read or written. */
export function noteDigest(order: Order, digest: unknown): void {
  if (typeof digest === 'string') known.set(order, digest);
}

/** @returns the digest of the last event of an order, or of its content where an earlier release wrote it unsealed. */
export async function digestBefore(table: Table, before: Order | null): Promise<string> {
  if (before === null || before.sequence === 0) return BEGINNING;
  const digest = known.get(before);
  if (digest !== undefined) return digest;
  const item = await getItem(table, eventKey(before.orderId, before.sequence));
  return item === null ? BEGINNING : digestOfStored(item);
}

/** @returns the digest that an order has when it is written with events, or without any */
export function digestAfter(before: Order | null, seals: readonly Seal[]): string | undefined {
  return seals.at(-1)?.digest ?? (before === null ? undefined : known.get(before));
}

/** @returns the seals of events that are written one after another */
export function sealsOf(previousDigest: string, events: readonly object[]): readonly Seal[] {
  let previous = previousDigest;
  return events.map((event) => {
    const seal = { previousDigest: previous, ...sealOf(previous, event) };
    previous = seal.digest;
    return seal;
  });
}

function sealOf(previous: string, event: object) {
  const content = canonical(event);
  const erased = canonical(jsonWithoutPersonalData(event));
  if (content === erased) return { digest: sha256(previous, content) };
  const salt = randomBytes(SALT_BYTES).toString('base64url');
  const erasedDigest = sha256(erased);
  return { digest: sha256(previous, erasedDigest, sha256(salt, content)), salt, erasedDigest };
}

/**
 * @returns a stored event without its personal data, under the same digest; null where it holds none, or none any more
 * @throws Error for an event that was sealed when other fields counted as personal data
 */
export function erasedEvent(item: StoredItem): StoredItem | null {
  const content = contentOf(item);
  const erased = jsonWithoutPersonalData(content);
  if (canonical(content) === canonical(erased)) return null;
  const { pk, sk, kind } = item;
  const seal = StoredSeal.safeParse(item);
  if (!seal.success) {
    // The digest by which the next event knows it.
    return { pk, sk, kind, ...(erased as StoredItem), commitment: digestOfStored(item) };
  }
  const { previousDigest, digest, salt = '', erasedDigest } = seal.data;
  if (erasedDigest !== sha256(canonical(erased))) throw new Error(`${pk} ${sk} was sealed by another rule`);
  const commitment = sha256(salt, canonical(content));
  return { pk, sk, kind, ...(erased as StoredItem), previousDigest, digest, commitment };
}

/** Verifies the history of an order against its seals, its numbers, and the order that it leads to. */
export async function verifyOrder(table: Table, orderId: string): Promise<VerifiedOrder | null> {
  // The header first: what is written meanwhile is behind what it says.
  const item = await getItem(table, headerKey(orderId));
  if (item === null) return null;
  const header = parseItem(SealedHeader, item);
  let events = 0;
  let unsealed = 0;
  let isSealed = false;
  let hasErased = false;
  let previous = BEGINNING;
  const broken = (sequence: number, reason: string): VerifiedOrder => ({
    ...{ events, unsealed },
    broken: { orderId, sequence, reason },
  });
  const history: OrderEnvelope[] = [];
  const items = queryItems(table, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :order AND begins_with(sk, :event)',
    ExpressionAttributeValues: { ':order': orderPartition(orderId), ':event': EVENT_PREFIX },
  });
  for await (const stored of items) {
    const sequence = events + 1;
    if (sequence > header.sequence) break;
    const { pk, sk } = eventKey(orderId, sequence);
    if (stored.pk !== pk || stored.sk !== sk || stored.kind !== ITEM_KIND.event)
      return broken(sequence, 'the event is missing');
    hasErased ||= stored.commitment !== undefined;
    const read = readEvent(stored);
    if (read === null || read.orderId !== orderId || read.sequence !== sequence) {
      return broken(sequence, 'the event cannot be read, or is another one');
    }
    const seal = verifySeal(stored, previous);
    if ('reason' in seal) return broken(sequence, seal.reason);
    if (!seal.isSealed) unsealed += 1;
    isSealed = seal.isSealed;
    previous = seal.digest;
    history.push(read);
    events = sequence;
  }
  if (events < header.sequence) return broken(events + 1, 'the event is missing');
  if (header.historyDigest !== (isSealed ? previous : undefined)) {
    return broken(events, 'the last event is not the one that the order has');
  }
  const folded = fold(history, orderId);
  if (folded === null || folded.state !== header.state || folded.version !== header.version) {
    return broken(events, 'the history does not lead to the order');
  }
  if (hasErased && folded.personalDataErasedAt === undefined) {
    return broken(events, 'what events say was erased, and no event says so');
  }
  return { events, unsealed, broken: null };
}

/**
 * @param previous digest of the event before
 * @returns the digest of a stored event, or why it is not the one that was written
 */
export function verifySeal(
  stored: StoredItem,
  previous: string,
): { readonly isSealed: boolean; readonly digest: string } | { readonly reason: string } {
  const seal = StoredSeal.safeParse(stored);
  if (!seal.success) {
    if ('digest' in stored || 'previousDigest' in stored) {
      return { reason: 'the seal of the event was removed' };
    }
    // What such an event says is bound to nothing: anyone could write it over a sealed one, with the digest that the
    // next event knows as its commitment.
    if (stored.commitment !== undefined || stored.salt !== undefined || stored.erasedDigest !== undefined) {
      return { reason: 'the event was erased without a seal, and cannot be proven' };
    }
    // An earlier release, or one that was rolled back to, sealed nothing; the next sealed event seals this one.
    return { isSealed: false, digest: digestOfStored(stored) };
  }
  const { previousDigest, digest } = seal.data;
  if (previousDigest !== previous) return { reason: 'the event before it was altered' };
  if (digest !== digestBy(seal.data, contentOf(stored))) return { reason: 'the event was altered' };
  return { isSealed: true, digest };
}

function readEvent(item: StoredItem): OrderEnvelope | null {
  try {
    return orderEventFromItem(item);
  } catch {
    // What cannot be read any more was altered, and is reported as that.
    return null;
  }
}

/** @returns the digest that an event has when nothing of it was altered */
function digestBy(seal: z.infer<typeof StoredSeal>, content: unknown): string | null {
  const { previousDigest, salt, erasedDigest, commitment } = seal;
  if (commitment !== undefined) {
    const isErasedAlone = salt === undefined && erasedDigest === undefined;
    return isErasedAlone ? sha256(previousDigest, sha256(canonical(content)), commitment) : null;
  }
  if (salt === undefined && erasedDigest === undefined) return sha256(previousDigest, canonical(content));
  if (salt === undefined || erasedDigest === undefined) return null;
  return sha256(previousDigest, erasedDigest, sha256(salt, canonical(content)));
}

/** @returns the digest that a stored event has; of an unsealed one, that of its content when it was written */
export function digestOfStored(item: StoredItem): string {
  const seal = StoredSeal.safeParse(item);
  if (seal.success) return seal.data.digest;
  return typeof item.commitment === 'string' ? item.commitment : sha256(UNSEALED, canonical(contentOf(item)));
}

function sha256(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\n')).digest('base64url');
}

/** JSON with the fields of each object in the order of their names: the store keeps them in none. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([one], [other]) => (one < other ? -1 : 1)))
      : field,
  );
}
