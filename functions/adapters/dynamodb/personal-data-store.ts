import { DeleteCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { PersonalStore } from '../../../contract/personal-data.ts';
import { ITEM_KIND } from '../../../contract/table.ts';
import { ERASED } from '../../../domain/order/personal-data.ts';
import { Customer } from '../../../domain/order/terms.ts';
import { comparable } from '../../../domain/text.ts';
import type {
  Finding,
  OpenRequest,
  Person,
  PersonalDataStore,
  Sought,
  Unreadable,
} from '../../privacy/ports.ts';
import { approvalStore } from './approval-store.ts';
import type { Table } from './client.ts';
import {
  CompressedText,
  getItem,
  keyOf,
  parseItem,
  queryItems,
  type StoredItem,
  StoredKey,
  UnreadableItem,
} from './items.ts';
import { channelDataKey, headerKey, messageKey, orderOfPartition, orderPartition } from './keys.ts';
import { piecesOf } from './message-bodies.ts';
import { messageLog } from './message-log.ts';
import { orderStore } from './order-store.ts';
import { BESIDE_ORDERS, eraseItem, personalItems, writtenIn } from './personal-items.ts';
import { readItems } from './read-items.ts';

const MESSAGE_PREFIX = messageKey('').pk;

/** Items that one request of a scan looks at. */
const LOOKED_AT = 500;
/** Events of an order that a person is given at most; a history of more is read by its order. */
const MAX_EVENTS = 1000;

const StoredHeader = z.object({
  customer: Customer.strip(),
  channel: z.string(),
  source: z.string().optional(),
  externalId: z.string().optional(),
});
const StoredSource = StoredHeader.pick({ channel: true, source: true });
const said = z.string().optional().catch(undefined);
const Said = z.object({ email: said, reference: said, name: said });
/** What is left of a header that cannot be read. */
const BrokenHeader = z.object({
  customer: Said.catch({}),
  ...{ channel: said, source: said, externalId: said },
});
/** Of an order, where its customer or its channel may have named somebody else: a consignee, who is to be called. */
const NAMING = ['ORDER', 'CHANNELDATA', 'LINE'] as const;
const Naming = z.object({
  orderId: z.string(),
  shipTo: z.unknown().optional(),
  note: z.unknown().optional(),
  holds: z.unknown().optional(),
  cancelling: z.unknown().optional(),
  details: z.unknown().optional(),
  channelData: z.unknown().optional(),
});
const StoredLink = z.object({ messageId: z.string() });
const StoredMessage = z.object({
  messageId: z.string(),
  state: z.string(),
  orderIds: z.array(z.string()).default([]),
  partOf: z.string().optional(),
});

/** Finds what is kept of persons by looking through the table: no index knows persons, and none should (docs/adr/0156). */
export function personalDataStore(table: Table): PersonalDataStore {
  const erase = async (item: StoredItem): Promise<PersonalStore | null | 'open'> => {
    if (item.kind === 'APPROVAL' && item.status === 'PENDING') return 'open';
    if (item.kind !== 'MESSAGE') return eraseItem(table, item);
    const { messageId, state } = parseItem(StoredMessage, item);
    // What it asks for is not done yet, and needs what it says.
    if (isUndecided(state)) return 'open';
    await removePieces(table, messageId);
    return eraseItem(table, item);
  };
  return {
    async findOrders(requests, position) {
      const { items, next } = await scan(table, NAMING, position);
      const found: { readonly orderId: string; readonly request: OpenRequest }[] = [];
      const broken: (Omit<Unreadable, 'requestIds'> & { readonly requests: readonly OpenRequest[] })[] = [];
      for (const item of items) {
        const orderId = orderOf(item);
        const ofWhom = (isOf: (person: Person) => boolean) =>
          requests.filter(({ open }) => isOf(open.person));
        try {
          found.push(...ofWhom(isOfWhom(item)).map((request) => ({ request, orderId })));
        } catch (error) {
          const finding = { store: 'orders', place: orderId } as const;
          broken.push({ finding, requests: ofWhom(isOfWhomBroken(item)), error: faultOf(error) });
        }
      }
      const orderIds = [
        ...found.map(({ orderId }) => orderId),
        ...broken.map(({ finding }) => finding.place),
      ];
      const headers = await readItems(table, [...new Set(orderIds)].map(headerKey));
      const headerOf = new Map(headers.map((header) => [orderOf(header), header]));
      // Who orders again after asking to be forgotten has a new reason to be known.
      const isConcerned = (orderId: string, request: OpenRequest) =>
        isOfBefore(headerOf.get(orderId) ?? {}, request);
      return {
        found: found
          .filter(({ orderId, request }) => isConcerned(orderId, request))
          .map(({ orderId, request }) => ({ orderId, requestId: request.requestId })),
        unreadable: broken.map(({ finding, requests: named, error }) => ({
          ...{ finding, error },
          requestIds: named
            .filter((request) => isConcerned(finding.place, request))
            .map(({ requestId }) => requestId),
        })),
        next,
      };
    },

    async sourcesOf(orderIds) {
      const headers = await readItems(table, orderIds.map(headerKey));
      const sources = headers.map((item) => parseItem(StoredSource, item));
      return [
        ...new Map(
          sources.map(({ channel, source }) => [JSON.stringify([channel, source]), { channel, source }]),
        ).values(),
      ];
    },

    async eraseOrder(orderId) {
      const counts = new Map<PersonalStore, number>();
      const open: string[] = [];
      const count = (erased: PersonalStore | null) => {
        if (erased !== null) counts.set(erased, (counts.get(erased) ?? 0) + 1);
      };
      const linked = new Set<string>();
      for await (const item of partitionOf(table, orderId)) {
        if (item.kind === 'MESSAGE_LINK') linked.add(parseItem(StoredLink, item).messageId);
        else count(await eraseItem(table, item));
      }
      for (const message of await readItems(table, [...linked].map(messageKey))) {
        const erased = await erase(message);
        if (erased === 'open') open.push(placeOf(message));
        else count(erased);
      }
      return { counts: Object.fromEntries(counts), open };
    },

    async findBeside(sought, position) {
      const { items, next } = await scan(table, BESIDE_ORDERS, position);
      const found: (Finding & { readonly requestId: string })[] = [];
      const unreadable: Unreadable[] = [];
      for (const item of items) {
        const personal = personalItems(item);
        if (personal === null) continue;
        const finding = { store: personal.store, place: placeOf(item) };
        const orderIds = personal.orderIdsOf(item);
        const isKnown = (each: Sought) => orderIds.some((orderId) => each.orderIds.has(orderId));
        const isSearched = (each: Sought) =>
          isOfBefore(item, each) &&
          (orderIds.length === 0 ||
            (item.kind === 'MESSAGE' && !orderIds.every((orderId) => each.orderIds.has(orderId))));
        try {
          const text = sought.some(isSearched) ? searchable(await textOf(table, item)) : '';
          const ofItem: typeof found = [];
          for (const each of sought) {
            const { requestId, person } = each;
            const isNamed = isSearched(each) && names(text, person);
            // A message may name the person in orders that are another customer's; what else names somebody is of no order.
            const further =
              isNamed && item.kind === 'MESSAGE' ? await ordersOf(table, item, person, true) : [];
            for (const orderId of further) {
              if (!each.orderIds.has(orderId)) ofItem.push({ requestId, store: 'orders', place: orderId });
            }
            if (isKnown(each) || isNamed) ofItem.push({ requestId, ...finding });
          }
          found.push(...ofItem);
        } catch (error) {
          const text = searchable(textsIn(item).join(' '));
          const concerned = sought.filter(
            (each) => isKnown(each) || (isSearched(each) && names(text, each.person)),
          );
          const requestIds = concerned.map(({ requestId }) => requestId);
          unreadable.push({ finding, requestIds, error: faultOf(error) });
        }
      }
      return { found, unreadable, next };
    },

    async erase(place, origin) {
      const item = await getItem(table, keyAt(place));
      if (item?.kind !== 'APPROVAL' || item.status !== 'PENDING') return item === null ? null : erase(item);
      const approvals = approvalStore(table);
      const approval = await approvals.get(keyAt(place).sk);
      if (approval === null) return null;
      const decision = { decidedBy: origin.actor.id, decidedAt: new Date().toISOString(), detail: ERASED };
      // What an agent wants to do for somebody who is forgotten is not done, unless somebody approved it before.
      const isDeclined = await approvals.decline({ ...approval, ...decision, status: 'DECLINED' }, origin);
      const declined = isDeclined ? await getItem(table, keyAt(place)) : item;
      return declined === null ? null : erase(declined);
    },

    async ordersAt(place, { requestedAt, open: { person } }) {
      const item = await getItem(table, keyAt(place));
      if (item?.kind !== 'MESSAGE' || !isOfBefore(item, { requestedAt })) return [];
      return ordersOf(table, item, person, names(searchable(await textOf(table, item)), person));
    },

    messageIdAt: (place) => keyAt(place).pk.slice(MESSAGE_PREFIX.length),
    approvalIdAt: (place) => keyAt(place).sk,

    async read({ store, place }) {
      if (store === 'orders') {
        const orders = orderStore(table);
        const order = await orders.load(place);
        const events = await orders.history(place, 0, MAX_EVENTS);
        return order === null ? [] : [{ order, events }];
      }
      const item = await getItem(table, keyAt(place));
      if (item === null) return [];
      const shown = personalItems(item)?.shown(item);
      if (store !== 'messages') return [shown];
      // A message about several orders is about other persons too.
      const isShared = parseItem(StoredMessage, item).orderIds.length > 1;
      return [{ message: shown, ...(!isShared && { body: await textOf(table, item) }) }];
    },
  };
}

function partitionOf(table: Table, orderId: string) {
  return queryItems(table, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :order',
    ExpressionAttributeValues: { ':order': orderPartition(orderId) },
  });
}

