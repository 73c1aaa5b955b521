import { describe, expect, it, test } from 'vitest';
import type { ConnectionOf } from '../../../contract/connections.ts';
import type { Order } from '../../../domain/order/order.ts';
import { orderNumbers } from '../../../functions/adapters/dynamodb/order-numbers.ts';
import { createChannelContext } from '../../../functions/channel-context.ts';
import type { ChannelContext } from '../../../functions/channels/channel.ts';
import { notifyChannel } from '../../../functions/channels/core/notify-channel.ts';
import { EDI, ediIdentity } from '../../../functions/channels/edi/descriptor.ts';
import { sscc18 } from '../../../functions/channels/edi/outbound/sscc.ts';
import {
  element,
  readInterchanges,
  type TransactionSet,
  validateInterchange,
} from '../../../functions/channels/edi/x12/index.ts';
import { CHANNELS } from '../../../functions/channels/registry.ts';
import type { OrderEnvelope } from '../../../functions/events/envelope.ts';
import { receiveProven } from '../../../functions/messages/receive-message.ts';
import { createPorts } from '../../../functions/wiring.ts';
import fc from '../../../testing/fast-check.ts';
import { testLoop } from '../../../testing/loop.ts';
import { propertyRuns } from '../../../testing/property-runs.ts';
import { useStore } from '../../../testing/store.ts';
import { interchangeOf } from './x12/support.ts';

const store = useStore();

const OURS = { ourIsaQualifier: '01', ourIsaId: '614141000', ourGsId: '614141000' };
const SHIP_TO = {
  ...{ name: 'Ann Lee', address1: '1 Dock St', city: 'Tacoma', region: 'WA', postalCode: '98421' },
  country: 'US',
};

/** Segments of one kind of a set, as lists of elements. */
const of = (set: TransactionSet | undefined, id: string) =>
  (set?.segments ?? []).filter((segment) => segment.id === id).map(({ elements }) => elements.join('*'));

/** A loop with a warehouse, and what it was sent. */
async function fixture(settings: object = { warehouse: {} }) {
  const table = await store.newTable();
  const base = createPorts(table, { receivesOrders: false });
  const loop = testLoop(table, { ...base, numbers: orderNumbers(table, 'LMB-ORD') });
  const { ports } = loop;
  const received: { url: string; content: string }[] = [];
  let status = 200;
  const logger = { error: () => {}, info: () => {}, warn: () => {} };
  const context: ChannelContext = {
    ...createChannelContext(table, { ports, logger: logger as never }),
    readSecret: async () => ({ current: 'secret', previous: undefined }),
    fetch: async (url, init) => {
      if (status < 300) received.push({ url: String(url), content: String(init?.body) });
      return new Response(null, { status });
    },
  };
  const connect = async (connectionId: string, isaId: string, more: object) => {
    const connection: ConnectionOf<'EDI'> = {
      ...{ connectionId, kind: 'EDI', name: connectionId, updatedAt: ports.now() },
      settings: EDI.settings.parse({
        ...{ isaQualifier: 'ZZ', isaId, gsId: isaId, ...OURS },
        ...{ deliverTo: `https://${connectionId}.example`, ...more },
      }),
    };
    await context.connections.save(connection);
    return connection;
  };
  await connect('dock', 'DOCK', settings);
  const channel = CHANNELS.EDI(context);
  const notify = notifyChannel(
    ports.orders,
    { EDI: channel.notify },
    channel.notifyWarehouse === undefined ? [] : [channel.notifyWarehouse],
  );
  let control = 0;
  const sets = (kind: string, from = 0): readonly TransactionSet[] =>
    received
      .slice(from)
      .flatMap(({ content }) => interchangeOf(content).groups.flatMap((group) => group.sets))
      .filter(({ id }) => id === kind);
  const fixed = {
    ...{ loop, context, connect, received, sets },
    setStatus: (wanted: number) => {
      status = wanted;
    },
    notify: async (events: readonly OrderEnvelope[]) => {
      for (const event of events) await notify(event);
    },
    /** Everything that has happened to an order, once more. */
    async notifyAll(orderId: string) {
      await fixed.notify(await loop.history(orderId));
    },
    /** An order that is queued, of which the warehouse knows. */
    async queued(orderId: string, lines: readonly object[] = [{ sku: 'A', quantity: 8 }], terms = {}) {
      await loop.receive({
        ...{ orderId, channel: 'MANUAL', orderType: 'DTC', shipTo: SHIP_TO, ...terms },
        lines: lines as { sku: string; quantity: number }[],
      });
      await loop.command(orderId, { type: 'AllocateOrder' });
      await loop.command(orderId, { type: 'QueueFulfillment' });
      await fixed.notifyAll(orderId);
      return loop.order(orderId);
    },
    /** A 945 as the warehouse sends it; @returns what became of it, and the 997 */
    async advise(segments: readonly string[], { usage = 'P', isaId = 'DOCK', number = ++control } = {}) {
      const body = adviceBody(segments, { usage, isaId, number });
      const source = ediIdentity('ZZ', isaId);
      const connectionId = isaId === 'DOCK' ? 'dock' : isaId.toLowerCase();
      const outcome = await receiveProven(
        { log: context.messages, logger, now: ports.now },
        channel.inbound,
        { connectionId, source, proof: { method: 'test', secretName: `of ${isaId}` } },
        {
          ...{ headers: {}, rawBody: Buffer.from(body), deadline: Date.now() + 60_000 },
          origin: { actor: { type: 'channel', id: connectionId }, correlationId: 'test' },
        },
      );
      return 'reply' in outcome ? (outcome.reply ?? '') : '';
    },
    /** What the log says of the 945s, the newest first. */
    async advices() {
      const { items } = await context.messages.list({}, 50, null);
      return items.filter(({ topic }) => topic === '945');
    },
  };
  return fixed;
}

