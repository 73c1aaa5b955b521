import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { AuditEntry, AuditVerification } from '../../contract/audit.ts';
import { unique, useApi } from '../../testing/api.ts';

const api = useApi();

const entriesOf = async (subject: string) => {
  const query = new URLSearchParams({ subject, limit: '100' });
  const entries = await api().all<AuditEntry>(`/v1/audit?${query}`);
  return entries.toReversed();
};
const actionsOn = async (subject: string) => (await entriesOf(subject)).map(({ action }) => action);

test('each act that is no command on an order is in the trail', async () => {
  const sku = unique('AUDITED');
  const connectionId = `audited-${randomUUID()}`;
  const connection = { kind: 'CARRIER', name: 'Audited', settings: { carrier: 'AUDITED' } };
  const at = `/v1/connections/${connectionId}`;
  await api().done('PUT', at, { body: connection });
  await api().done('PUT', at, { body: { ...connection, name: 'Audited again' } });
  await api().done('PUT', `${at}/items/B-1`, { body: { sku } });
  await api().done('DELETE', `${at}/items/B-1`);
  await api().done('PUT', `${at}/locations/L-1`, { body: { name: 'Dock', address: { city: 'Boise' } } });
  await api().done('DELETE', at);
  expect(await actionsOn(connectionId)).toEqual([
    'connection.saved',
    'connection.saved',
    'connection.removed',
  ]);
  expect(await actionsOn(`${connectionId} B-1`)).toEqual(['partner-item.saved', 'partner-item.removed']);
  expect(await actionsOn(`${connectionId} L-1`)).toEqual(['partner-location.saved']);
  const [, changed] = await entriesOf(connectionId);
  expect(changed).toMatchObject({
    before: { name: 'Audited' },
    after: { name: 'Audited again' },
    actor: { type: 'human' },
  });

  await api().done('PUT', `/v1/inventory/${sku}/threshold`, { body: { threshold: 5 } });
  await api().done('PUT', `/v1/inventory/${sku}/threshold`, { body: { threshold: 5 } });
  expect(await actionsOn(sku)).toEqual(['threshold.saved']);

  const { orderId } = await api().receive({ lines: [{ sku, quantity: 1 }] });
  await api().done('POST', `/v1/orders/${orderId}/portal-link`);
  await api().done('POST', `/v1/operations/stuck-orders/${orderId}/restart`);
  expect(await actionsOn(orderId)).toEqual(['portal-link.created', 'workflow.restarted']);

  const { replayId } = await api().done<{ replayId: string }>('POST', '/v1/operations/republish', {
    body: { orderId, types: ['OrderReceived'] },
  });
  expect(await actionsOn(replayId)).toEqual(['events.republished']);
});

test('no secret is in the trail', async () => {
  const secret = `whsec_${Buffer.from(randomUUID()).toString('base64')}`;
  const { subscriptionId } = await api().done<{ subscriptionId: string }>('POST', '/v1/subscriptions', {
    body: { url: 'https://subscriber.example/audited', types: ['OrderShipped'], secret },
  });
  const at = `/v1/subscriptions/${subscriptionId}`;
  await api().done('PATCH', at, { body: { status: 'DISABLED' } });
  await api().done('POST', `${at}/secret`, { body: {} });
  await api().done('DELETE', at);
  const entries = await entriesOf(subscriptionId);
  expect(entries.map(({ action }) => action)).toEqual([
    'subscription.created',
    'subscription.changed',
    'subscription.secret-replaced',
    'subscription.removed',
  ]);
  expect(JSON.stringify(entries)).not.toMatch(/whsec_|sealed/i);
});

describe('a change that is refused', () => {
  test('is not in the trail', async () => {
    const subject = `refused-${randomUUID()}`;
    expect((await api().send('DELETE', `/v1/connections/${subject}`)).status).toBe(404);
    expect((await api().send('PUT', `/v1/connections/${subject}`, { body: {} })).status).toBe(422);
    expect(await entriesOf(subject)).toEqual([]);
  });
});

test('the trail of the loop is verified, and its pages are signed', async () => {
  const verified = await api().done<AuditVerification>('GET', '/v1/audit/verification');
  expect(verified).toMatchObject({ intact: true });
  expect(verified.entries).toBeGreaterThan(0);
  expect(
    (await api().send('GET', '/v1/audit?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z')).status,
  ).toBe(422);
});
