import { expect, test, vi } from 'vitest';
import { useOwnApi } from '../../../../testing/api.ts';
import { soon } from '../../../../testing/until.ts';
import { segments, usePartners } from './partners.ts';

/** A warehouse of a third party in the running loop, from the event of an order entered by hand to its shipment. */

const loop = useOwnApi({ context: { queueAfterSeconds: 0 } });
const { api, send, about, document, expectIdleQueues } = usePartners(loop);

test('an order entered by hand is shipped by a warehouse, and the warehouse hears of a cancelled one', async () => {
  const { port } = new URL(loop().stack.url);
  await api('PUT', '/v1/connections/dock', {
    ...{ kind: 'EDI', name: 'North dock' },
    settings: {
      ...{ isaQualifier: 'ZZ', isaId: 'DOCK', gsId: 'DOCK' },
      ...{ ourIsaQualifier: '01', ourIsaId: '614141000', ourGsId: '614141000' },
      ...{ deliverTo: `http://127.0.0.1:${port}/dev/partners/dock`, warehouse: { channels: ['MANUAL'] } },
    },
  });
  await loop().stock('WH-A', 'WH-LOT', 20);
  const order = async () => (await loop().receive({ lines: [{ sku: 'WH-A', quantity: 4 }] })).orderId;
  const [shipped, cancelled] = [await order(), await order()];
  const orders = (orderId: string) => about('dock', orderId, '940');
  await vi.waitFor(async () => expect(await orders(shipped)).toHaveLength(1), soon);
  await vi.waitFor(async () => expect(await orders(cancelled)).toHaveLength(1), soon);
  const [ordered] = await orders(shipped);
  expect([ordered?.objections, ordered?.isSigned]).toEqual([[], true]);
  expect(segments(ordered?.content ?? '', 'W05')).toEqual([['W05', 'N', shipped]]);

  const advice = [
    'ISA*00*          *00*          *ZZ*DOCK           *01*614141000      *260401*0910*U*00401*000000001*0*P*>',
    'GS*SW*DOCK*614141000*20260401*0910*1*X*004010',
    'ST*945*0001',
    ...[`W06*F*${shipped}*20260401*SHP-1`, 'N9*2I*1Z999AA10123456784', 'W27*U*UPSN', 'LX*1'],
    ...['MAN*GM*00106141411234567897', 'W12*CC*4*4**EA**VN*WH-A', 'N9*LI*1', 'N9*LT*WH-LOT', 'W03*4'],
    ...['SE*11*0001', 'GE*1*1', 'IEA*1*000000001', ''],
  ].join('~');
  expect(await send(advice)).toContain('AK5*A');
  expect(await api('GET', `/v1/orders/${shipped}`)).toMatchObject({
    state: 'SHIPPED',
    shipments: [{ carrier: 'UPS', trackingNumber: '1Z999AA10123456784', packages: 1 }],
  });
  expect(await document(shipped, '997-000000001')).toContain('AK1*SW*1');

  await api('POST', `/v1/orders/${cancelled}/cancellation`, { reason: 'CUSTOMER_REQUEST' });
  await vi.waitFor(async () => expect(await orders(cancelled)).toHaveLength(2), soon);
  const [, last] = await orders(cancelled);
  expect(segments(last?.content ?? '', 'W05')).toEqual([['W05', 'F', cancelled]]);
  await vi.waitFor(expectIdleQueues, soon);
  expect(await orders(shipped)).toHaveLength(1);
});