function adviceBody(
  segments: readonly string[],
  { usage, isaId, number }: { usage: string; isaId: string; number: number },
): string {
  const control = String(number).padStart(9, '0');
  return [
    `ISA*00*          *00*          *ZZ*${isaId.padEnd(15)}*01*614141000      *260401*0910*U*00401*${control}*0*${usage}*>`,
    `GS*SW*${isaId}*614141000*20260401*0910*${number}*X*004010`,
    'ST*945*0001',
    ...segments,
    `SE*${segments.length + 2}*0001`,
    `GE*1*${number}`,
    `IEA*1*${control}`,
    '',
  ].join('~');
}

/** A 945 of one carton with eight units of A, all that was ordered. */
const ADVICE = (number: string, more: { w12?: string; tracking?: string } = {}) => [
  `W06*F*${number}*20260401*SHP-1`,
  'N1*ST*ANN LEE',
  `N9*2I*${more.tracking ?? '1Z999AA10123456784'}`,
  'G62*11*20260401',
  'W27*U*UPSN*UPS GROUND*PP',
  'LX*1',
  'MAN*GM*00106141411234567897',
  more.w12 ?? 'W12*CC*8*8*0*EA**VN*A',
  'N9*LI*1',
  'N9*LT*LOT-A',
  'W03*8*12*LB',
];

const stocked = async (settings?: object, quantity = 100) => {
  const made = await fixture(settings);
  await made.loop.stock('A', 'LOT-A', quantity);
  await made.loop.stock('B', 'LOT-B', 100);
  return made;
};

