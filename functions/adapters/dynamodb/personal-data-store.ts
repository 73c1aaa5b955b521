import { DeleteCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { PersonalStore } from '../../../contract/personal-data.ts';
import { ITEM_KIND } from '../../../contract/table.ts';
import { Customer } from '../../../domain/order/terms.ts';
import { comparable } from '../../../domain/text.ts';
import type { OpenRequest, Person, PersonalDataStore, Sought } from '../../privacy/ports.ts';
import type { Table } from './client.ts';
import { getItem, keyOf, parseItem, queryItems, type StoredItem, StoredKey } from './items.ts';
import { messageKey, orderPartition } from './keys.ts';
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
  orderId: z.string(),
  receivedAt: z.string(),
  customer: Customer.strip(),
  channel: z.string(),
  source: z.string().optional(),
  externalId: z.string().optional(),
});
const StoredLink = z.object({ messageId: z.string() });
const StoredMessage = z.object({ messageId: z.string(), state: z.string() });

/** Finds what is kept of persons by looking through the table: no index knows persons, and none should (docs/adr/0156). */
export function personalDataStore(table: Table): PersonalDataStore {
  const erase = async (item: StoredItem): Promise<PersonalStore | null | 'open'> => {
    if (item.kind !== 'MESSAGE') return eraseItem(table, item);
    const { messageId, state } = parseItem(StoredMessage, item);
    // What it asks for is not done yet, and needs what it says.
    if (isUndecided(state)) return 'open';
    await removePieces(table, messageId);
    return eraseItem(table, item);
  };
  return {
    async findOrders(requests, position) {
      const { items, next } = await scan(table, ['ORDER'], position);
      const found = items.flatMap((item) => {
        const header = parseItem(StoredHeader, item);
        return requests
          .filter((request) => isOrderOf(request, header))
          .map(({ requestId }) => ({ requestId, orderId: header.orderId }));
      });
      return { found, next };
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
      const found: { requestId: string; store: PersonalStore; place: string }[] = [];
      for (const item of items) {
        const personal = personalItems(item);
        if (personal === null) continue;
        const { store, orderIdsOf } = personal;
        const orderIds = orderIdsOf(item);
        const text = orderIds.length > 0 ? '' : comparable(await textOf(table, item));
        const concerned = sought.filter((each) =>
          orderIds.length > 0
            ? orderIds.some((orderId) => each.orderIds.has(orderId))
            : isOfBefore(item, each) && names(text, each.person),
        );
        found.push(...concerned.map(({ requestId }) => ({ requestId, store, place: placeOf(item) })));
      }
      return { found, next };
    },

    async erase(place) {
      const item = await getItem(table, keyAt(place));
      return item === null ? null : erase(item);
    },

    messageIdAt: (place) => keyAt(place).pk.slice(MESSAGE_PREFIX.length),

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
      return [store === 'messages' ? { message: shown, body: await textOf(table, item) } : shown];
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

/** Where an item is, as one text. */
function placeOf(item: StoredItem): string {
  const { pk, sk } = keyOf(item);
  return JSON.stringify({ pk, sk });
}

function keyAt(place: string) {
  return StoredKey.parse(JSON.parse(place));
}

function isOrderOf({ requestedAt, open }: OpenRequest, header: z.infer<typeof StoredHeader>): boolean {
  const { email, customerReference, orders = [] } = open.person;
  const { customer, channel, source, externalId } = header;
  // Who orders again after asking to be forgotten has a new reason to be known.
  if (header.receivedAt > requestedAt) return false;
  return (
    isSame(email, customer.email) ||
    isSame(customerReference, customer.reference ?? customer.name) ||
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

/** What is of no order is known by what it says; what came after the request is another matter. */
function isOfBefore({ receivedAt }: StoredItem, { requestedAt }: Sought): boolean {
  return typeof receivedAt !== 'string' || receivedAt <= requestedAt;
}

/** @returns whether a text names a person as a whole word: `C-88` is not in `C-880` */
function names(text: string, { email, customerReference }: Person): boolean {
  return [email, customerReference].some((name) => {
    if (name === undefined) return false;
    const wanted = comparable(name);
    for (let at = text.indexOf(wanted); at >= 0 && wanted !== ''; at = text.indexOf(wanted, at + 1)) {
      if (!isPartOfWord(text[at - 1]) && !isPartOfWord(text[at + wanted.length])) return true;
    }
    return false;
  });
}

function isPartOfWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_-]/u.test(character);
}

async function textOf(table: Table, item: StoredItem): Promise<string> {
  if (item.kind !== 'MESSAGE') return writtenIn(item);
  const found = await messageLog(table).find(parseItem(StoredMessage, item).messageId);
  return found?.body?.toString('utf8') ?? '';
}

function isUndecided(state: string): boolean {
  return state === 'RECEIVED' || state === 'QUARANTINED';
}

/** Takes away a body that is too large for the item of its message. */
async function removePieces(table: Table, messageId: string): Promise<void> {
  const pieces = queryItems(table, {
    KeyConditionExpression: 'pk = :message AND begins_with(sk, :body)',
    ExpressionAttributeValues: { ':message': messageKey(messageId).pk, ':body': 'BODY#' },
    ProjectionExpression: 'pk, sk',
  });
  for await (const piece of pieces) {
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: { ...keyOf(piece) } }));
  }
}
