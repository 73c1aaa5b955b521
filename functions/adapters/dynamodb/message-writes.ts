import { gzipSync } from 'node:zlib';
import type { MessageState } from '../../../contract/inbound-messages.ts';
import { expiresAfter, type StoreName } from '../../../contract/retention.ts';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type {
  ChannelVersion,
  MessageRef,
  MessageSettlement,
  MessageWrite,
  NewMessage,
} from '../../messages/message.ts';
import type { Table } from './client.ts';
import { indexAttributes } from './index-page.ts';
import { externalOrderKey, messageKey, messageLinkKey, shardOf } from './keys.ts';
import type { Write } from './transaction.ts';

/** States that a message may still leave; whoever settles it first decides. */
const OPEN_STATES: readonly MessageState[] = ['RECEIVED', 'QUARANTINED', 'REJECTED'];

/** Holds while nobody has settled a message. */
export const IS_OPEN = {
  condition: `#state IN (${OPEN_STATES.map((_, index) => `:open${index}`).join(', ')})`,
  values: Object.fromEntries(OPEN_STATES.map((state, index) => [`:open${index}`, state])),
};

/** The retention of a message by its state. */
const STORES = {
  PROCESSED: 'processedMessages',
  QUARANTINED: 'quarantinedMessages',
  REJECTED: 'rejectedMessages',
  DISMISSED: 'dismissedMessages',
} as const satisfies Readonly<Record<MessageSettlement['state'], StoreName>>;

/** Where the index lists a message: RESOLVED are those that were processed after they had been quarantined. */
export type MessageList = MessageState | 'RESOLVED';

/** @returns the index partition of a list; each is spread over several, since every message enters it. */
export function messageIndexPartition(list: MessageList, shard: number): string {
  return `MESSAGE ${list}#${shard}`;
}

/** @returns the place of a message among all: by its arrival. The channel is part of it, for the index to filter by. */
export function messageSort({ receivedAt, channel, messageId }: Omit<MessageRef, 'wasQuarantined'>): string {
  return `${receivedAt}#${channel}#${messageId}`;
}

/** @returns the attributes of a message that never change. */
export function messageAttributes(message: NewMessage): Readonly<Record<string, unknown>> {
  return { kind: 'MESSAGE', ...message };
}

/** @returns what lists a message in the index. */
export function listedAs(list: MessageList, message: Omit<MessageRef, 'wasQuarantined'>) {
  return indexAttributes(messageIndexPartition(list, shardOf(message.messageId)), messageSort(message));
}

/**
 * What a transaction writes of the message that it follows from: the links of the orders, and the state that the message
 * comes to.
 *
 * @param isOfErased the personal data of the order was erased: what the message says of a person is not kept
 */
export function messageWrites(
  table: Table,
  { message, settlement, whileOpen = false }: MessageWrite,
  orderIds: readonly string[],
  isOfErased = false,
): readonly Write[] {
  const links = orderIds.map((orderId) => linkWrite(table, orderId, message));
  if (settlement === undefined) return whileOpen ? [...links, openCheck(table, message)] : links;
  const all = [...new Set([...(settlement.orderIds ?? []), ...orderIds])];
  return [...links, settleWrite(table, message, { ...settlement, orderIds: all }, {}, isOfErased)];
}

/** Protects against processing one message twice, and against what an operator decided. */
export function settleWrite(
  table: Table,
  message: MessageRef,
  { state, orderIds, reason, detail, note, ...settlement }: MessageSettlement,
  body = {},
  isOfErased = false,
): Write {
  // Whoever has to decide what a message is to lead to must be able to read it.
  const isWithheld = isOfErased && state !== 'QUARANTINED';
  const account = isWithheld ? undefined : settlement.account;
  const now = new Date();
  const values: Readonly<Record<string, unknown>> = {
    ...(message.part === undefined
      ? {}
      : { ...messageAttributes(message.part), ...(isWithheld ? {} : body), attempts: 0 }),
    ...listedAs(state === 'PROCESSED' && message.wasQuarantined ? 'RESOLVED' : state, message),
    ...{ state, orderIds, detail, note },
    // Of a long document it is larger than all the rest.
    account: account === undefined ? undefined : gzipSync(JSON.stringify(account)),
    reason: reason === undefined ? undefined : clipped(reason, 2000),
    ...(message.decidedBy !== undefined &&
      state !== 'QUARANTINED' && { decidedBy: message.decidedBy, decidedAt: now.toISOString() }),
    [EXPIRY_ATTRIBUTE]: expiresAfter(table.retention[STORES[state]], now.getTime()),
  };
  const given = Object.keys(values).filter((name) => values[name] !== undefined);
  const withheld = isWithheld ? ['body', 'pieces', 'account'] : [];
  const absent = [EXPIRY_ATTRIBUTE, 'reason', ...withheld].filter((name) => values[name] === undefined);
  const removals = absent.length === 0 ? '' : ` REMOVE ${absent.map((name) => `#${name}`).join(', ')}`;
  return {
    item: {
      Update: {
        TableName: table.name,
        Key: messageKey(message.messageId),
        UpdateExpression: `SET ${given.map((name) => `#${name} = :${name}`).join(', ')}${removals}`,
        ConditionExpression: openCondition(message),
        ExpressionAttributeNames: Object.fromEntries([...given, ...absent].map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ...Object.fromEntries(given.map((name) => [`:${name}`, values[name]])),
          ...IS_OPEN.values,
        },
      },
    },
    conflict: 'message-settled',
  };
}

/** Protects the history against refusals of a repeat. */
function openCheck(table: Table, message: MessageRef): Write {
  return {
    item: {
      ConditionCheck: {
        TableName: table.name,
        Key: messageKey(message.messageId),
        ConditionExpression: openCondition(message),
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: IS_OPEN.values,
      },
    },
    conflict: 'message-settled',
  };
}

/** A part gets into the log only when it is settled. */
function openCondition({ part }: MessageRef): string {
  return part === undefined ? IS_OPEN.condition : `attribute_not_exists(pk) OR ${IS_OPEN.condition}`;
}

function linkWrite(table: Table, orderId: string, { messageId, receivedAt }: MessageRef): Write {
  const Item = { ...messageLinkKey(orderId, receivedAt, messageId), kind: 'MESSAGE_LINK', messageId };
  return { item: { Put: { TableName: table.name, Item } } };
}

/** Protects the newest state of a channel's order: messages arrive in any order. */
export function channelVersionWrite(
  table: Table,
  { channel, source, externalId, version }: ChannelVersion,
): Write {
  return {
    item: {
      Update: {
        TableName: table.name,
        Key: externalOrderKey(channel, source, externalId),
        UpdateExpression: 'SET channelVersion = :version',
        ConditionExpression:
          'attribute_exists(pk) AND (attribute_not_exists(channelVersion) OR channelVersion <= :version)',
        ExpressionAttributeValues: { ':version': version },
      },
    },
    conflict: 'newer-channel-version',
  };
}

/** The store takes well-formed text only, and a message of a channel may quote any other. */
export function clipped(text: string, longest: number): string {
  return text.slice(0, longest).toWellFormed();
}
