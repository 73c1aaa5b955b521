import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { openTable, type Table } from '../../functions/adapters/dynamodb/client.ts';
import { handleLotCommand } from '../../functions/inventory/handle-lot-command.ts';
import { receiveOrder } from '../../functions/orders/receive-order.ts';
import { createPorts } from '../../functions/wiring.ts';
import { benchOrder, reception } from './orders.ts';

const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const ORIGIN = { actor: { type: 'automation', id: 'bench' }, correlationId: 'bench' } as const;
const TEMPLATE_ID = 'TEMPLATE-ORDER-ID';

/** The table of a running loop, accessed directly. */
export function tableOf(storeEndpoint: string, name: string): Table {
  return openTable(
    name,
    new DynamoDBClient({ endpoint: storeEndpoint, region: 'us-east-1', credentials: CREDENTIALS }),
  );
}

/** The minimum cost of receiving an order: its transaction, sent to the store by the SDK and nothing else. */
export interface Baseline {
  /** Writes one more order like the first. */
  write(): Promise<void>;
  /** Number of items in the transaction. */
  readonly items: number;
}

/** Receives one order as the product does and records its transaction as the template for the others. */
export async function openBaseline(table: Table, skus: readonly string[]): Promise<Baseline> {
  const seen: TransactWriteCommandInput[] = [];
  table.client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'TransactWriteItemsCommand') seen.push(args.input as TransactWriteCommandInput);
        return next(args);
      },
    { step: 'initialize', name: 'keepTransactions' },
  );
  const ports = createPorts(table, { receivesOrders: false });
  for (const sku of skus) {
    const command = { type: 'ReceiveStock', sku, lotNumber: 'BASELINE', quantity: 1_000_000 } as const;
    await handleLotCommand(ports, { command, origin: ORIGIN });
  }
  seen.length = 0;
  const outcome = await receiveOrder(ports, {
    orderId: TEMPLATE_ID,
    command: reception(benchOrder(skus)),
    origin: ORIGIN,
  });
  table.client.middlewareStack.remove('keepTransactions');
  const [first] = seen;
  if (outcome.kind !== 'received' || outcome.order.state !== 'ALLOCATED' || first === undefined) {
    throw new Error(`the template order was not received: ${outcome.kind}`);
  }
  const pattern = JSON.stringify(first.TransactItems);
  let written = 0;
  return {
    items: first.TransactItems?.length ?? 0,
    async write() {
      written += 1;
      const TransactItems = JSON.parse(pattern.replaceAll(TEMPLATE_ID, `BASELINE-${process.pid}-${written}`));
      await table.client.send(new TransactWriteCommand({ TransactItems }));
    },
  };
}
