/** What a client was told of an order. Only what was answered counts: what was not may or may not have happened. */
export interface Acknowledged {
  readonly orderId: string;
  /** The name under which the client, or the channel, knows the order. */
  readonly externalId: string;
  readonly isBilled: boolean;
  readonly shipmentIds: Set<string>;
  readonly deliveredIds: Set<string>;
  isCancelled: boolean;
}

/** Everything that clients were told, to be held against what the loop says later. */
export class ExpectationLog {
  readonly orders = new Map<string, Acknowledged>();
  /** Units that came in, by SKU. */
  readonly received = new Map<string, number>();
  /** Orders that something was acknowledged of since the last look. */
  #recent = new Set<string>();
  acknowledged = 0;

  takeIn(orderId: string, externalId: string, isBilled: boolean): Acknowledged {
    this.acknowledged += 1;
    this.touch(orderId);
    const known = this.orders.get(orderId);
    if (known !== undefined) {
      throw new Error(`${orderId} was answered to ${known.externalId} and to ${externalId}`);
    }
    const order: Acknowledged = {
      orderId,
      externalId,
      isBilled,
      shipmentIds: new Set(),
      deliveredIds: new Set(),
      isCancelled: false,
    };
    this.orders.set(orderId, order);
    return order;
  }

  touch(orderId: string): void {
    this.#recent.add(orderId);
  }

  receive(sku: string, quantity: number): void {
    this.acknowledged += 1;
    this.received.set(sku, (this.received.get(sku) ?? 0) + quantity);
  }

  /** The orders that were touched since this was asked last. */
  takeRecent(): readonly Acknowledged[] {
    const recent = [...this.#recent].flatMap((orderId) => this.orders.get(orderId) ?? []);
    this.#recent = new Set();
    return recent;
  }
}
