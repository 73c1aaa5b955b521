import { type DynamoDBClient, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import type { Movement } from '../contract/movements.ts';
import type { ProblemDocument } from '../contract/problems.ts';
import type {
  AllocationPanel,
  Drift,
  InventoryResponse,
  LotResponse,
  OrderResponse,
  OrderSummary,
} from '../contract/responses.ts';
import type { LocalStack, LocalStackOptions } from '../local/stack.ts';
import { type Answer, LoopClient, type Sent } from './client.ts';
import { storeClient } from './run/table.ts';
import { sharedDrivenStack, sharedStack, startStack } from './stack.ts';
import { until } from './until.ts';

/** An event as the history shows it. */
export interface RedactedEvent {
  readonly eventId: string;
  readonly type: string;
  readonly sequence: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export type Lines = readonly Readonly<Record<string, unknown>>[];

/** What a test orders; everything else is filled in. */
export interface Wanted extends Readonly<Record<string, unknown>> {
  readonly lines: Lines;
}

/** @returns a request for an order, with a price and a customer where the test does not care. */
export function orderRequest({ lines, ...terms }: Wanted): Record<string, unknown> {
  return {
    currency: 'USD',
    customer: { name: 'IRONRIDGE Construction' },
    ...terms,
    lines: lines.map((line) => ({ unitPrice: '20.00', ...line })),
  };
}

export const TRACKED = { carrier: 'UPS', trackingNumber: '1Z999AA10123456784' } as const;

let uniqueNumbers = 0;

/** @returns a SKU, a customer or a key that no other test uses. */
export function unique(word: string): string {
  uniqueNumbers += 1;
  return `${word}-${uniqueNumbers}`;
}

export function lotPath(sku: string, lotNumber?: string): string {
  const lots = `/v1/inventory/${encodeURIComponent(sku)}/lots`;
  return lotNumber === undefined ? lots : `${lots}/${encodeURIComponent(lotNumber)}`;
}

/** The running loop as a client with every scope sees it. */
export class Api extends LoopClient {
  readonly stack: LocalStack;
  readonly #store: DynamoDBClient;

  constructor(stack: LocalStack) {
    super(stack.url);
    this.stack = stack;
    this.#store = storeClient(stack.storeEndpoint);
  }

  override send<Body = ProblemDocument>(
    method: string,
    path: string,
    sent: Sent = {},
  ): Promise<Answer<Body>> {
    return super.send<Body>(method, path, sent);
  }

  override done<Body = OrderResponse>(method: string, path: string, sent: Sent = {}): Promise<Body> {
    return super.done<Body>(method, path, sent);
  }

  receive(wanted: Wanted): Promise<OrderResponse> {
    return this.done('POST', '/v1/orders', { body: orderRequest(wanted) });
  }

  order(orderId: string): Promise<OrderResponse> {
    return this.done('GET', `/v1/orders/${orderId}`);
  }

  /** Sends a command that is a POST below the order. */
  command(orderId: string, path: string, body: unknown = {}): Promise<OrderResponse> {
    return this.done('POST', `/v1/orders/${orderId}/${path}`, { body });
  }

  ship(orderId: string, lines?: Lines): Promise<OrderResponse & { readonly shipmentId: string }> {
    return this.done('POST', `/v1/orders/${orderId}/shipments`, { body: { ...TRACKED, lines } });
  }

  deliver(orderId: string, shipmentId: string): Promise<OrderResponse> {
    const body = { deliveredAt: new Date().toISOString() };
    return this.command(orderId, `shipments/${shipmentId}/delivery`, body);
  }

  stock(
    sku: string,
    lotNumber: string,
    quantity: number,
    more: Record<string, unknown> = {},
  ): Promise<LotResponse> {
    return this.done('POST', lotPath(sku), { body: { lotNumber, quantity, ...more } });
  }

  inventory(sku: string): Promise<InventoryResponse> {
    return this.done('GET', `/v1/inventory/${encodeURIComponent(sku)}`);
  }

  panel(orderId: string): Promise<AllocationPanel> {
    return this.done('GET', `/v1/orders/${orderId}/allocation`);
  }

  history(orderId: string): Promise<readonly RedactedEvent[]> {
    return this.all<RedactedEvent>(`/v1/orders/${orderId}/events?limit=1000`);
  }

  list(query: string): Promise<readonly OrderSummary[]> {
    return this.all<OrderSummary>(`/v1/orders?${query}`);
  }

  movements(sku: string): Promise<readonly Movement[]> {
    return this.all<Movement>(`/v1/inventory/${encodeURIComponent(sku)}/movements?limit=1000`);
  }

  /** Lots whose counters differ from what the orders hold. While orders are written it may see halves. */
  async drift(): Promise<readonly Drift[]> {
    return this.all<Drift>('/v1/inventory/drift');
  }

  /** Waits until an order is as asked. */
  orderWhen(orderId: string, isIt: (order: OrderResponse) => boolean): Promise<OrderResponse> {
    return until(() => this.order(orderId), isIt, 30_000);
  }

  /** Every item of the table, in one text: two of them are equal when the store holds the same to the byte. */
  async storeContents(): Promise<string> {
    const items: string[] = [];
    let from: ScanCommandOutput['LastEvaluatedKey'];
    do {
      const page: ScanCommandOutput = await this.#store.send(
        new ScanCommand({ TableName: this.stack.tableName, ConsistentRead: true, ExclusiveStartKey: from }),
      );
      items.push(...(page.Items ?? []).map((item) => JSON.stringify(item, sortedKeys)));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return items.sort().join('\n');
  }

  /** Waits until the consumers and workflows that earlier requests set going have written what they write. */
  async quietStore(): Promise<string> {
    let unchanged = 0;
    let last = '';
    const contents = async () => {
      const now = await this.storeContents();
      // A queue may still be gathering what its consumer is to write.
      unchanged = now === last && (await this.#isQueueEmpty()) ? unchanged + 1 : 0;
      last = now;
      return now;
    };
    return until(contents, () => unchanged >= 10, 30_000, 30);
  }

  async #isQueueEmpty(): Promise<boolean> {
    const { items } = await this.done<{ items: { waiting: number; inFlight: number }[] }>(
      'GET',
      '/dev/queues',
    );
    return items.every(({ waiting, inFlight }) => waiting + inFlight === 0);
  }

  override close(): void {
    super.close();
    this.#store.destroy();
  }
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A client of the loop that test files share, whose workflow leaves orders alone for an hour. */
export function useApi(): () => Api {
  return useApiOf(sharedStack);
}

/** A client of the loop that test files share, whose workflow queues orders at once. */
export function useDrivenApi(): () => Api {
  return useApiOf(sharedDrivenStack);
}

/**
 * Runs a loop for one test file alone: for one that counts what is there, sets what all orders feel, or takes it down.
 * Unless the options say otherwise its workflow leaves orders alone for an hour.
 *
 * @param options what the loop is started with, or what gives it once the tests begin
 */
export function useOwnApi(options: LocalStackOptions | (() => Promise<LocalStackOptions>) = {}): () => Api {
  return useApiOf(
    async () => {
      const given = typeof options === 'function' ? await options() : options;
      return startStack({ context: { queueAfterSeconds: 3600 }, ...given });
    },
    (stack) => stack.stop(),
  );
}

function useApiOf(
  start: () => Promise<LocalStack>,
  end: (stack: LocalStack) => Promise<void> = async () => {},
): () => Api {
  let api: Api | undefined;
  beforeAll(async () => {
    api = new Api(await start());
    await api.renewToken();
  });
  afterAll(async () => {
    api?.close();
    if (api !== undefined) await end(api.stack);
  });
  return () => {
    if (api === undefined) throw new Error('the loop has not started');
    return api;
  };
}
