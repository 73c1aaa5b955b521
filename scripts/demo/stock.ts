import type { Loop } from './loop.ts';

/** The SKUs of the demo with their unit prices; the last one soon runs short. */
export const GOODS = [
  { sku: 'LMB-BRS-001', price: '20.00', name: 'Brass bracket', stock: 900 },
  { sku: 'LMB-BRT-001', price: '30.00', name: 'Bright hinge', stock: 700 },
  { sku: 'LMB-OAK-004', price: '84.50', name: 'Oak shelf', stock: 300 },
  { sku: 'LMB-VAL-010', price: '12.25', name: 'Valve, sterile', stock: 500 },
  { sku: 'LMB-LMP-021', price: '149.00', name: 'Lamp', stock: 12 },
] as const;

/** Receives two lots of each SKU, one of which expires first. */
export async function receiveStock(loop: Loop): Promise<void> {
  const run = Date.now().toString(36).toUpperCase();
  for (const { sku, stock } of GOODS) {
    for (const [suffix, expiryDate] of [
      ['A', '2027-06-30'],
      ['B', '2028-01-31'],
    ]) {
      const lot = { lotNumber: `LMB-LOT-${run}-${suffix}`, quantity: Math.ceil(stock / 2), expiryDate };
      await loop.api('POST', `/v1/inventory/${encodeURIComponent(sku)}/lots`, { ...lot, location: 'RENO-1' });
    }
  }
}
