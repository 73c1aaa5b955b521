import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../contract/audit.ts';
import type { LocationResponse } from '../../contract/locations.ts';
import { unique, useApi } from '../../testing/api.ts';

const api = useApi();

const EAST = { name: 'East', address: { region: 'NJ', country: 'US' }, priority: 1 };

describe('a location', () => {
  test('is added, changed, read and removed, each with its entry in the audit trail', async () => {
    const locationId = unique('EAST');
    const at = `/v1/locations/${locationId}`;
    expect(await api().send('PUT', at, { body: EAST })).toMatchObject({ status: 201 });
    expect(await api().send('PUT', at, { body: { ...EAST, priority: 2 } })).toMatchObject({ status: 200 });
    expect(await api().done('GET', at)).toEqual({ locationId, ...EAST, priority: 2 });
    const { items } = await api().done<{ items: LocationResponse[] }>('GET', '/v1/locations');
    expect(items.map((each) => each.locationId)).toEqual(expect.arrayContaining(['MAIN', locationId]));
    expect(await api().send('DELETE', at)).toMatchObject({ status: 204 });
    expect(await api().send('GET', at)).toMatchObject({ status: 404 });
    const entries = await api().all<AuditEntry>(`/v1/audit?subject=${locationId}`);
    expect(entries.map(({ action }) => action)).toEqual([
      'location.removed',
      'location.saved',
      'location.saved',
    ]);
  });

  test.each([
    ['without a name', { ...EAST, name: ' ' }, 'name'],
    ['without a priority', { name: 'East', address: {} }, 'priority'],
    ['in no country', { ...EAST, address: { country: 'XX' } }, 'address.country'],
    ['in no time zone', { ...EAST, timeZone: 'Mars/Base' }, 'timeZone'],
    ['for no channel', { ...EAST, channels: ['TELEX'] }, 'channels[0]'],
  ])('%s is refused by name', async (_, body, path) => {
    const { status, body: problem } = await api().send('PUT', `/v1/locations/${unique('P')}`, { body });
    expect(status).toBe(422);
    expect(problem.errors?.map((error) => error.path)).toEqual([path]);
  });
});

test('MAIN is there by itself and is not removed', async () => {
  expect(await api().send('GET', '/v1/locations/MAIN')).toMatchObject({
    status: 200,
    body: { locationId: 'MAIN' },
  });
  expect(await api().send('DELETE', '/v1/locations/MAIN')).toMatchObject({
    status: 409,
    body: { code: 'location_in_use' },
  });
});