/** @returns a page of the items of some kinds, of which most of the table is none */
async function scan(table: Table, kinds: readonly string[], position: string | null) {
  const { Items = [], LastEvaluatedKey } = await table.client.send(
    new ScanCommand({
      TableName: table.name,
      ConsistentRead: true,
      Limit: LOOKED_AT,
      FilterExpression: `#kind IN (${kinds.map((_, index) => `:kind${index}`).join(', ')})`,
      ExpressionAttributeNames: { '#kind': ITEM_KIND.attribute },
      ExpressionAttributeValues: Object.fromEntries(kinds.map((kind, index) => [`:kind${index}`, kind])),
      ...(position !== null && { ExclusiveStartKey: { ...keyAt(position) } }),
    }),
  );
  return { items: Items, next: LastEvaluatedKey === undefined ? null : placeOf(LastEvaluatedKey) };
}

/** @returns the order in whose partition an item is */
function orderOf(item: StoredItem): string {
  return orderOfPartition(keyOf(item).pk);
}

/**
 * @returns the error of an item that is as unreadable whenever it is read
 * @throws any other: of the store, which may be read another time
 */
function faultOf(error: unknown): UnreadableItem {
  if (error instanceof UnreadableItem) return error;
  // A body that is not compressed as it should be (Node.js, zlib).
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
    return new UnreadableItem(error.message);
  }
  throw error;
}

