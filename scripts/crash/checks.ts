import { until } from '../../testing/until.ts';
import type { Acknowledged, ExpectationLog } from './expectation-log.ts';
import type { KillableLoop } from './killable-process.ts';
import { unheard } from './partners.ts';

/** Milliseconds for interrupted work to be resumed and completed, on a busy machine. */
const DEADLINE = 150_000;

/** The same for outbound documents: as long as all attempts of a message that lost its first ones to kills. */
const PATIENCE_FOR_PARTNERS = 330_000;

/** Units that cover all backorders. */
const PLENTY = 100_000;

interface RedactedEvent {
  readonly eventId: string;
  readonly sequence: number;
  readonly type: string;
  readonly data: { readonly invoiceId?: string };
}

interface QueueState {
  readonly name: string;
  readonly waiting: number;
  readonly inFlight: number;
}

/** Checks a loop after a start; throws at the first difference from what clients were answered. */
export interface Checks {
  /** Checks these orders, and the data shared by all orders. */
  after(orders: readonly Acknowledged[]): Promise<void>;
  /**
   * Completes every order, and compares the data with everything that was acknowledged.
   *
   * @param waitsForPartners whether to wait for documents that were being sent at a kill
   */
  atTheEnd(waitsForPartners: boolean): Promise<void>;
  /** Number of events found on the bus. */
  readonly eventsSeen: number;
}

export function checks(loop: KillableLoop, expectations: ExpectationLog): Checks {
  const carried = new Set<string>();
  let last: string | null = null;

  const get: Get = (path) => loop.client.done('GET', path);
  const all: All = (path) => loop.client.all(path);
  const settled = async (what: string, ask: () => Promise<readonly unknown[]>, deadlines = DEADLINE) => {
    await until(ask, (faults) => faults.length === 0, deadlines).catch((error: Error) => {
      throw new Error(`${what}: ${error.message.slice(0, 1500)}`);
    });
  };

  const readBus = async () => {
    const { items } = await get(`/dev/bus${last === null ? '' : `?since=${last}`}`);
    for (const { detail } of items) {
      carried.add(detail.eventId);
      last = detail.eventId;
    }
  };

  /** Checks that the order exists once, as it was acknowledged. */
  const matchesExpectation = async (expected: Acknowledged) => {
    const { orderId, externalId } = expected;
    const order = await get(`/v1/orders/${orderId}`);
    // A purchase order is found by its number, which is unique.
    const isEdi = order.channel === 'EDI';
    const query = isEdi ? `purchaseOrderNumber=${externalId}` : `externalId=${externalId}`;
    const { items } = await get(`/v1/orders?${query}`);
    if (items.length !== 1 || items[0].orderId !== orderId) {
      throw new Error(
        `${externalId} was acknowledged as ${orderId} and is there as ${JSON.stringify(items)}`,
      );
    }
    const shipments = new Map<string, { deliveredAt?: string }>(
      order.shipments.map((each: { shipmentId: string }) => [each.shipmentId, each]),
    );
    const missing = [...expected.shipmentIds].filter((shipmentId) => !shipments.has(shipmentId));
    const undelivered = [...expected.deliveredIds].filter(
      (each) => shipments.get(each)?.deliveredAt === undefined,
    );
    if (shipments.size !== order.shipments.length) throw new Error(`${orderId} has a shipment twice`);
    if (missing.length + undelivered.length > 0) {
      throw new Error(`${orderId} lost shipments ${missing} and deliveries ${undelivered}`);
    }
    if (expected.isCancelled && order.state !== 'CANCELLED')
      throw new Error(`${orderId} is no longer cancelled`);
    return order;
  };

  const eventsOf = async (orderId: string): Promise<readonly RedactedEvent[]> => {
    const events: readonly RedactedEvent[] = await all(`/v1/orders/${orderId}/events?limit=1000`);
    const gap = events.findIndex(({ sequence }, index) => sequence !== index + 1);
    if (gap !== -1) throw new Error(`the history of ${orderId} has a gap before its event ${gap + 1}`);
    return events;
  };

  /** Steps of an order that the workflow has not done yet. */
  const waitsForWorkflow = async ({ orderId }: Acknowledged) => {
    const { state, holds, lines } = await get(`/v1/orders/${orderId}`);
    const isAllocated = lines.some((line: { allocated: number }) => line.allocated > 0);
    if (state === 'ALLOCATED' && isAllocated && holds.length === 0) return [`${orderId} is not queued`];
    return state === 'DELIVERED' ? [`${orderId} is not closed`] : [];
  };

  /** Queues with messages. A document that was being sent at a kill is sent again a minute later: checked at the end. */
  const unconsumed = async (waitsForPartners: boolean) => {
    const { items }: { items: readonly QueueState[] } = await get('/dev/queues');
    const filled = items.filter(({ waiting, inFlight }) => waiting + inFlight > 0);
    const dead = filled.filter(({ name }) => name.includes('DeadLetter'));
    if (dead.length > 0) throw new Error(`there are dead letters: ${JSON.stringify(dead)}`);
    return waitsForPartners ? filled : filled.filter(({ name }) => !name.startsWith('ChannelSync'));
  };

  const everywhere = async (orders: readonly Acknowledged[], waitsForPartners = false) => {
    await settled('the workflow does not continue', async () =>
      (await Promise.all(orders.map(waitsForWorkflow))).flat(),
    );
    for (const expected of orders) await matchesExpectation(expected);
    const events = (await Promise.all(orders.map(({ orderId }) => eventsOf(orderId)))).flat();
    await settled('events missing on the bus', async () => {
      await readBus();
      return events.filter(({ eventId }) => !carried.has(eventId));
    });
    const deadlines = waitsForPartners ? PATIENCE_FOR_PARTNERS : DEADLINE;
    await settled('unconsumed messages', () => unconsumed(waitsForPartners), deadlines);
    await settled('drift', () => all('/v1/inventory/drift'));
    // Invoice requests are consumed by now, so the invoices exist.
    for (const { type, data } of events) {
      if (type === 'InvoiceRequested') await get(`/v1/invoices/${data.invoiceId}`);
    }
  };

  return {
    get eventsSeen() {
      return carried.size;
    },
    after: (orders) => everywhere(orders),
    async atTheEnd(waitsForPartners) {
      await finishAll(loop, expectations, get, all);
      const orders = [...expectations.orders.values()];
      for (let from = 0; from < orders.length; from += 50)
        await everywhere(orders.slice(from, from + 50), waitsForPartners);
      const listed = await all('/v1/orders?limit=100');
      if (listed.length !== expectations.orders.size) {
        throw new Error(`${expectations.orders.size} orders were acknowledged and ${listed.length} exist`);
      }
      const open = listed.filter(
        ({ state }: { state: string }) => state !== 'CLOSED' && state !== 'CANCELLED',
      );
      if (open.length > 0) throw new Error(`${open.length} orders were not completed`);
      await eachBilledOnce(all);
      if (waitsForPartners) {
        for (const order of listed) {
          const { items } = await get(`/v1/orders/${order.orderId}/documents`);
          const faults = unheard(await get(`/v1/orders/${order.orderId}`), items);
          if (faults.length > 0) throw new Error(`partners were not notified: ${faults.join(', ')}`);
        }
      }
      for (const [sku, quantity] of expectations.received) await ledgerAddsUp(sku, quantity, get, all);
    },
  };
}