describe('a 940', () => {
  it('orders what is queued, by line and lot', async () => {
    const { queued, sets } = await stocked();
    await queued('O-1', [
      { sku: 'A', quantity: 8, unitsPerCase: 4, description: 'Anchor bolt' },
      { sku: 'B', quantity: 3 },
    ]);
    const [set, ...others] = sets('940');
    expect(others).toEqual([]);
    expect(of(set, 'W05')).toEqual(['N*O-1']);
    expect(of(set, 'N1')).toEqual(['ST*Ann Lee']);
    expect(of(set, 'N4')).toEqual(['Tacoma*WA*98421*US']);
    expect(of(set, 'W66')).toEqual(['PP*T']);
    expect(of(set, 'LX')).toEqual(['1', '2']);
    expect(of(set, 'W01')).toEqual(['8*EA**VN*A', '3*EA**VN*B']);
    expect(of(set, 'G69')).toEqual(['Anchor bolt']);
    expect(of(set, 'N9')).toEqual(['LI*1', 'LT*LOT-A', 'LI*2', 'LT*LOT-B']);
    expect(of(set, 'W20')).toEqual(['4']);
    expect(of(set, 'W76')).toEqual(['11']);
  });

  it('is made once, numbered and kept with the order, and sent again until it arrives', async () => {
    const { queued, notifyAll, sets, setStatus, context } = await stocked();
    setStatus(503);
    await expect(queued('O-1')).rejects.toThrow('503');
    expect(await context.documents.list('O-1')).toMatchObject([
      { documentId: '940-O-1', kind: '940', status: 'WAITING' },
    ]);
    setStatus(200);
    await notifyAll('O-1');
    await notifyAll('O-1');
    expect(sets('940')).toHaveLength(1);
    const [document] = await context.documents.list('O-1');
    expect(document).toMatchObject({ status: 'SENT', acknowledgeBy: expect.any(String) });
  });

  it('is acknowledged by a 997 of the warehouse', async () => {
    const { queued, context, received, loop } = await stocked();
    await queued('O-1');
    const group = interchangeOf(received[0]?.content ?? '').groups[0];
    const number = element(group?.header ?? { id: 'GS', elements: [] }, 6);
    const channel = CHANNELS.EDI(context);
    const body = adviceBody([`AK1*OW*${number}`, 'AK9*A*1*1*1'], {
      ...{ usage: 'P', isaId: 'DOCK', number: 77 },
    })
      .replace('GS*SW', 'GS*FA')
      .replace('ST*945', 'ST*997');
    await channel.inbound.process({
      ref: { messageId: 'm', channel: 'EDI', receivedAt: loop.ports.now(), wasQuarantined: false },
      sender: { connectionId: 'dock', source: 'ZZ DOCK', proof: { method: 'test', secretName: null } },
      ...{ topic: 'X12', body: Buffer.from(body), deadline: Date.now() + 10_000, isAwaited: true },
      origin: { actor: { type: 'channel', id: 'dock' }, correlationId: 'c' },
    });
    expect((await context.documents.list('O-1'))[0]).toMatchObject({ status: 'ACCEPTED' });
  });

  it.each([
    ['another channel', { channels: ['SHOPIFY'] }],
    ['another type', { orderTypes: ['B2B'] }],
  ])('is not sent to a warehouse that serves orders of %s', async (_, warehouse) => {
    const { queued, received } = await stocked({ warehouse });
    await queued('O-1');
    expect(received).toEqual([]);
  });

  it('goes to one warehouse alone, and stays with it', async () => {
    const { connect, queued, loop, notifyAll, received } = await stocked();
    await queued('O-1');
    await connect('a-dock', 'ADOCK', { warehouse: {} });
    await queued('O-2');
    await loop.command('O-1', { type: 'CancelOrder', reason: 'CUSTOMER_REQUEST' });
    await notifyAll('O-1');
    expect(received.map(({ url }) => new URL(url).host)).toEqual([
      'dock.example',
      'a-dock.example',
      'dock.example',
    ]);
  });

  it('changes with the order, and is cancelled with it', async () => {
    const { queued, loop, notifyAll, sets } = await stocked();
    const order = await queued('O-1', [
      { sku: 'A', quantity: 8 },
      { sku: 'B', quantity: 3 },
    ]);
    expect(order.state).toBe('FULFILLMENT_QUEUED');
    await loop.command('O-1', {
      type: 'CancelOrder',
      reason: 'CUSTOMER_REQUEST',
      lines: [{ lineNumber: 2, quantity: 3 }],
    });
    await notifyAll('O-1');
    await loop.command('O-1', { type: 'AmendOrder', shipTo: { ...SHIP_TO, address1: '2 Dock St' } });
    await notifyAll('O-1');
    await loop.command('O-1', { type: 'CancelOrder', reason: 'CUSTOMER_REQUEST' });
    await notifyAll('O-1');
    await notifyAll('O-1');
    const all = sets('940');
    expect(all.flatMap((set) => of(set, 'W05'))).toEqual(['N*O-1', 'R*O-1', 'R*O-1', 'F*O-1']);
    expect(all.map((set) => of(set, 'W01').length)).toEqual([2, 1, 1, 0]);
    expect(of(all[2], 'N3')).toEqual(['2 Dock St']);
  });

  it('of an order that is cancelled before the warehouse hears of it is none', async () => {
    const { loop, notifyAll, received } = await stocked();
    await loop.receive({
      orderId: 'O-1',
      channel: 'MANUAL',
      orderType: 'DTC',
      lines: [{ sku: 'A', quantity: 1 }],
    });
    await loop.command('O-1', { type: 'CancelOrder', reason: 'CUSTOMER_REQUEST' });
    await notifyAll('O-1');
    expect(received).toEqual([]);
  });
});

