// @module-tag long
import { describe, expect, test } from 'vitest';
import { findDrift } from '../../functions/adapters/dynamodb/drift.ts';
import { csvInbound } from '../../functions/channels/csv/channel.ts';
import { messageIdOf, refOf } from '../../functions/messages/message-log.ts';
import { processMessage } from '../../functions/messages/process-message.ts';
import { sweepMessages } from '../../functions/messages/sweep.ts';
import { testLoop } from '../../testing/loop.ts';
import { purchaseOrder, SHOP, shopifyMessage, shopifyOrder, trackingUpdate } from '../../testing/messages.ts';
import { useStore } from '../../testing/store.ts';
import { Killed, killAtWrite, type Receiving, receiving } from './support/receiving.ts';

const store = useStore();

/** Writes that no message here comes near. */
const MAX_WRITES = 60;
const ORIGIN = { actor: { type: 'human', id: 'ada' }, correlationId: 'test' } as const;

/** Takes up what was left RECEIVED, ten minutes later. */
function sweep({ log, inboundOf }: Receiving) {
  const failures: unknown[] = [];
  const now = () => new Date(Date.now() + 10 * 60_000).toISOString();
  const report = (_: string, error: unknown) => failures.push(error);
  return sweepMessages({ log, inboundOf, now, report }, 'sweep', Date.now() + 60_000).then((counts) => ({
    counts,
    failures,
  }));
}

interface Kind {
  /** What is there before the message comes. */
  prepare?(at: Receiving, loop: ReturnType<typeof testLoop>): Promise<unknown>;
  receive(at: Receiving): Promise<unknown>;
  /** What the message led to, equal for every way to it. */
  effect(at: Receiving): Promise<unknown>;
}

const histories = async ({ ports }: Receiving, orderIds: readonly (string | null | undefined)[]) =>
  Promise.all(
    orderIds.map(async (orderId) =>
      (await ports.orders.history(orderId ?? '', 0, 1000)).map(({ type }) => type),
    ),
  );

const CSV = Buffer.from(
  [
    'order,sku,quantity,unit_price,currency,customer_name',
    'M-1,SKU,2,20.00,USD,Ada',
    'M-2,SKU,1,5.00,USD,Bea',
    '',
  ].join('\n'),
);

const shipped = async ({ ports }: Receiving, { receive, stock, command }: ReturnType<typeof testLoop>) => {
  await stock('PARCEL', 'A', 10);
  await receive({ orderId: 'O-1', lines: [{ sku: 'PARCEL', quantity: 1 }] });
  await command('O-1', { type: 'QueueFulfillment' });
  await command('O-1', { type: 'RecordShipment', carrier: 'UPS', trackingNumber: '1Z-CRASH' });
  expect(await ports.orders.findTracking('1Z-CRASH')).toHaveLength(1);
};

const order = shopifyOrder(7_001, 'SKU', 2);
const unknownTopic = shopifyMessage('carts/update', '{"id":1}', { webhookId: 'cart' });
const bought = purchaseOrder(41, 'PO-CRASH', 'SKU');
const delivered = trackingUpdate('delivered-1', '1Z-CRASH');

const KINDS: Readonly<Record<string, Kind>> = {
  'an order of a shop': {
    prepare: (_, { stock }) => stock('SKU', 'A', 100),
    receive: ({ receive }) => receive(order),
    async effect(at) {
      const known = await at.ports.orders.findExternal('SHOPIFY', SHOP, '7001');
      return histories(at, [known?.orderId]);
    },
  },
  'a message of an unknown topic': {
    receive: ({ receive }) => receive(unknownTopic),
    effect: async () => 'none',
  },
  'a purchase order': {
    prepare: (_, { stock }) => stock('SKU', 'A', 100),
    receive: async ({ receive }) => String((await receive(bought)).body).replace(/\d{6}\*\d{4}/g, ''),
    async effect(at) {
      return histories(at, await at.ports.orders.findDocument('EDI', '08 6145550100', 'PO-CRASH'));
    },
  },
  'a delivery': {
    prepare: shipped,
    receive: ({ receive }) => receive(delivered),
    effect: (at) => histories(at, ['O-1']),
  },
  'a delivery of an unknown parcel': {
    receive: ({ receive }) => receive(delivered),
    effect: ({ log }) => log.awaiting('CARRIER 1Z-CRASH'),
  },
  'a file of orders': {
    prepare: (_, { stock }) => stock('SKU', 'A', 100),
    async receive({ log, ports, context }) {
      const inbound = csvInbound(context);
      const sender = { connectionId: null, source: 'ada', proof: { method: 'token', secretName: null } };
      const messageId = messageIdOf('imports', 'ada', 'file');
      const message = { messageId, channel: 'MANUAL', endpoint: 'imports', topic: 'orders.csv' } as const;
      const logged = await log.receive({ ...sender, ...message, ...ORIGIN, receivedAt: ports.now() }, CSV);
      await processMessage(log, inbound, {
        ...{ ref: refOf(logged.message), sender, topic: 'orders.csv', body: CSV, origin: ORIGIN },
        ...{ deadline: Date.now() + 60_000, isAwaited: true },
      });
    },
    async effect(at) {
      const { orders } = at.ports;
      const known = await Promise.all(['M-1', 'M-2'].map((id) => orders.findExternal('MANUAL', 'csv', id)));
      return histories(
        at,
        known.map((each) => each?.orderId),
      );
    },
  },
};

describe.each(Object.keys(KINDS))('%s', (name) => {
  const kind = KINDS[name] as Kind;

  /** Receives the message in a process that is killed, then sweeps, then lets the sender repeat it. */
  async function run(writes: number, moment: 'before' | 'after') {
    const table = await store.newTable();
    const at = await receiving(table);
    await kind.prepare?.(at, testLoop(table));
    const restart = killAtWrite(table, writes, moment);
    const failed = await kind.receive(at).then(
      () => null,
      (error: unknown) => error,
    );
    const isKilled = restart();
    if (isKilled) expect(failed).toBeInstanceOf(Killed);
    else expect(failed).toBeNull();
    const wasLogged = (await at.log.list({}, 10, null)).items.length > 0;
    const { failures } = await sweep(at);
    expect(failures).toEqual([]);
    const swept = wasLogged ? await kind.effect(at) : null;
    const states = async () =>
      (await at.log.list({}, 10, null)).items.map(({ topic, state }) => `${topic} ${state}`).sort();
    const sweptStates = await states();
    await kind.receive(at);
    expect((await findDrift(table, null, Number.POSITIVE_INFINITY)).items).toEqual([]);
    return {
      isKilled,
      wasLogged,
      ...{ swept, sweptStates, effect: await kind.effect(at), states: await states() },
    };
  }

  test('has its effect once, wherever the process that received it ends', { timeout: 120_000 }, async () => {
    const whole = await run(MAX_WRITES, 'before');
    expect(whole.isKilled).toBe(false);
    expect(JSON.stringify(whole.effect)).not.toContain('[]');
    for (const moment of ['before', 'after'] as const) {
      for (let writes = 0; writes < MAX_WRITES; writes++) {
        const cut = await run(writes, moment);
        if (!cut.isKilled) break;
        const where = `killed ${moment} write ${writes + 1}`;
        expect(cut.effect, where).toEqual(whole.effect);
        expect(cut.states, where).toEqual(whole.states);
        if (!cut.wasLogged) continue;
        // The sweep alone led there, without the sender.
        expect(cut.swept, where).toEqual(whole.effect);
        expect(cut.sweptStates, where).toEqual(whole.states);
      }
    }
  });
});
