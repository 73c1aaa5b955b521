import { createHash } from 'node:crypto';
import { expiresAfter } from '../../../contract/retention.ts';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import { type LotPlace, NEVER_EXPIRES, recorded } from '../../../domain/inventory/location.ts';
import type { ChannelDocument } from '../../../domain/order/channel-data.ts';
import { customerIdentity, type Order } from '../../../domain/order/order.ts';
import { shownOwner } from '../../channels/core/documents.ts';
import type { Table } from './client.ts';

/** Items of one order share its partition; the state is read with one query, the history lies beside it. */
export const ORDER_STATE_PREFIX = 'ORDER';

/** Spreads the indexes that every order enters over several partitions of the store. */
export const ARRIVAL_SHARDS = 4;

/** Spreads what searches look in, so that its partitions are read at the same time. */
export const SEARCH_SHARDS = 16;

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export function orderPartition(orderId: string): string {
  return `ORDER#${orderId}`;
}

/** @returns the order whose partition this is */
export function orderOfPartition(partition: string): string {
  return partition.slice(orderPartition('').length);
}

export function headerKey(orderId: string): Key {
  return { pk: orderPartition(orderId), sk: ORDER_STATE_PREFIX };
}

/** What the channel said of an order: apart from the header, which every command writes anew. */
export function channelDataKey(orderId: string): Key {
  return { pk: orderPartition(orderId), sk: 'ORDER#CHANNELDATA' };
}

export function lineKey(orderId: string, lineNumber: number): Key {
  return { pk: orderPartition(orderId), sk: `ORDER#LINE#${padded(lineNumber, 4)}` };
}

export function allocationKey(orderId: string, lineNumber: number, lot: LotPlace): Key {
  return { pk: orderPartition(orderId), sk: `ORDER#ALLOCATION#${padded(lineNumber, 4)}${lotSort(lot)}` };
}

/** Ends the sort key of what belongs to a lot. A lot at MAIN is written as before there were other locations. */
function lotSort(lot: LotPlace): string {
  const { locationId } = recorded(lot.locationId);
  return locationId === undefined ? `#${lot.lotNumber}` : `@${locationId}#${lot.lotNumber}`;
}

export function shipmentKey(orderId: string, shipmentId: string): Key {
  return { pk: orderPartition(orderId), sk: `ORDER#SHIPMENT#${shipmentId}` };
}

/** A part of a shipment: the lines that one step recorded, by the place of the first among all of its lines. */
export function shipmentPartKey(orderId: string, shipmentId: string, firstLine: number): Key {
  return {
    pk: orderPartition(orderId),
    sk: `ORDER#SHIPMENTPART#${shipmentId}#${padded(firstLine, 6)}`,
  };
}

export function eventKey(orderId: string, sequence: number): Key {
  return { pk: orderPartition(orderId), sk: eventSort(sequence) };
}

/** Begins the sort key of every event of an order. */
export const EVENT_PREFIX = 'EVENT#';

export function eventSort(sequence: number): string {
  return `${EVENT_PREFIX}${padded(sequence, 6)}`;
}

/** @returns the sequence of an event of an order or a lot by its sort key */
export function sequenceOfEventSort(sort: string): number {
  return Number.parseInt(sort.slice(EVENT_PREFIX.length), 10);
}

/** Begins the sort key of every document that was sent about an order. */
export const DOCUMENT_PREFIX = 'DOCUMENT#';

/** Where the documents about an order lie, or those for a connection. */
export function documentPartition(owner: string): string {
  return 'orderId' in shownOwner(owner) ? orderPartition(owner) : `DOCUMENTS#${owner}`;
}

/** @returns when documents of an owner may be removed; those of orders stay */
export function expiryOf(
  { retention }: Pick<Table, 'retention'>,
  owner: string | undefined,
): Readonly<Record<string, number | undefined>> {
  if (owner === undefined || 'orderId' in shownOwner(owner)) return {};
  return { [EXPIRY_ATTRIBUTE]: expiresAfter(retention.connectionDocuments, Date.now()) };
}

export function documentKey(owner: string, documentId: string): Key {
  return { pk: documentPartition(owner), sk: `${DOCUMENT_PREFIX}${documentId}` };
}

/** Begins the sort key of every link to the status page of an order. */
export const PORTAL_LINK_PREFIX = 'PORTALLINK#';

