import { describe, expect, test } from 'vitest';
import { countAtRest } from '../../scripts/cost/at-rest.ts';
import { charge, type Price } from '../../scripts/cost/price.ts';
import table from '../../scripts/cost/prices.json' with { type: 'json' };

const price = (dollars: string, many: number) => ({ service: 's', unit: 'u', dollars, for: many });

describe('a charge', () => {
  test.each([
    ['0.625', 1_000_000, 110_000_000, '68.75'],
    ['13.3334', 1_000_000, 1_890_000, '25.20'],
    ['0.50', 1_000_000_000, 17_789_000_000, '8.89'],
    ['25', 1_000_000, 0, '0.00'],
    // Half a cent is rounded up, and only once: what a float would make of it is 0.00.
    ['0.01', 2 * 5 * 1_000_000, 5_000_000, '0.01'],
    ['0.10', 1, 25, '2.50'],
  ])('%s for %d, %d of them: %s', (dollars, many, units, expected) => {
    expect(charge(price(dollars, many), units)).toBe(expected);
  });
});

test('every price names a source of its service', () => {
  const { prices, optional, monthly } = table;
  for (const { service } of [prices, optional, monthly].flatMap((each) => Object.values<Price>(each)))
    expect(table.sources).toHaveProperty(service, expect.stringMatching(/^https:\/\/aws\.amazon\.com\//));
});

test('without orders, alarms, the dashboard, secrets and the signing key are all that is held by the month', async () => {
  const { resources, queueRequests, keyRequests, customMetrics } = await countAtRest();
  expect(customMetrics).toBeGreaterThan(40);
  expect(resources.get('AWS::CloudWatch::Alarm')).toBeGreaterThan(0);
  expect(resources.get('AWS::SecretsManager::Secret')).toBeGreaterThan(0);
  expect(resources.get('AWS::KMS::Key')).toBe(1);
  // Seven consumers read a queue.
  expect(queueRequests).toBe(7 * 648_000);
  // A key of one's own is asked for once in five minutes for each that uses it, and not for each request.
  expect(keyRequests % 8_640).toBe(0);
  expect(keyRequests / 8_640).toBeGreaterThan(7 * 3 + 20);
  expect(keyRequests / 8_640).toBeLessThan(200);
  const paidByTheHour = /Provisioned|NatGateway|VPCEndpoint|CacheCluster|DBInstance|LoadBalancer/;
  expect([...resources.keys()].filter((type) => paidByTheHour.test(type))).toEqual([]);
});