/** Where an item is, as one text. */
function placeOf(item: StoredItem): string {
  const { pk, sk } = keyOf(item);
  return JSON.stringify({ pk, sk });
}

function keyAt(place: string) {
  return StoredKey.parse(JSON.parse(place));
}

/** @returns what says whether an item of an order is of a person, or names the person's address */
function isOfWhom(item: StoredItem): (person: Person) => boolean {
  const header = item.kind === 'ORDER' ? parseItem(StoredHeader, item) : null;
  const { orderId: _, ...written } = parseItem(Naming, item);
  const text = searchable(JSON.stringify(written));
  return (person) => (header !== null && isOrderOf(person, header)) || names(text, person);
}

/** The same of an item that cannot be read, by what is left of it. */
function isOfWhomBroken(item: StoredItem): (person: Person) => boolean {
  const header = item.kind === 'ORDER' ? BrokenHeader.parse(item) : null;
  const text = searchable(textsIn(item).join(' '));
  return (person) => (header !== null && isOrderOf(person, header)) || names(text, person);
}

/** @returns all texts in an item, whatever its form */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array)
    return [CompressedText.safeParse(value).data ?? Buffer.from(value).toString('utf8')];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/**
 * @param isNamed whether the message names the person
 * @returns the orders of a message that are of a person: its one order; of several those that are the person's themselves
 */
