/** What was acknowledged about an order. A request without an answer may or may not have had its effect. */
export interface Acknowledged {
  readonly orderId: string;
  /** The id of the order at the client or channel. */
  readonly externalId: string;
  readonly isBilled: boolean;
  readonly shipmentIds: Set<string>;
  readonly deliveredIds: Set<string>;
  isCancelled: boolean;
}

/** Everything that was acknowledged to clients, to compare with the loop later. */
export class ExpectationLog {
  readonly orders = new Map<string, Acknowledged>();
  /** Received units, by SKU. */
  readonly received = new Map<string, number>();
  /** Orders with new acknowledgments since the last check. */
  #recent = new Set<string>();
  acknowledged = 0;

  add(orderId: string, externalId: string, isBilled: boolean): Acknowledged {
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

  /** @returns the orders with new acknowledgments since the last call. */
  takeRecent(): readonly Acknowledged[] {
    const recent = [...this.#recent].flatMap((orderId) => this.orders.get(orderId) ?? []);
    this.#recent = new Set();
    return recent;
  }
}
