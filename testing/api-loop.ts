import { DynamoDBClient, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect } from 'vitest';
import type { ProblemDocument } from '../contract/problems.ts';
import type {
  AllocationPanel,
  Drift,
  InventoryResponse,
  LotResponse,
  Movement,
  OrderResponse,
  OrderSummary,
} from '../contract/responses.ts';
import { SCOPES } from '../contract/routes.ts';
import type { LocalStack } from '../local/stack.ts';
import { type Answer, HttpClient, type Sent } from './http.ts';
import { startStack } from './stack.ts';
import { until } from './until.ts';

/** An event as the history shows it. */
export interface RedactedEvent {
  readonly eventId: string;
  readonly type: string;
  readonly sequence: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
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
export class Api {
  readonly stack: LocalStack;
  readonly http: HttpClient;
  token: string;
  readonly #store: DynamoDBClient;

  constructor(stack: LocalStack, token: string) {
    this.stack = stack;
    this.token = token;
    this.http = new HttpClient(stack.url);
    this.#store = new DynamoDBClient({
      endpoint: stack.storeEndpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  }

  /** A token is good for an hour; who works for longer takes a new one. */
  async renewToken(): Promise<void> {
    this.token = await this.stack.token(SCOPES.join(' '), 'ada');
  }

  send<Body = ProblemDocument>(method: string, path: string, sent: Sent = {}): Promise<Answer<Body>> {
    const headers = { authorization: `Bearer ${this.token}`, ...sent.headers };
    return this.http.send<Body>(method, path, { ...sent, headers });
  }

  /** Sends what must succeed. */
  async done<Body = OrderResponse>(method: string, path: string, sent: Sent = {}): Promise<Body> {
    const answer = await this.send<Body>(method, path, sent);
    if (answer.status >= 300)
      expect.fail(`${method} ${path} was answered ${answer.status}: ${answer.text.slice(0, 1000)}`);
    return answer.body;
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

  /** Reads a list to its end. */
  async all<Item>(path: string): Promise<readonly Item[]> {
    const items: Item[] = [];
    let cursor = '';
    for (;;) {
      const page: Page<Item> = await this.done('GET', `${path}${cursor}`);
      items.push(...page.items);
      if (page.nextCursor === undefined) return items;
      cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
  }

  /** Lots whose counters differ from what the orders hold. While orders are written it may see halves. */
  async drift(): Promise<readonly Drift[]> {
    return this.all<Drift>('/v1/inventory/drift?');
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
    return until(contents, () => unchanged >= 25, 30_000);
  }

  async #isQueueEmpty(): Promise<boolean> {
    const { items } = await this.done<{ items: { waiting: number; inFlight: number }[] }>(
      'GET',
      '/dev/queues',
    );
    return items.every(({ waiting, inFlight }) => waiting + inFlight === 0);
  }

  close(): void {
    this.http.close();
    this.#store.destroy();
  }
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * Runs a whole loop while the tests of one file run. Its workflow leaves orders alone for an hour, so that a test
 * decides alone when an order is queued.
 */
export function useApi(): () => Api {
  let api: Api | undefined;
  beforeAll(async () => {
    const stack = await startStack({ context: { queueAfterSeconds: 3600 } });
    api = new Api(stack, await stack.token(SCOPES.join(' '), 'ada'));
  });
  afterAll(async () => {
    api?.close();
    await api?.stack.stop();
  });
  return () => {
    if (api === undefined) throw new Error('the loop has not started');
    return api;
  };
}