async function ordersOf(
  table: Table,
  message: StoredItem,
  person: Person,
  isNamed: boolean,
): Promise<readonly string[]> {
  const { orderIds } = parseItem(StoredMessage, message);
  if (isNamed && orderIds.length === 1) return orderIds;
  const items = await readItems(
    table,
    orderIds.flatMap((orderId) => [headerKey(orderId), channelDataKey(orderId)]),
  );
  const theirs = items.filter((item) => isOfWhom(item)(person));
  return [...new Set(theirs.map((item) => parseItem(Naming, item).orderId))];
}

function isOrderOf(person: Person, header: z.infer<typeof StoredHeader | typeof BrokenHeader>): boolean {
  const { email, customerReference, orders = [] } = person;
  const { customer, channel, source, externalId } = header;
  return (
    isSame(email, customer.email) ||
    (isSame(customerReference, customer.reference ?? customer.name) &&
      (person.channel === undefined || person.channel === channel) &&
      (person.source === undefined || person.source === source)) ||
    orders.some(
      (each) => each.channel === channel && each.source === source && each.externalId === externalId,
    )
  );
}

function isSame(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const [wanted, given] = [comparable(one), comparable(other)];
  return wanted !== '' && wanted === given;
}

/** What came after the request is another matter. */
function isOfBefore({ receivedAt }: StoredItem, { requestedAt }: Pick<Sought, 'requestedAt'>): boolean {
  return typeof receivedAt !== 'string' || receivedAt <= requestedAt;
}

/** What belongs to an address: before it, so that `ada@` is not in `mary.ada@`, and after it, so that `.com` is not in `.com.au`. */
const [BEFORE, AFTER] = [/[\p{L}\p{N}_.+%-]$/u, /^(?:[\p{L}\p{N}_-]|\.[\p{L}\p{N}])/u];

/** @returns a text as addresses are searched in it; JSON writes line breaks as letters */
function searchable(text: string): string {
  return comparable(text).replace(/\\[bfnrt]/g, ' ');
}

/**
 * @param text that is searchable
 * @returns whether it names the address of a person as a whole. A reference is no name: `12` is in any text
 */
function names(text: string, { email = '' }: Person): boolean {
  const wanted = comparable(email);
  for (let at = text.indexOf(wanted); at >= 0 && wanted !== ''; at = text.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    if (!BEFORE.test(text.slice(Math.max(0, at - 2), at)) && !AFTER.test(text.slice(end, end + 3)))
      return true;
  }
  return false;
}

async function textOf(table: Table, item: StoredItem): Promise<string> {
  if (item.kind !== 'MESSAGE') return writtenIn(item);
  const { messageId, partOf, orderIds } = parseItem(StoredMessage, item);
  const isOfParent = partOf !== undefined && item.body === undefined && item.pieces === undefined;
  // What a part of a message came to is its own; the body is of the orders of all parts.
  if (isOfParent && orderIds.length > 0) return '';
  const found = await messageLog(table).find(messageId);
  return found?.body?.toString('utf8') ?? '';
}

function isUndecided(state: string): boolean {
  return state === 'RECEIVED' || state === 'QUARANTINED';
}

/** Takes away a body that is too large for the item of its message. */
async function removePieces(table: Table, messageId: string): Promise<void> {
  for await (const piece of piecesOf(table, messageId)) {
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: { ...keyOf(piece) } }));
  }
}
