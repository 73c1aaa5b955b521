/** A string attribute that is part of a key, by the name it has in the table. */
type KeyAttribute = string;

/** A secondary index: what it is called and the two string attributes that make its key. */
export interface IndexKeys {
  readonly indexName: string;
  readonly partitionKey: KeyAttribute;
  readonly sortKey: KeyAttribute;
}

/** The key of every item in the table. */
export const TABLE_KEYS = { partitionKey: 'pk', sortKey: 'sk' } as const;

/** Epoch seconds after which DynamoDB may remove an item; only receipts and idempotency records carry it. */
export const EXPIRY_ATTRIBUTE = 'expiresAt';

/**
 * Tells apart the kinds of item that lie under one partition key. The stream readers are filtered on it, so that
 * a function is started for an event and never for the header or the lines written beside it.
 */
export const ITEM_KIND = { attribute: 'kind', event: 'EVENT' } as const;

/** Attribute of an event item that holds the event's name, for example `OrderShipped`. */
export const EVENT_TYPE_ATTRIBUTE = 'type';

/**
 * Every secondary index of the table, declared once for the template, the store's adapter and the local stack.
 * Each projects keys only: an index is for finding items, the items are then read from the table, and a
 * transition pays for no second copy of an order. A key ending in `Shard` spreads one hot value over several
 * partitions.
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

/** The name by which code refers to an index. */
export type IndexId = keyof typeof INDEXES;