describe('a 945', () => {
  it('is the shipment: units, lot, carton, carrier and tracking, answered by a 997', async () => {
    const { queued, advise, loop, advices } = await stocked();
    await queued('O-1');
    const answer = await advise(ADVICE('O-1'));
    expect(answer).toContain('AK1*SW');
    expect(answer).toContain('AK5*A');
    const order = await loop.order('O-1');
    expect(order.state).toBe('SHIPPED');
    expect(order.shipments).toMatchObject([
      {
        ...{ carrier: 'UPS', trackingNumber: '1Z999AA10123456784', packages: 1 },
        packageContents: [
          { sscc: '106141411234567897', lines: [{ lineNumber: 1, quantity: 8, lotNumber: 'LOT-A' }] },
        ],
        lines: [{ lineNumber: 1, quantity: 8, lots: [{ lotNumber: 'LOT-A', quantity: 8 }] }],
      },
    ]);
    const [logged] = await advices();
    expect(logged).toMatchObject({ state: 'PROCESSED', orderIds: ['O-1'] });
    expect(logged?.account?.filter(({ disposition }) => disposition === 'unresolved')).toEqual([]);
    expect(logged?.account?.find(({ element: name }) => name === 'W1203')).toMatchObject({
      ...{ disposition: 'mapped', detail: 'units shipped' },
    });
  });

  it('that is sent again, and in another interchange, books once', async () => {
    const { queued, advise, loop } = await stocked();
    await queued('O-1');
    const first = await advise(ADVICE('O-1'), { number: 5 });
    expect(await advise(ADVICE('O-1'), { number: 5 })).toBe(first);
    await advise(ADVICE('O-1'), { number: 6 });
    expect((await loop.order('O-1')).shipments).toHaveLength(1);
  });

  it('books once though it comes several times at once', async () => {
    const { queued, advise, loop } = await stocked();
    await queued('O-1');
    await Promise.all([1, 2, 3, 4].map((number) => advise(ADVICE('O-1'), { number })));
    expect((await loop.order('O-1')).shipments).toHaveLength(1);
  });

  it.each<[string, (segments: readonly string[]) => readonly string[], RegExp]>([
    ['another order', (all) => all.map((each) => each.replace('O-1', 'O-9')), /no shipping order O-9/],
    ['another product', (all) => all.map((each) => each.replace('VN*A', 'VN*Z')), /Z is not ordered/],
    [
      'the line of another product',
      (all) => all.map((each) => each.replace('LI*1', 'LI*2')),
      /A is not ordered as line 2/,
    ],
    [
      'more than was ordered',
      (all) => all.map((each) => each.replace('8*8*0', '8*9*0').replace('W03*8', 'W03*9')),
      /9/,
    ],
    ['another lot', (all) => all.map((each) => each.replace('LT*LOT-A', 'LT*LOT-X')), /LOT-X/],
    ['half a case', (all) => all.map((each) => each.replace('*EA*', '*CA*')), /no whole units/],
    ['a unit nobody knows', (all) => all.map((each) => each.replace('*EA*', '*LB*')), /no whole units/],
    ['other units in all', (all) => all.map((each) => each.replace('W03*8', 'W03*7')), /W0301 says 7/],
    ['no carrier', (all) => all.filter((each) => !each.startsWith('W27')), /no carrier/],
    ['exceptions only', (all) => all.map((each) => each.replace('W06*F', 'W06*X')), /W0601/],
    [
      'a status without a rule',
      (all) => all.map((each) => each.replace('W12*CC', 'W12*IS')),
      /W1201 IS: no rule/,
    ],
    [
      'a label that is none',
      (all) => all.map((each) => each.replace('7897', '7890')),
      /packages.0.sscc: .*SSCC/,
    ],
    [
      'nothing',
      (all) => all.map((each) => each.replace('8*8*0', '8*0*8').replace('W03*8', 'W03*0')),
      /ships nothing/,
    ],
  ])('with %s books nothing, and waits for a person', async (_, change, reason) => {
    const { queued, advise, advices, loop } = await stocked();
    await queued('O-1', [
      { sku: 'A', quantity: 8 },
      { sku: 'B', quantity: 3 },
    ]);
    const answer = await advise(change(ADVICE('O-1')));
    expect(answer).toContain('AK5*A');
    expect((await loop.order('O-1')).shipments).toEqual([]);
    expect(await advices()).toMatchObject([{ state: 'QUARANTINED', reason: expect.stringMatching(reason) }]);
  });

  it('of another warehouse books nothing', async () => {
    const { queued, advise, advices, loop, connect } = await stocked();
    await queued('O-1');
    await connect('other', 'OTHER', { warehouse: {} });
    await advise(ADVICE('O-1'), { isaId: 'OTHER' });
    expect((await loop.order('O-1')).shipments).toEqual([]);
    expect(await advices()).toMatchObject([{ state: 'QUARANTINED' }]);
  });

  it('of a test ships no live order', async () => {
    const { queued, advise, advices, loop } = await stocked();
    await queued('O-1');
    await advise(ADVICE('O-1'), { usage: 'T' });
    expect((await loop.order('O-1')).shipments).toEqual([]);
    expect(await advices()).toMatchObject([{ reason: expect.stringMatching(/no test order/) }]);
  });

  it('with other units under a tracking number that is known waits for a person', async () => {
    const { queued, advise, advices, loop } = await stocked();
    await queued('O-1');
    const some = (units: number) =>
      ADVICE('O-1', { w12: `W12*BP*8*${units}*0*EA**VN*A` }).map((each) =>
        each.replace('W03*8', `W03*${units}`),
      );
    await advise(some(3));
    await advise(some(2));
    expect((await loop.order('O-1')).shipments).toHaveLength(1);
    expect((await advices())[0]).toMatchObject({ reason: expect.stringMatching(/with other units/) });
  });

  it('closed short holds the order and says why; what is left is ordered anew when it is released', async () => {
    const { queued, advise, loop, notifyAll, sets } = await stocked();
    await queued('O-1');
    const short = ADVICE('O-1', { w12: 'W12*CP*8*5*3*EA**VN*A***********01' }).map((each) =>
      each.replace('W03*8', 'W03*5'),
    );
    await advise(short);
    await notifyAll('O-1');
    const order = await loop.order('O-1');
    expect(order.state).toBe('FULFILLMENT_QUEUED');
    expect(order.holds).toMatchObject([
      {
        note: 'Shipping order O-1 was closed short: O-1-S1, 5 of 8 units of line 1 shipped (W1201 CP, W1219 01)',
      },
    ]);
    expect(sets('940')).toHaveLength(1);
    await loop.command('O-1', { type: 'ReleaseHold', holdId: (order.holds[0] as Order['holds'][0]).holdId });
    await advise(short);
    expect((await loop.order('O-1')).holds).toEqual([]);
    await notifyAll('O-1');
    const [, next] = sets('940');
    expect([of(next, 'W05'), of(next, 'W01')]).toEqual([['N*O-1-2'], ['3*EA**VN*A']]);
    await advise(
      ADVICE('O-1-2', { w12: 'W12*CC*3*3*0*EA**VN*A', tracking: '1Z2' }).map((each) =>
        each.replace('W03*8', 'W03*3'),
      ),
    );
    expect((await loop.order('O-1')).state).toBe('SHIPPED');
  });

  it('of a part, of which more follows, leaves the rest with the warehouse', async () => {
    const { queued, advise, loop, notifyAll, sets } = await stocked();
    await queued('O-1');
    const part = (units: number, status: string, tracking: string) =>
      ADVICE('O-1', { w12: `W12*${status}*8*${units}*0*EA**VN*A`, tracking }).map((each) =>
        each.replace('W03*8', `W03*${units}`),
      );
    await advise(part(5, 'BP', '1Z1'));
    await notifyAll('O-1');
    expect((await loop.order('O-1')).holds).toEqual([]);
    expect(sets('940')).toHaveLength(1);
    await advise(part(3, 'CC', '1Z2'));
    const order = await loop.order('O-1');
    expect([order.state, order.shipments.length]).toEqual(['SHIPPED', 2]);
    await notifyAll('O-1');
    expect(sets('940')).toHaveLength(1);
  });

  it('frees the way for a backorder under a number of its own', async () => {
    const { queued, advise, loop, notifyAll, sets } = await stocked(undefined, 5);
    await queued('O-1');
    expect(of(sets('940')[0], 'W01')).toEqual(['5*EA**VN*A']);
    await advise(
      ADVICE('O-1', { w12: 'W12*CC*5*5*0*EA**VN*A' }).map((each) => each.replace('W03*8', 'W03*5')),
    );
    await loop.stock('A', 'LOT-A', 10);
    await loop.command('O-1', { type: 'CompleteAllocation' });
    await notifyAll('O-1');
    const [, next] = sets('940');
    expect([of(next, 'W05'), of(next, 'W01')]).toEqual([['N*O-1-2'], ['3*EA**VN*A']]);
  });

  it('gives the 856 to the partner its cartons', async () => {
    const { queued, advise, connect, notifyAll, sets, received } = await stocked();
    await connect('harbor', 'HARBOR', {});
    const terms = {
      purchaseOrderNumber: 'PO-1',
      channel: 'EDI',
      source: 'ZZ HARBOR',
      orderType: 'B2B',
      externalId: 'PO-1',
    };
    await queued('O-1', [{ sku: 'A', quantity: 8, channelLineId: '10' }], terms);
    await advise(ADVICE('O-1'));
    await notifyAll('O-1');
    const [notice] = sets('856');
    expect(of(notice, 'MAN')).toEqual(['GM*00106141411234567897']);
    expect(of(notice, 'LIN')).toEqual([expect.stringContaining('LT*LOT-A')]);
    const reports = received.flatMap(({ content }) =>
      readInterchanges(Buffer.from(content)).flatMap((each) =>
        each.kind === 'interchange'
          ? [validateInterchange(each, { functionalIds: ['OW', 'PR', 'SH', 'IN'] })]
          : [],
      ),
    );
    expect(reports.flatMap(({ groups }) => groups.map(({ verdict }) => verdict))).toEqual(
      received.map(() => 'A'),
    );
  });
});

