import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { openTable } from '../../functions/adapters/dynamodb/client.ts';
import { sealedEvents } from '../../functions/adapters/dynamodb/sealed-events.ts';
import type { FunctionCall } from '../../local/observer.ts';
import { startLocalStack } from '../../local/stack.ts';
import { connect } from '../../testing/client.ts';
import { type MeteredStore, openMeteredStore } from '../../testing/metered-store.ts';

/** Everything that is billed by quantity. */
export interface Counted {
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly invocations: number;
  readonly gigabyteSeconds: number;
  readonly transitions: number;
  readonly events: number;
  readonly queueRequests: number;
  readonly apiRequests: number;
  readonly logBytes: number;
}

/** What is billed only when it is enabled. */
export interface CountedTraces {
  /** Maximum number of traces: one for each request, batch and execution including its steps. */
  readonly traces: number;
}

/** What grows with the orders in the table. */
export interface CountedScan {
  /** Read units with which the checkpoint of a day looks through the orders. */
  readonly scanUnits: number;
}

/**
 * A function of 512 MB has 0.29 of a processor, one of 1,024 MB has 0.58; here each has a whole one. Durations are
 * therefore multiplied by three, although much of them is waiting for the store, which is not slower there.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html (one processor at 1,769 MB)
 */
const SLOWER_ON_LAMBDA = 3;

/** Bytes of an access log line with every field (`lib/constructs/http-entry.ts`), plus what CloudWatch adds to each line. */
const ACCESS_LOG_BYTES = 420;
const LOG_LINE_OVERHEAD = 26;

/** An event is billed once for each started block of this many bytes. */
const EVENT_PART_BYTES = 64 * 1024;

/** Milliseconds without a call after which the loop counts as idle. */
const QUIET = 1_500;
const MAX_WAIT = 120_000;

/** The counts so far, without the store's units. */
class Meter {
  invocations = 0;
  gigabyteSeconds = 0;
  events = 0;
  queueRequests = 0;
  apiRequests = 0;
  logBytes = 0;
  traces = 0;
  lastCall = Date.now();

  called({ memoryMegabytes, event, milliseconds }: FunctionCall): void {
    this.lastCall = Date.now();
    this.invocations++;
    this.gigabyteSeconds += (memoryMegabytes / 1024) * (milliseconds / 1000) * SLOWER_ON_LAMBDA;
    if (isRequest(event) || isBatch(event)) this.traces++;
    if (isRequest(event)) {
      this.apiRequests++;
      this.logBytes += ACCESS_LOG_BYTES + LOG_LINE_OVERHEAD;
    }
    const messages = queueMessages(event);
    // Each message is sent in one request; a batch is received in one and deleted in one.
    if (messages > 0) this.queueRequests += messages + 2;
  }

  asked(action: string, input: Readonly<Record<string, unknown>>): void {
    if (action === 'AWSEvents.PutEvents') {
      for (const entry of input.Entries as readonly unknown[])
        this.events += Math.ceil(Buffer.byteLength(JSON.stringify(entry)) / EVENT_PART_BYTES);
    }
  }

  /** All output of functions is log lines. */
  hear(): () => void {
    const written = process.stdout.write;
    process.stdout.write = ((chunk: string | Uint8Array) => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      this.logBytes += Buffer.byteLength(text) + LOG_LINE_OVERHEAD * (text.split('\n').length - 1);
      return true;
    }) as typeof process.stdout.write;
    return () => {
      process.stdout.write = written;
    };
  }

  async rest(): Promise<void> {
    this.lastCall = Date.now();
    for (const begun = Date.now(); Date.now() - this.lastCall < QUIET; ) {
      if (Date.now() - begun > MAX_WAIT) throw new Error('the loop did not become idle');
      await new Promise((resume) => setTimeout(resume, 100));
    }
  }
}

function isRequest(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'routeKey' in event;
}

function isBatch(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'Records' in event;
}

function queueMessages(event: unknown): number {
  const { Records: records = [] } = (event ?? {}) as { Records?: readonly { eventSource?: string }[] };
  return records.filter(({ eventSource }) => eventSource === 'aws:sqs').length;
}

/**
 * Runs B2B orders through the whole loop, one request at a time, with all background work.
 *
 * @param orders number of orders
 * @param lines lines of each order, each reserved from one lot
 * @returns the total usage
 * @throws Error when an order does not come to CLOSED
 */
