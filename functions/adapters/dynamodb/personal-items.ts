import { gzipSync } from 'node:zlib';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { PersonalStore } from '../../../contract/personal-data.ts';
import { ERASED, jsonWithoutPersonalData } from '../../../domain/order/personal-data.ts';
import { isSame } from '../../../domain/same.ts';
import type { Table } from './client.ts';
import { CompressedText, keyOf, type StoredItem, wasWritten } from './items.ts';
import { orderPartition } from './keys.ts';
import { erasedEvent } from './sealed-history.ts';

/** How the items of a kind hold personal data. */
interface PersonalItems {
  readonly store: PersonalStore;
  /** @returns the orders that an item is about */
  orderIdsOf(item: StoredItem): readonly string[];
  /** @returns the item without personal data; what it lacks is taken away */
  erased(item: StoredItem): StoredItem;
  /** @returns what the item says, in a form that a person can read */
  shown(item: StoredItem): unknown;
  /** The value of an attribute with which an item is not erased. */
  readonly unless?: { readonly attribute: string; readonly value: string };
}

const orderIdIn = (value: unknown) => {
  const parsed = z.object({ orderId: z.string() }).safeParse(value);
  return parsed.success ? [parsed.data.orderId] : [];
};
const ofItsPartition = ({ pk }: StoredItem) => [String(pk).slice(orderPartition('').length)];

const Answer = z.looseObject({ body: z.string() });
const Asked = z.object({ arguments: z.unknown() });

/** @returns what an agent asked for; an earlier release kept it uncompressed */
const askedIn = ({ asked, approval }: StoredItem): unknown =>
  asked === undefined ? approval : jsonOf(asked);

/** The changes name their fields in a text beside their values, and a reason is what somebody wrote. */
const AskedApproval = z.looseObject({ arguments: z.looseObject({ reason: z.string().optional() }) });
function withoutAsker(asked: unknown): unknown {
  const approval = AskedApproval.safeParse(jsonWithoutPersonalData(asked));
  if (!approval.success) return asked;
  const { changes: _, moreChanges: __, ...kept } = approval.data;
  const { reason } = kept.arguments;
  return reason === undefined ? kept : { ...kept, arguments: { ...kept.arguments, reason: ERASED } };
}
const Payload = z.object({ data: z.unknown() });

/**
 * Every kind of item that holds personal data, and how it is erased. The header of an order, what a search finds it by
 * and its claims are written anew by the command that erases it. All other kinds hold numbers, goods, dates and amounts.
 */
const PERSONAL_ITEMS: Readonly<Record<string, PersonalItems>> = {
  EVENT: {
    store: 'history',
    orderIdsOf: ofItsPartition,
    erased: (item) => erasedEvent(item) ?? item,
    shown: (item) => item,
  },
  LINE: plain('history', ofItsPartition),
  SHIPMENT: plain('history', ofItsPartition),
  INVOICE: plain('invoices', ({ invoice }) => orderIdIn(invoice)),
  DOCUMENT: documents(({ summary, content }) => ({ summary, content: textOf(content) })),
  /** The same document once more, as it got its number. */
  NUMBERED_DOCUMENT: documents(({ name, content }) => ({ name, content: textOf(content) })),
  MESSAGE: {
    store: 'messages',
    orderIdsOf: ({ orderIds }) => z.array(z.string()).safeParse(orderIds).data ?? [],
    erased({ body: _, pieces: __, account: ___, ...item }) {
      const written = ['detail', 'reason', 'note'].filter((name) => item[name] !== undefined);
      return { ...item, ...Object.fromEntries(written.map((name) => [name, ERASED])) };
    },
    shown: ({ channel, topic, receivedAt, source }) => ({ channel, topic, receivedAt, source }),
  },
  IDEMPOTENCY: {
    store: 'answers',
    orderIdsOf: orderIdIn,
    erased(item) {
      const answer = Answer.safeParse(jsonOf(item.answer));
      if (!answer.success) return item;
      const body = JSON.stringify(jsonWithoutPersonalData(parsed(answer.data.body)));
      return { ...item, answer: gzipSync(JSON.stringify({ ...answer.data, body })) };
    },
    shown: ({ answer }) => jsonOf(answer),
  },
  APPROVAL: {
    store: 'approvals',
    orderIdsOf: (item) => [...orderIdIn(item), ...orderIdIn(Asked.safeParse(askedIn(item)).data?.arguments)],
    erased: (item) => ({
      ...item,
      ...(item.asked === undefined
        ? { approval: withoutAsker(item.approval) }
        : { asked: gzipSync(JSON.stringify(withoutAsker(jsonOf(item.asked)))) }),
      ...(item.detail !== undefined && { detail: ERASED }),
    }),
    shown: askedIn,
    // Protects what somebody approves meanwhile, which needs what was asked for.
    unless: { attribute: 'status', value: 'PENDING' },
  },
  SUBSCRIBER_DELIVERY: {
    store: 'deliveries',
    orderIdsOf: ({ payload }) => orderIdIn(Payload.safeParse(jsonOf(payload)).data?.data),
    erased: (item) => ({ ...item, payload: withoutPerson(item.payload) }),
    shown: ({ payload }) => jsonOf(payload),
  },
};