export function portalLinkKey(orderId: string, linkId: string): Key {
  return { pk: orderPartition(orderId), sk: `${PORTAL_LINK_PREFIX}${linkId}` };
}

export function taskKey(orderId: string): Key {
  return { pk: orderPartition(orderId), sk: 'TASK' };
}

export function skuPartition(sku: string): string {
  return `SKU#${sku}`;
}

/** @returns the SKU whose partition this is; null for another partition */
export function skuOfPartition(partition: string): string | null {
  return partition.startsWith(skuPartition('')) ? partition.slice(skuPartition('').length) : null;
}

/** The partition that names every SKU that ever had stock. */
export const SKUS = 'SKUS';

export function skuNameKey(sku: string): Key {
  return { pk: SKUS, sk: sku };
}

/** Key order is expiry order, so that a query gives the lots that expire first first. */
export function lotKey(sku: string, lot: LotPlace, expiryDate: string | null): Key {
  return { pk: skuPartition(sku), sk: `LOT#${expiryDate ?? NEVER_EXPIRES}${lotSort(lot)}` };
}

/** Under how many units of a SKU somebody wants to hear of it. */
export function thresholdKey(sku: string): Key {
  return { pk: skuPartition(sku), sk: 'THRESHOLD' };
}

export function lotEventKey(sku: string, lot: LotPlace, sequence: number): Key {
  return { pk: skuPartition(sku), sk: `${eventSort(sequence)}${lotSort(lot)}` };
}

/** @returns whose event this is, by the sort key that `lotEventKey` gave it; null for another key */
export function lotOfEventSort(sort: string): (LotPlace & { readonly sequence: number }) | null {
  const [, sequence, locationId, lotNumber] = /^EVENT#(\d{6,16})(?:@([^#]+))?#(.*)$/s.exec(sort) ?? [];
  if (sequence === undefined || lotNumber === undefined) return null;
  return { lotNumber, ...recorded(locationId), sequence: Number(sequence) };
}

export function idempotencyKey(scope: string, key: string): Key {
  return { pk: `IDEMPOTENCY#${digest(scope, key)}`, sk: 'IDEMPOTENCY' };
}

/** An inbound message. */
export function messageKey(messageId: string): Key {
  return { pk: `MESSAGE#${messageId}`, sk: 'MESSAGE' };
}

/** One piece of a body that is too large for the message's own item, counted from 1. */
/** @param bodyDigest which body: another one that came under the same id has pieces of its own */
export function messageBodyKey(messageId: string, bodyDigest: string, piece: number): Key {
  return { pk: `MESSAGE#${messageId}`, sk: `BODY#${bodyDigest}#${padded(piece, 3)}` };
}

/** Begins the sort keys of an order's links to the messages about it, which sort by time. */
export const MESSAGE_LINK_PREFIX = 'MESSAGE#';

export function messageLinkKey(orderId: string, receivedAt: string, messageId: string): Key {
  return { pk: orderPartition(orderId), sk: `${MESSAGE_LINK_PREFIX}${receivedAt}#${messageId}` };
}

/** The partition of messages that wait until something comes. */
export function awaitingPartition(what: string): string {
  return `AWAITING#${digest(what)}`;
}

export function externalOrderKey(channel: string, source: string, externalId: string): Key {
  return { pk: `EXTERNAL#${digest(channel, source, externalId)}`, sk: 'EXTERNAL' };
}

/** One order made of a document of a channel; the orders of documents of one key share a partition. */
export function channelDocumentKey(channel: string, source: string, document: ChannelDocument): Key {
  return {
    pk: channelDocumentPartition(channel, source, document.key),
    sk: `DOCUMENT#${digest(document.issuer ?? '')}#${padded(document.part, 6)}`,
  };
}

export function channelDocumentPartition(channel: string, source: string, key: string): string {
  return `CHANNELDOCUMENT#${digest(channel, source, key)}`;
}

/**
 * One purchase order number of one customer; compared as text, without regard to case. A number that stands on several
 * documents is one for each of them.
 */
