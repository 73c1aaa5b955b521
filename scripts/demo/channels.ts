import { readFileSync } from 'node:fs';
import { SAMPLE_SHOP } from '../../local/banner.ts';
import type { Json } from '../../testing/client.ts';
import { channelMessage, shopifyMessage } from '../../testing/messages.ts';
import type { Loop } from './loop.ts';
import { GOODS } from './stock.ts';

/** Sends the order with this number. @returns its id @throws Error with the answer when the loop did not accept it */
export type Send = (number: number) => Promise<string>;

const CUSTOMERS = [
  ['IRONRIDGE Construction', 'C-88'],
  ['Harbor Hotels', 'C-12'],
  ['Juniper & Sons', 'C-31'],
  ['Northfield Clinics', 'C-54'],
] as const;

/** The sources of orders, by name. */
export function channels(loop: Loop): readonly (readonly [string, Send])[] {
  const run = Date.now();
  return [
    ['shopify', (number) => shopifyOrder(loop, run + number)],
    ['by hand', (number) => consumerOrder(loop, number)],
    ['wholesale', (number) => wholesaleOrder(loop, run, number)],
    ['edi', (number) => ediOrder(loop, run, number)],
    ['square', (number) => squareOrder(loop, run, number)],
  ];
}

async function shopifyOrder(loop: Loop, id: number): Promise<string> {
  const sample = JSON.parse(sampleFile('shopify-order.json'));
  const { company: _, po_number: __, payment_terms: ___, ...consumer } = sample;
  const now = new Date().toISOString();
  const order = { ...consumer, id, name: `#${id % 100_000}`, created_at: now, updated_at: now };
  const body = JSON.stringify(order);
  const message = shopifyMessage('orders/create', body, { webhookId: `demo-${id}`, shop: SAMPLE_SHOP });
  return orderIdIn(await loop.deliver(message));
}

async function consumerOrder(loop: Loop, number: number): Promise<string> {
  const [first, second] = [GOODS[number % GOODS.length], GOODS[(number + 2) % GOODS.length]];
  const { orderId } = await loop.api('POST', '/v1/orders', {
    currency: 'USD',
    customer: { name: 'Mara Lindqvist', email: 'mara@customer.example' },
    shipTo: {
      name: 'Mara Lindqvist',
      address1: '418 Alder Street',
      city: 'Portland',
      region: 'OR',
      country: 'US',
    },
    shippingAmount: '6.00',
    lines: [line(first, 1 + (number % 3)), line(second, 1)],
  });
  return orderId;
}

async function wholesaleOrder(loop: Loop, run: number, number: number): Promise<string> {
  const [name, reference] = CUSTOMERS[number % CUSTOMERS.length] as (typeof CUSTOMERS)[number];
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const { orderId } = await loop.api('POST', '/v1/orders', {
    orderType: 'B2B',
    currency: 'USD',
    customer: { name, reference },
    purchaseOrderNumber: `PO-${run}-${number}`,
    paymentTerms: 'NET30',
    deliveryWindow: { start: day(number % 4), end: day(3 + (number % 5)) },
    lines: [
      { ...line(GOODS[number % 4], 24), unitsPerCase: 12, casesPerPallet: 40 },
      { ...line(GOODS[(number + 1) % 4], 12), unitsPerCase: 6 },
    ],
  });
  return orderId;
}

async function ediOrder(loop: Loop, run: number, number: number): Promise<string> {
  const control = String((run + number) % 1_000_000_000).padStart(9, '0');
  const purchaseOrder = `45${control}`;
  const [date, time] = [new Date().toISOString().slice(2, 10).replaceAll('-', ''), '0914'];
  const goods = GOODS[number % 4] as (typeof GOODS)[number];
  const price = String(Number(goods.price) * 12);
  const body = [
    `ISA*00*          *00*          *08*6145550100     *01*614141000      *${date}*${time}*U*00401*${control}*0*P*>`,
    `GS*PO*6145550100*614141000*20${date}*${time}*${Number(control)}*X*004010`,
    'ST*850*0001',
    `BEG*00*SA*${purchaseOrder}**20${date}`,
    'ITD*01*3*****30',
    'N1*ST*HARBOR MARKETS DC 12*92*0012',
    'N3*2000 TERMINAL WAY',
    'N4*RENO*NV*89502*US',
    `PO1*1*${2 + (number % 4)}*CA*${price}**VN*${goods.sku}`,
    'PO4*12',
    'CTT*1',
    'SE*10*0001',
    `GE*1*${Number(control)}`,
    `IEA*1*${control}`,
    '',
  ].join('~');
  const acknowledgment = await loop.deliver(channelMessage('edi', body));
  const { items } = await loop.api('GET', `/v1/orders?purchaseOrderNumber=${purchaseOrder}`);
  return orderIdIn(items[0] ?? acknowledgment);
}

/** Puts the order into the fake of Square, and sends the loop its webhook. */
async function squareOrder(loop: Loop, run: number, number: number): Promise<string> {
  const id = `DEMO${run}N${number}`;
  const { order } = JSON.parse(sampleFile('square/order.json'));
  const now = new Date().toISOString();
  await loop.api('PUT', '/dev/stand-ins/square/orders', {
    ...order,
    id,
    created_at: now,
    updated_at: now,
    line_items: (order.line_items as Record<string, unknown>[]).map(({ metadata: _, ...line }, index) => {
      const { sku, name } = GOODS[(number + index) % GOODS.length] ?? GOODS[0];
      // The catalog of the fake has an item of any SKU under such an id.
      return { ...line, name, variation_name: 'Regular', catalog_object_id: `SKU:${sku}` };
    }),
    // Every fourth customer has not paid yet.
    net_amount_due_money: { ...order.total_money, ...(number % 4 !== 3 && { amount: 0 }) },
  });
  const body = JSON.stringify({
    merchant_id: 'MLTESTMERCHANT1',
    type: 'order.created',
    event_id: `${id}-created`,
    created_at: now,
    data: {
      type: 'order_created',
      id,
      object: {
        order_created: {
          order_id: id,
          location_id: order.location_id,
          state: order.state,
          version: order.version,
          created_at: now,
        },
      },
    },
  });
  return orderIdIn(await loop.deliver(channelMessage('square', body)));
}

function line(goods: (typeof GOODS)[number] | undefined, quantity: number) {
  const { sku, price, name } = goods ?? GOODS[0];
  return { sku, description: name, quantity, unitPrice: price };
}

function sampleFile(name: string): string {
  return readFileSync(new URL(`../../local/sample/${name}`, import.meta.url), 'utf8');
}

function orderIdIn(answer: Json): string {
  if (typeof answer.orderId === 'string') return answer.orderId;
  throw new Error(`no order came of it: ${typeof answer === 'string' ? answer : JSON.stringify(answer)}`);
}
