import type { OrderResponse } from '../../../contract/responses.ts';

/** The form, by field. */
export type Draft = Readonly<Record<string, string>>;

const ADDRESS = [
  ['name', 'Ship to'],
  ['address1', 'Street'],
  ['address2', 'Street, second line'],
  ['city', 'City'],
  ['region', 'Region'],
  ['postalCode', 'Postal code'],
  ['country', 'Country (two letters)'],
] as const;

/** The terms that can be amended, as fields of the form. */
export const AMENDED_TERMS: readonly {
  readonly name: string;
  readonly label: string;
  readonly type: string;
}[] = [
  ...ADDRESS.map(([name, label]) => ({ name: `shipTo ${name}`, label, type: 'text' })),
  { name: 'start', label: 'Delivery from', type: 'date' },
  { name: 'end', label: 'Delivery until', type: 'date' },
  { name: 'purchaseOrderNumber', label: 'Purchase order', type: 'text' },
  { name: 'customerReference', label: 'Customer number', type: 'text' },
];

/** @returns the form for the current order. */
export function draftOf(order: OrderResponse): Draft {
  return {
    ...Object.fromEntries(ADDRESS.map(([name]) => [`shipTo ${name}`, order.shipTo?.[name] ?? ''])),
    start: order.deliveryWindow?.start ?? '',
    end: order.deliveryWindow?.end ?? '',
    purchaseOrderNumber: order.purchaseOrderNumber ?? '',
    customerReference: order.customer.reference ?? '',
    ...Object.fromEntries(
      order.lines.flatMap(({ lineNumber, quantity, unitPrice }) => [
        [`quantity ${lineNumber}`, String(quantity)],
        [`price ${lineNumber}`, unitPrice],
      ]),
    ),
  };
}

/** @returns the request for the changed fields, or null when nothing has changed. */
export function amendmentOf(order: OrderResponse, draft: Draft): Readonly<Record<string, unknown>> | null {
  const before = draftOf(order);
  const isChanged = (name: string) => draft[name]?.trim() !== before[name];
  const text = (name: string) => draft[name]?.trim() ?? '';
  const changedText = (name: string) => (isChanged(name) ? { [name]: text(name) } : {});
  const lines = order.lines.flatMap(({ lineNumber }) => {
    const [quantity, price] = [`quantity ${lineNumber}`, `price ${lineNumber}`];
    if (!isChanged(quantity) && !isChanged(price)) return [];
    return [
      {
        lineNumber,
        ...(isChanged(quantity) && { quantity: Number(text(quantity)) }),
        ...(isChanged(price) && { unitPrice: text(price) }),
      },
    ];
  });
  const amendment = {
    // Address and window are replaced as a whole.
    ...(ADDRESS.some(([name]) => isChanged(`shipTo ${name}`)) && {
      shipTo: Object.fromEntries(
        ADDRESS.flatMap(([name]) => (text(`shipTo ${name}`) === '' ? [] : [[name, text(`shipTo ${name}`)]])),
      ),
    }),
    ...((isChanged('start') || isChanged('end')) && {
      deliveryWindow: { start: text('start'), end: text('end') },
    }),
    ...changedText('purchaseOrderNumber'),
    ...changedText('customerReference'),
    ...(lines.length > 0 && { lines }),
  };
  return Object.keys(amendment).length === 0 ? null : amendment;
}