export function purchaseOrderKey(
  order: Pick<
    Order,
    'orderId' | 'customer' | 'releaseNumber' | 'channelDocument' | 'isTest' | 'personalDataErasedAt'
  >,
  number: string,
): Key {
  const { customer, releaseNumber, channelDocument: document, isTest } = order;
  const isOneOfSeveral =
    releaseNumber !== undefined || document?.issuer !== undefined || (document?.parts ?? 1) > 1;
  const scope = isOneOfSeveral
    ? [document?.key ?? releaseNumber ?? '', document?.issuer ?? '', String(document?.part ?? 1)]
    : [];
  if (isTest) scope.push('TEST');
  // Of all customers that were erased no two are the same.
  const buyer = order.personalDataErasedAt === undefined ? customerIdentity(customer) : order.orderId;
  const identity = digest(buyer, number.normalize('NFC').toLowerCase(), ...scope);
  return { pk: `PURCHASEORDER#${identity}`, sk: 'PURCHASEORDER' };
}

/** The partition of all locations. */
export const LOCATIONS = 'LOCATIONS';

export function locationKey(locationId: string): Key {
  return { pk: LOCATIONS, sk: locationId };
}

export function transferKey(transferId: string): Key {
  return { pk: `TRANSFER#${transferId}`, sk: 'TRANSFER' };
}

/** Says that a SKU has lots of a number, in whatever locations. */
export function lotNumberKey(sku: string, lotNumber: string): Key {
  return { pk: skuPartition(sku), sk: `NUMBER#${lotNumber}` };
}

/** Begins the sort key of what is to come of a SKU. */
export const EXPECTED_PREFIX = 'EXPECTED#';

/** What was announced to come under a reference. */
export function expectedKey(sku: string, reference: string): Key {
  return { pk: skuPartition(sku), sk: `${EXPECTED_PREFIX}REFERENCE#${reference}` };
}

/** What a transfer brings of a lot. */
export function inTransitKey(sku: string, transferId: string, lotNumber: string): Key {
  return { pk: skuPartition(sku), sk: `${EXPECTED_PREFIX}TRANSFER#${transferId}#${lotNumber}` };
}

/** Says that a SKU has, or had, lots in a location. */
export function locationSkuKey(locationId: string, sku: string): Key {
  return { pk: locationSkuPartition(locationId), sk: sku };
}

export function locationSkuPartition(locationId: string): string {
  return `LOCATION#${locationId}`;
}

/** The partition of all connections. */
export const CONNECTIONS = 'CONNECTIONS';

export function connectionKey(connectionId: string): Key {
  return { pk: CONNECTIONS, sk: connectionId };
}

/** What a code of a partner stands for. */
export function partnerMasterKey(connectionId: string, kind: string, code: string): Key {
  return { pk: `PARTNER#${connectionId}`, sk: `${kind}#${code}` };
}

/** What is kept of how far a connection has come. */
export type ConnectionProgress =
  | 'POLL'
  | 'BACKFILL'
  | 'SUBSCRIPTIONS'
  | 'STOCK_ADVICE'
  | 'AUTHORIZATION'
  | 'ACCESS';

/** How far the sender of a connection was asked for changed orders and its earlier ones, and knows our stock. */
export function pollKey(connectionId: string, kind: ConnectionProgress): Key {
  return { pk: `POLL#${connectionId}`, sk: kind };
}

/** What is known of the number that the sender of a connection shows for a SKU. */
export function publishedSkuKey(connectionId: string, sku: string): Key {
  return { pk: `PUBLISHEDSTOCK#${connectionId}`, sk: `SKU#${sku}` };
}

/** What a connection may be leased of a SKU, where that differs from its settings. */
export function stockRuleKey(connectionId: string, sku: string): Key {
  return { pk: `STOCKRULES#${connectionId}`, sk: `SKU#${sku}` };
}

/** How far stock was published. */
export const STOCK_WALK: Key = { pk: 'STOCKWALK', sk: 'STOCKWALK' };

/** An authorization that waits for its sender, by a digest of what only the sender's page was sent. */
export function authorizationKey(state: string): Key {
  return { pk: `AUTHORIZATION#${digest(state)}`, sk: 'AUTHORIZATION' };
}

/** The connection that messages with this sender belong to. */
export function connectionIdentityKey({ kind, identity }: { kind: string; identity: string }): Key {
  return { pk: `CONNECTION#${digest(kind, identity)}`, sk: 'CONNECTION' };
}

/** The last control number that documents to a partner were given. */
export function controlNumberKey(partner: string): Key {
  return { pk: `CONTROLNUMBER#${digest(partner)}`, sk: 'CONTROLNUMBER' };
}

