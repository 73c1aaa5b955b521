import { expect, test } from 'vitest';
import { useDrivenApi } from '../../../testing/api.ts';
import { usePartners } from './outbound/partners.ts';

const loop = useDrivenApi();
const { send, api, queued, shipped } = usePartners(loop);

/** An 850 with everything that a customer says to whoever packs. */
const ORDER = [
  'ISA*00*          *00*          *08*6145550100     *01*614141000      *260401*1200*U*00401*000140001*0*P*>',
  'GS*PO*6145550100*614141000*20260401*1200*1*X*004010',
  'ST*850*0001',
  'BEG*00*SA*SLIP-1**20260401',
  'REF*DP*041',
  'PER*IC*RITA DOCK*TE*2535550100',
  'TD5**2*UPSN*U*GROUND TO STORE',
  'N9*L1*GIFT',
  'MSG*HAPPY BIRTHDAY <BEN & ADA',
  'N1*ST*STORE 12*92*0012',
  'N3*2200 DOCK ST',
  'N4*TACOMA*WA*98421*US',
  'PO1*1*24*EA*2.40**VN*NF-TS24*IN*B-77',
  'PID*F*08***TOMATO SAUCE 24 OZ',
  'REF*ZZ*AISLE 9',
  'N9*L1*PACK',
  'MSG*WRAP IN BLUE PAPER',
  'CTT*1*24',
  'SE*17*0001',
  'GE*1*1',
  'IEA*1*000140001',
]
  .map((each) => `${each}~`)
  .join('\n');

test('a packing slip has everything that the customer said, and no price', async () => {
  await send(ORDER);
  const { items } = await api('GET', '/v1/orders?purchaseOrderNumber=SLIP-1');
  const [{ orderId }] = items;
  const path = `/v1/orders/${orderId}/packing-slip`;
  await queued(orderId);
  const page = await loop().send('GET', path);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  for (const said of [
    ...['041', 'RITA DOCK', '2535550100', 'UPSN', 'GROUND TO STORE', 'HAPPY BIRTHDAY &lt;BEN &amp; ADA'],
    ...['STORE 12', '2200 DOCK ST', 'TACOMA WA 98421', 'SLIP-1', 'NF-TS24', 'IN B-77'],
    ...['TOMATO SAUCE 24 OZ', 'AISLE 9', 'WRAP IN BLUE PAPER', 'LOT-NF-TS24', '2099-12-31'],
  ])
    expect(page.text, said).toContain(said);
  expect(page.text).not.toContain('2.40');

  const { shipmentId } = await shipped(orderId, [{ lineNumber: 1, quantity: 10 }], '1Z-SLIP-1');
  const packed = await loop().send('GET', `${path}?shipmentId=${encodeURIComponent(shipmentId)}`);
  expect(packed.text).toContain('1Z-SLIP-1');
  expect(packed.text).toContain('10 of <bdi>LOT-NF-TS24</bdi>');
  expect((await loop().send('GET', path)).text).toContain('14 of <bdi>LOT-NF-TS24</bdi>');
  expect((await loop().send('GET', `${path}?shipmentId=none`)).status).toBe(404);
});