export async function countLoop(
  orders: number,
  lines: number,
): Promise<Counted & CountedTraces & CountedScan> {
  const meter = new Meter();
  const unhear = meter.hear();
  try {
    const stack = await startLocalStack({
      logLevel: 'INFO',
      observer: meter,
      context: { queueAfterSeconds: 0 },
    });
    try {
      const store = await openMeteredStore(stack.storeEndpoint);
      try {
        // The functions connect to their store at their first request.
        process.env.AWS_ENDPOINT_URL_DYNAMODB = store.endpoint;
        const client = await connect(stack.url, { subject: 'cost' });
        const send: Send = (method, path, body) => client.done(method, path, { body });
        const skus = Array.from({ length: lines }, (_, index) => `COST-${index + 1}`);
        for (const sku of skus)
          await send('POST', `/v1/inventory/${sku}/lots`, { lotNumber: 'A', quantity: 1_000 });
        await meter.rest();
        store.take();
        const before = { ...meter };
        const orderIds: string[] = [];
        // One at a time, so that functions of different orders do not share the processor.
        for (let order = 1; order <= orders; order++)
          orderIds.push(await takeThrough(send, order, skus, () => meter.rest()));
        const { write, index, read } = store.take();
        const after = { ...meter };
        const scanUnits = await unitsOfScan(store, stack.tableName);
        const transitions = await closedTransitions(send, orderIds);
        return {
          writeUnits: write + index,
          readUnits: read,
          transitions,
          scanUnits,
          invocations: after.invocations - before.invocations,
          gigabyteSeconds: after.gigabyteSeconds - before.gigabyteSeconds,
          events: after.events - before.events,
          queueRequests: after.queueRequests - before.queueRequests,
          apiRequests: after.apiRequests - before.apiRequests,
          logBytes: after.logBytes - before.logBytes,
          traces: after.traces - before.traces + orders,
        };
      } finally {
        await store.stop();
      }
    } finally {
      await stack.stop();
    }
  } finally {
    unhear();
  }
}

type Send = <Body>(method: string, path: string, body?: unknown) => Promise<Body>;

/** Runs an order from received to closed, and waits for the background work after each request. */
async function takeThrough(
  send: Send,
  order: number,
  skus: readonly string[],
  rest: () => Promise<void>,
): Promise<string> {
  const { orderId } = await send<{ orderId: string }>('POST', '/v1/orders', {
    orderType: 'B2B',
    purchaseOrderNumber: `PO-COST-${order}`,
    paymentTerms: 'NET30',
    currency: 'USD',
    customer: { name: 'Harbor Supply', reference: 'C-12' },
    shipTo: { name: 'Dock 4', address1: '12 Pier Road', city: 'Boise', postalCode: '83702', country: 'US' },
    lines: skus.map((sku) => ({ sku, quantity: 2, unitPrice: '20.00' })),
  });
  await rest();
  const path = `/v1/orders/${orderId}/shipments`;
  await send('POST', path, { carrier: 'UPS', trackingNumber: `1Z${order}` });
  await rest();
  await send('POST', `${path}/${orderId}-S1/delivery`, { deliveredAt: new Date().toISOString() });
  await rest();
  return orderId;
}

/**
 * @returns the number of states entered by the executions of the orders: Step Functions counts "each time a step of your workflow is
 *   executed" (https://aws.amazon.com/step-functions/pricing/)
 */
async function closedTransitions(send: Send, orderIds: readonly string[]): Promise<number> {
  let transitions = 0;
  for (const orderId of orderIds) {
    const { state } = await send<{ state: string }>('GET', `/v1/orders/${orderId}`);
    if (state !== 'CLOSED') throw new Error(`${orderId} ended in ${state}`);
    const { items } = await send<{ items: readonly { states: readonly unknown[] }[] }>(
      'GET',
      `/dev/executions?name=${orderId}`,
    );
    for (const { states } of items) transitions += states.length;
  }
  return transitions;
}

/** Looks through the table as the checkpoint of a day does. @returns the read units that it takes */
async function unitsOfScan(store: MeteredStore, tableName: string): Promise<number> {
  const client = new DynamoDBClient({ endpoint: store.endpoint });
  const events = sealedEvents(openTable(tableName, client));
  let position: string | null = null;
  do {
    position = (await events.between('0000', '9999', position)).next;
  } while (position !== null);
  client.destroy();
  return store.take().read;
}