function documents(shown: PersonalItems['shown']): PersonalItems {
  return {
    ...{ store: 'documents', orderIdsOf: orderIdIn, shown },
    erased: (item) => ({ ...item, content: gzipSync(ERASED) }),
  };
}

/** Kinds that are not found by their order alone. */
export const BESIDE_ORDERS: readonly string[] = Object.keys(PERSONAL_ITEMS).filter(
  (kind) => PERSONAL_ITEMS[kind]?.store !== 'history',
);

/** @returns how an item holds personal data; null where its kind holds none */
export function personalItems(item: StoredItem): PersonalItems | null {
  return PERSONAL_ITEMS[String(item.kind)] ?? null;
}

/** @returns what was written into an item of no order by somebody who asks for something */
export function writtenIn(item: StoredItem): string {
  return item.asked === undefined ? JSON.stringify(item.approval ?? '') : textOf(item.asked);
}

/** Items whose attributes hold personal data by the names that orders and events use. */
function plain(store: PersonalStore, orderIdsOf: PersonalItems['orderIdsOf']): PersonalItems {
  return {
    ...{ store, orderIdsOf, shown: (item) => item },
    erased: (item) => Object.fromEntries(Object.entries(item).map(withoutPersonIn)),
  };
}

/** An attribute at a time: values that are no JSON, such as bytes, stay what they are. */
function withoutPersonIn([name, value]: readonly [string, unknown]): readonly [string, unknown] {
  const erased = z.record(z.string(), z.unknown()).parse(jsonWithoutPersonalData({ [name]: value }));
  return [name, erased[name]];
}

/**
 * Takes the personal data out of an item. What others write of it meanwhile stays.
 *
 * @returns the store that it belongs to; null where it held nothing
 */
export async function eraseItem(table: Table, item: StoredItem): Promise<PersonalStore | null> {
  const kind = personalItems(item);
  if (kind === null) return null;
  const { unless } = kind;
  const erased = kind.erased(item);
  const names = [...new Set([...Object.keys(item), ...Object.keys(erased)])].filter(
    (name) => !isAlike(item[name], erased[name]),
  );
  if (names.length === 0) return null;
  const set = names.filter((name) => erased[name] !== undefined);
  const removed = names.filter((name) => erased[name] === undefined);
  const clause = (verb: string, all: readonly string[]) =>
    all.length === 0 ? '' : `${verb} ${all.join(', ')} `;
  const place = (name: string) => `#a${names.indexOf(name)}`;
  const isErased = await wasWritten(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { ...keyOf(item) },
        UpdateExpression:
          clause(
            'SET',
            set.map((name) => `${place(name)} = :a${names.indexOf(name)}`),
          ) + clause('REMOVE', removed.map(place)),
        // Protects against bringing back what expired meanwhile.
        ConditionExpression: `attribute_exists(pk)${unless === undefined ? '' : ' AND #unless <> :unless'}`,
        ExpressionAttributeNames: {
          ...Object.fromEntries(names.map((name) => [place(name), name])),
          ...(unless !== undefined && { '#unless': unless.attribute }),
        },
        ...((set.length > 0 || unless !== undefined) && {
          ExpressionAttributeValues: {
            ...Object.fromEntries(set.map((name) => [`:a${names.indexOf(name)}`, erased[name]])),
            ...(unless !== undefined && { ':unless': unless.value }),
          },
        }),
      }),
    ),
  );
  return isErased ? kind.store : null;
}

function isAlike(one: unknown, other: unknown): boolean {
  return one instanceof Uint8Array && other instanceof Uint8Array
    ? Buffer.compare(one, other) === 0
    : isSame(one, other);
}

/** @returns text that was compressed; empty where there is none */
function textOf(bytes: unknown): string {
  return CompressedText.safeParse(bytes).data ?? '';
}

function jsonOf(bytes: unknown): unknown {
  return parsed(textOf(bytes));
}

/** @returns null for text that is no JSON */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function withoutPerson(bytes: unknown): Uint8Array {
  return gzipSync(JSON.stringify(jsonWithoutPersonalData(jsonOf(bytes))));
}