test('whatever is in which carton, units and lots are what the warehouse reported', async () => {
  const { loop, queued, advise, advices } = await fixture();
  const carton = fc.array(fc.record({ line: fc.nat(2), units: fc.integer({ min: 1, max: 9 }) }), {
    ...{ minLength: 1, maxLength: 3 },
  });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(carton, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      async (cartons, named) => {
        runs += 1;
        const skus = [0, 1, 2].map((line) => `P-${runs}-${line}`);
        const units = (line: number) =>
          cartons.flat().reduce((sum, each) => sum + (each.line === line ? each.units : 0), 0);
        const used = [0, 1, 2].filter((line) => units(line) > 0);
        for (const line of used) await loop.stock(skus[line] ?? '', `LOT-${line}`, units(line));
        const lines = used.map((line) => ({ sku: skus[line], quantity: units(line) }));
        await queued(`P-${runs}`, lines);
        await advise([
          ...[`W06*F*P-${runs}`, `N9*2I*1Z${runs}`, 'W27*U*UPSN'],
          ...cartons.flatMap((contents, index) => [
            ...[`LX*${index + 1}`, `MAN*GM*${sscc18(0, '0614141', runs * 100 + index)}`],
            ...contents.flatMap(({ line, units: packed }) => [
              `W12*CC*${units(line)}*${packed}**EA**VN*${skus[line]}`,
              ...(named ? [`N9*LI*${used.indexOf(line) + 1}`, `N9*LT*LOT-${line}`] : []),
            ]),
          ]),
        ]);
        const { state, shipments } = await loop.order(`P-${runs}`);
        expect([state, (await advices())[0]?.reason]).toEqual(['SHIPPED', undefined]);
        const [shipment] = shipments;
        const byLine = (shipment?.lines ?? []).toSorted((one, other) => one.lineNumber - other.lineNumber);
        expect(byLine.map(({ quantity }) => quantity)).toEqual(used.map(units));
        const packed = shipment?.packageContents ?? [];
        expect(packed.map((each) => each.lines.reduce((sum, { quantity }) => sum + quantity, 0))).toEqual(
          cartons.map((each) => each.reduce((sum, { units: some }) => sum + some, 0)),
        );
      },
    ),
    propertyRuns(25),
  );
}, 60_000);
