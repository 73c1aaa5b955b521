import { describe, expect, test } from 'vitest';
import { isCarrier } from '../../functions/carriers/carrier-name.ts';
import { carrierScope } from '../../functions/carriers/carrier-sender.ts';

describe('a carrier is known by its name', () => {
  test.each([
    ['UPS', 'ups', true],
    ['UPS Ground', 'UPS', true],
    ['DHL Express', 'DHLExpress', true],
    ['FedEx®', 'FEDEX', true],
    ['UPSilon', 'UPS', false],
    ['UPS', 'UPS Ground', false],
    ['FedEx', 'UPS', false],
    ['', 'UPS', false],
    ['UPS', '***', false],
  ])('%s travels with %s: %s', (ofShipment, carrier, expected) => {
    expect(isCarrier(ofShipment, carrier)).toBe(expected);
  });
});

const carrier = (secretName?: string, name?: string) => ({
  ...{ connectionId: `${name}`, kind: 'CARRIER', name: 'x', updatedAt: '2026-03-10T00:00:00Z' },
  settings: { carrier: name, secretName },
});
const signedWith = (secretName: string | null) => ({ proof: { method: 'X', secretName } });

describe('a sender speaks', () => {
  const connections = [carrier('s/ups', 'UPS'), carrier('s/fedex', 'FedEx'), carrier('s/any')];

  test('for shipments of its own carrier alone', () => {
    const speaksFor = carrierScope(connections, signedWith('s/ups'));
    expect(['UPS Ground', 'FedEx', 'DHL'].map(speaksFor)).toEqual([true, false, false]);
  });

  test('without a name, for carriers that have no connection of their own', () => {
    for (const secretName of ['s/any', null]) {
      const speaksFor = carrierScope(connections, signedWith(secretName));
      expect(['UPS', 'FedEx', 'DHL'].map(speaksFor)).toEqual([false, false, true]);
    }
  });

  test('for nothing once its connection is gone', () => {
    const speaksFor = carrierScope([carrier('s/fedex', 'FedEx')], signedWith('s/ups'));
    expect(['UPS', 'FedEx', 'DHL'].map(speaksFor)).toEqual([false, false, false]);
  });

  test('for every carrier that shares its secret', () => {
    const speaksFor = carrierScope([carrier(undefined, 'UPS'), carrier(undefined, 'DHL')], signedWith(null));
    expect(['UPS', 'DHL', 'GLS'].map(speaksFor)).toEqual([true, true, true]);
  });
});
