/** The name of a string attribute that is part of a key. */
type KeyAttribute = string;

/** A secondary index: its name and its two key attributes. */
export interface IndexKeys {
  readonly indexName: string;
  readonly partitionKey: KeyAttribute;
  readonly sortKey: KeyAttribute;
}

/** The key of every item in the table. */
export const TABLE_KEYS = { partitionKey: 'pk', sortKey: 'sk' } as const;

/** Epoch seconds after which DynamoDB may remove an item; written for what `retention.ts` says of its store, and for what ends with its purpose. */
export const EXPIRY_ATTRIBUTE = 'expiresAt';

/**
 * Distinguishes the kinds of item under one partition key. The stream mappings filter on it, so a function is
 * invoked for an event and never for the header or the lines written beside it.
 */
export const ITEM_KIND = { attribute: 'kind', event: 'EVENT', heartbeat: 'HEARTBEAT' } as const;

/** Attribute of an event item with the event's name, for example `OrderShipped`. */
export const EVENT_TYPE_ATTRIBUTE = 'type';

/**
 * Every secondary index of the table, declared once for the template, the store's adapter and the local stack.
 * Each projects keys only: the items are read from the table afterwards, so a transition does not pay for a second
 * copy of an order. A key ending in `Shard` spreads one hot value over several partitions.
 */
export const INDEXES = {
  ordersByArrival: { indexName: 'orders-by-arrival', partitionKey: 'arrivalShard', sortKey: 'arrival' },
  ordersByState: { indexName: 'orders-by-state', partitionKey: 'stateShard', sortKey: 'arrival' },
  ordersByAttention: {
    indexName: 'orders-by-attention',
    partitionKey: 'attentionShard',
    sortKey: 'arrival',
  },
  ordersByCustomer: { indexName: 'orders-by-customer', partitionKey: 'customerKey', sortKey: 'arrival' },
  ordersByCustomerReference: {
    indexName: 'orders-by-customer-reference',
    partitionKey: 'customerReferenceKey',
    sortKey: 'arrival',
  },
  byReference: { indexName: 'by-reference', partitionKey: 'reference', sortKey: 'referenceSort' },
  linesBySku: { indexName: 'lines-by-sku', partitionKey: 'skuKey', sortKey: 'lineArrival' },
  backordersBySku: { indexName: 'backorders-by-sku', partitionKey: 'backorderKey', sortKey: 'lineArrival' },
  allocationsByLot: { indexName: 'allocations-by-lot', partitionKey: 'lotKey', sortKey: 'allocationSort' },
  invoicesByDate: { indexName: 'invoices-by-date', partitionKey: 'invoiceShard', sortKey: 'invoiceSort' },
} as const satisfies Record<string, IndexKeys>;

/** The key of an index in `INDEXES`. */
export type IndexId = keyof typeof INDEXES;