/** An update that was sent to a channel, or is being sent. */
export function deliveryKey(name: string): Key {
  return { pk: `DELIVERY#${digest(name)}`, sk: 'DELIVERY' };
}

/** A document to a partner, by what it answers or reports. */
export function numberedDocumentKey(partner: string, name: string): Key {
  return { pk: `NUMBERED#${digest(partner, name)}`, sk: 'NUMBERED' };
}

/** Which document went to a partner under a number. */
export function sentNumberKey(partner: string, controlNumber: number): Key {
  return { pk: `SENTNUMBER#${digest(partner, String(controlNumber))}`, sk: 'SENTNUMBER' };
}

/** The partition of all approvals that agents asked for. */
export const APPROVALS = 'APPROVALS';

/** Approval ids sort by time. */
export function approvalKey(approvalId: string): Key {
  return { pk: APPROVALS, sk: approvalId };
}

/** The partition of all subscriptions. */
export const SUBSCRIPTIONS = 'SUBSCRIPTIONS';

export function subscriptionKey(subscriptionId: string): Key {
  return { pk: SUBSCRIPTIONS, sk: subscriptionId };
}

/** Everything that is delivered to one subscriber. */
export function subscriberPartition(subscriptionId: string): string {
  return `SUBSCRIPTION#${subscriptionId}`;
}

export function subscriberDeliveryKey(subscriptionId: string, deliveryId: string): Key {
  return { pk: subscriberPartition(subscriptionId), sk: `DELIVERY#${deliveryId}` };
}

/** The policy that says when an agent's action waits for a person. */
export const AGENT_POLICY: Key = { pk: 'AGENT_POLICY', sk: 'AGENT_POLICY' };

/** How far the checkpoint of the last day has come. */
export const CHECKPOINT: Key = { pk: 'CHECKPOINT', sk: 'CHECKPOINT' };

/** The partition of the audit trail. */
export const AUDIT = 'AUDIT';

export function auditKey(sequence: number): Key {
  return { pk: AUDIT, sk: padded(sequence, 12) };
}

/** Names the last entry of the audit trail. */
export const AUDIT_HEAD: Key = { pk: 'AUDIT_HEAD', sk: 'AUDIT_HEAD' };

/** How many requests a caller made in one minute, by its epoch minutes. */
export function requestCountKey(caller: string, minute: number): Key {
  return { pk: `REQUESTS#${digest(caller)}`, sk: String(minute) };
}

/** What the overview counts of an order; two generations of it lie side by side while numbers are rebuilt. */
export function projectionKey(orderId: string, generation: number): Key {
  return { pk: orderPartition(orderId), sk: `STANDING#${generation % 2}` };
}

/** Says which generation of the overview's rows is shown. */
export const GENERATIONS: Key = { pk: 'OVERVIEW', sk: 'OVERVIEW' };

/** Rows are spread like the orders that they count, since a busy hour moves the same few rows with every order. */
export function overviewPartition(generation: number, shard: number): string {
  return `OVERVIEW#${generation}#${shard}`;
}

/** @param instant ISO, of the beat */
export function heartbeatKey(instant: string): Key {
  return { pk: 'HEARTBEAT', sk: instant };
}

export function counterKey(name: string): Key {
  return { pk: `COUNTER#${name}`, sk: 'COUNTER' };
}

/** The lots of a number within their SKU, as one unambiguous text: both may hold any separator. */
export function lotIndexKey(sku: string, lotNumber: string): string {
  return `${sku.length}#${sku}#${lotNumber}`;
}

/** Where an order stands among all orders: by the instant of its reception, then by its id. */
export function arrival(receivedAt: string, orderId: string): string {
  return `${receivedAt}#${orderId}`;
}

export function shardOf(orderId: string, shards = ARRIVAL_SHARDS): number {
  return createHash('sha256').update(orderId).digest().readUInt16BE(0) % shards;
}

/** A partition of what searches look in, newest orders last. */
export function searchPartition(shard: number): string {
  return `SEARCH#${shard}`;
}

export function searchKey(orderId: string, receivedAt: string): Key {
  return { pk: searchPartition(shardOf(orderId, SEARCH_SHARDS)), sk: arrival(receivedAt, orderId) };
}

/** Text that others chose can be longer than a key may be, and hold any character: its digest is neither. */
export function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