type Get = (path: string) => Promise<Answered>;
type All = (path: string) => Promise<readonly Answered[]>;
// biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON, field by field
type Answered = any;

/** Receives missing stock, ships and delivers whatever is open; the workflow must do the rest. */
async function finishAll(
  loop: KillableLoop,
  expectations: ExpectationLog,
  get: Get,
  all: All,
): Promise<void> {
  const post = (path: string, body: unknown) => loop.client.done('POST', path, { body });
  for (const sku of expectations.received.keys()) {
    await post(`/v1/inventory/${sku}/lots`, { lotNumber: 'LOT-END', quantity: PLENTY });
    expectations.receive(sku, PLENTY);
  }
  const isOpen = ({ state }: Answered) => !['DELIVERED', 'CLOSED', 'CANCELLED'].includes(state);
  for (const { orderId } of (await all('/v1/orders?limit=100')).filter(isOpen)) {
    const path = `/v1/orders/${orderId}`;
    const isReady = ({ state, lines }: Answered) =>
      state === 'SHIPPED' ||
      (state === 'FULFILLMENT_QUEUED' &&
        lines.every((line: Answered) => line.backordered === 0 && line.open === 0));
    let order = await until(() => get(path), isReady, DEADLINE);
    if (order.state !== 'SHIPPED') {
      order = await post(`${path}/shipments`, { carrier: 'UPS', trackingNumber: `1ZEND${orderId}` });
    }
    for (const { shipmentId, deliveredAt } of order.shipments) {
      if (deliveredAt !== undefined) continue;
      await post(`${path}/shipments/${shipmentId}/delivery`, { deliveredAt: new Date().toISOString() });
    }
  }
}

/** One invoice for each shipment of a billed order, and for nothing else. */
async function eachBilledOnce(all: All): Promise<void> {
  const invoices = (await all('/v1/invoices?limit=100')).filter(({ kind }) => kind === 'INVOICE');
  const orders = await all('/v1/orders?orderType=B2B&limit=100');
  const shipments = orders.reduce((sum, { shipmentCount }) => sum + shipmentCount, 0);
  const billed = new Set(invoices.map(({ shipmentId }) => shipmentId));
  if (billed.size !== invoices.length) throw new Error('a shipment was invoiced twice');
  if (billed.size !== shipments) throw new Error(`${shipments} shipments were invoiced ${billed.size} times`);
}

/** The ledger of the inventory consumer agrees with the lots and with the received units. */
async function ledgerAddsUp(sku: string, received: number, get: Get, all: All): Promise<void> {
  const { onHand, reserved } = await get(`/v1/inventory/${sku}`);
  const sums = new Map<string, number>();
  for (const { kind, quantity } of await all(`/v1/inventory/${sku}/movements?limit=1000`)) {
    sums.set(kind, (sums.get(kind) ?? 0) + quantity);
  }
  const of = (kind: string) => sums.get(kind) ?? 0;
  const isWhole =
    of('RECEIPT') === received &&
    of('RECEIPT') - of('SHIPMENT') + of('RETURN') + of('ADJUSTMENT') === onHand &&
    of('ALLOCATION') - of('RELEASE') - of('SHIPMENT') === reserved;
  if (!isWhole)
    throw new Error(`${sku}: ${JSON.stringify({ received, onHand, reserved, ...Object.fromEntries(sums) })}`);
}
