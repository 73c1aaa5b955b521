import type * as z from 'zod';
import { addDays } from '../../domain/calendar.ts';
import type { LotCommand } from '../../domain/inventory/lot.ts';
import type { CommandOf } from '../../domain/order/commands.ts';
import { ReceiveOrder } from '../../domain/order/commands.ts';
import type { Order } from '../../domain/order/order.ts';
import type { NotReceiving } from '../../functions/orders/handle-order-command.ts';
import { SAMPLE_SHOP } from '../banner.ts';

type SampleLot = Omit<Extract<LotCommand, { type: 'ReceiveStock' }>, 'type'>;

/** An order of the product page: how it came in, and what happened to it since. */
export interface SampleOrder {
  readonly orderId: string;
  readonly command: CommandOf<'ReceiveOrder'>;
  readonly steps: readonly { readonly from: Order['state']; readonly command: NotReceiving }[];
}

const BRACKET = 'LMB-BRS-001';
const BRACE = 'LMB-BRT-001';
const HINGE = 'LMB-HNG-014';
const ANCHOR = 'LMB-ANC-020';
const KNOB = 'LMB-KNB-007';

/** The lot whose allocation the product page shows: 2,840 available, of which one order takes 480. */
export const SHOWN_LOT = 'LMB-LOT-2025-002';

/** @param today the day from which the lots' expiry is counted, so that they never come expired */
export function sampleLots(today: string): readonly SampleLot[] {
  return [
    {
      sku: BRACKET,
      lotNumber: 'LMB-LOT-2025-001',
      quantity: 640,
      expiryDate: addDays(today, 180),
      location: 'A-01',
    },
    { sku: BRACKET, lotNumber: SHOWN_LOT, quantity: 2840, expiryDate: addDays(today, 365), location: 'A-02' },
    {
      sku: BRACE,
      lotNumber: 'LMB-LOT-2025-003',
      quantity: 520,
      expiryDate: addDays(today, 240),
      location: 'A-04',
    },
    { sku: HINGE, lotNumber: 'LMB-LOT-2025-004', quantity: 900, location: 'B-02' },
    { sku: ANCHOR, lotNumber: 'LMB-LOT-2025-005', quantity: 1200, location: 'B-07' },
    { sku: KNOB, lotNumber: 'LMB-LOT-2025-006', quantity: 75, location: 'C-11' },
  ];
}

const QUEUE = { from: 'ALLOCATED', command: { type: 'QueueFulfillment' } } as const;

function shipped(carrier: string, trackingNumber: string) {
  return {
    from: 'FULFILLMENT_QUEUED',
    command: { type: 'RecordShipment', carrier, trackingNumber },
  } as const;
}

type Terms = Omit<z.input<typeof ReceiveOrder>, 'type' | 'currency'>;

function sample(orderId: string, terms: Terms, ...steps: SampleOrder['steps'][number][]): SampleOrder {
  return { orderId, command: ReceiveOrder.parse({ type: 'ReceiveOrder', currency: 'USD', ...terms }), steps };
}

/** The orders of the product page. Those that stay ALLOCATED are held, or the workflow would queue them. */
export function sampleOrders(): readonly SampleOrder[] {
  return [
    sample('LMB-ORD-2026-1042', {
      channel: 'MANUAL',
      orderType: 'B2B',
      customer: { name: 'IRONRIDGE Construction', email: 'ap@ironridge.example', reference: 'IRONRIDGE' },
      shipTo: address('IRONRIDGE Construction, Yard 4', '2200 Foundry Road', 'Pueblo', 'CO', '81001'),
      purchaseOrderNumber: 'PO-IR-2026-0089',
      paymentTerms: 'NET30',
      deliveryWindow: { start: '2026-03-10', end: '2026-03-14' },
      lines: [
        {
          sku: BRACKET,
          quantity: 480,
          unitPrice: '10.25',
          unitsPerCase: 20,
          casesPerPallet: 12,
          lotPin: SHOWN_LOT,
        },
      ],
      holds: [{ reason: 'OTHER', note: 'Released when the fulfillment window opens' }],
    }),
    sample('LMB-ORD-2026-1102', {
      channel: 'MANUAL',
      customer: { name: 'Priya Raman', email: 'priya.raman@example.com' },
      shipTo: address('Priya Raman', '77 Larch Lane', 'Boise', 'ID', '83702'),
      lines: [
        { sku: BRACKET, quantity: 10, unitPrice: '30.00' },
        { sku: BRACE, quantity: 12, unitPrice: '32.00' },
      ],
      holds: [{ reason: 'OTHER', note: 'The customer is asked for a delivery day' }],
    }),
    sample(
      'LMB-ORD-2026-0041',
      {
        channel: 'SHOPIFY',
        source: SAMPLE_SHOP,
        externalId: '6200407200041',
        customer: { name: 'Noor Haddad', email: 'noor.haddad@example.com' },
        shipTo: address('Noor Haddad', '9 Quarry Street', 'Duluth', 'MN', '55802'),
        shippingAmount: '16.00',
        channelTotal: '1120.00',
        lines: [
          { sku: BRACKET, quantity: 24, unitPrice: '30.00' },
          { sku: BRACE, quantity: 12, unitPrice: '32.00' },
        ],
      },
      QUEUE,
    ),
    sample(
      'LMB-ORD-2026-1089',
      {
        channel: 'MANUAL',
        orderType: 'B2B',
        customer: { name: 'Cedar & Vale Builders', email: 'orders@cedarvale.example', reference: 'C-41' },
        shipTo: address('Cedar & Vale Builders', '1450 Millrace Avenue', 'Eugene', 'OR', '97402'),
        purchaseOrderNumber: 'CV-30211',
        paymentTerms: 'NET30',
        lines: [{ sku: HINGE, quantity: 100, unitPrice: '23.60', unitsPerCase: 10, casesPerPallet: 40 }],
      },
      QUEUE,
    ),
    sample(
      'LMB-ORD-2026-0891',
      {
        channel: 'MANUAL',
        customer: { name: 'Jonas Weber', email: 'jonas.weber@example.com' },
        shipTo: address('Jonas Weber', '310 Harbor View', 'Portland', 'ME', '04101'),
        lines: [
          { sku: BRACKET, quantity: 4, unitPrice: '30.00' },
          { sku: KNOB, quantity: 1, unitPrice: '28.00' },
        ],
      },
      QUEUE,
      shipped('UPS', '1Z999AA10123450891'),
    ),
    sample(
      'LMB-ORD-2026-0037',
      {
        channel: 'MANUAL',
        orderType: 'B2B',
        customer: { name: 'Harbor Markets', email: 'receiving@harbormarkets.example', reference: 'C-12' },
        shipTo: address('Harbor Markets, Dock 3', '801 Alaskan Way', 'Seattle', 'WA', '98104'),
        purchaseOrderNumber: '4500186990',
        paymentTerms: 'NET30',
        lines: [{ sku: ANCHOR, quantity: 160, unitPrice: '19.00', unitsPerCase: 20, casesPerPallet: 24 }],
      },
      QUEUE,
      shipped('XPO', 'XPO-778120037'),
    ),
  ];
}

function address(name: string, address1: string, city: string, region: string, postalCode: string) {
  return { name, address1, city, region, postalCode, country: 'US' };
}
