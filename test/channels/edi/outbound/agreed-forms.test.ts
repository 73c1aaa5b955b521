import { expect, test, vi } from 'vitest';
import { useOwnApi } from '../../../../testing/api.ts';
import type { Json } from '../../../../testing/client.ts';
import { soon } from '../../../../testing/until.ts';
import { interchangeOf, setOf } from '../x12/support.ts';
import { usePartners } from './partners.ts';

/** What is agreed with a partner on the form of what it is sent. */
const { api, send, sample, order, about, queued, shipped } = usePartners(
  useOwnApi({ context: { queueAfterSeconds: 0 } }),
);
const PARTNER = '/v1/connections/harbor-markets';

async function agree(changes: object): Promise<Json> {
  const { kind, name, settings } = await api('GET', PARTNER);
  const {
    separators: _,
    acknowledgmentLevel: _level,
    shipNoticeLots: _lots,
    x12Version: _version,
    ...rest
  } = settings;
  return api('PUT', PARTNER, { kind, name, settings: { ...rest, ...changes } });
}

const SEPARATORS = { element: '|', component: ':', segment: "'", repetition: '!', lineBreak: false };

/** The 997 behind a TA1. */
const last = (answer: string) => setOf(answer.slice(answer.lastIndexOf('ISA')));

const sentAbout = (purchaseOrder: string, kind: string) =>
  vi.waitFor(async () => {
    const found = await about('harbor-markets', purchaseOrder, kind);
    expect(found).toHaveLength(1);
    return found[0]?.content ?? '';
  }, soon);

test('documents and acknowledgments come in the separators of the partner', async () => {
  await agree({ separators: SEPARATORS, x12Version: '005010' });
  const answer = await send(sample('FORM-1', '000130001'));
  expect(answer).toMatch(/^ISA\|00\|.*'GS\|FA\|[^\n]*'IEA\|1\|\d{9}'$/);
  expect(last(answer).segments.map(({ id }) => id)).toContain('AK9');
  const acknowledgment = await sentAbout('FORM-1', '855');
  const { separators } = interchangeOf(acknowledgment);
  expect(separators).toMatchObject({ element: '|', component: ':', terminator: "'", repetition: '!' });
  expect(acknowledgment).not.toContain('\n');
});

test('a separator of the partner is a blank in free text, and blocks a document in a number', async () => {
  // The number of the purchase order holds the separator that was agreed.
  await agree({ separators: { ...SEPARATORS, element: '/' } });
  const orderId = await order('FORM/2', '000130002').catch(async () => {
    const { items } = await api('GET', `/v1/orders?purchaseOrderNumber=${encodeURIComponent('FORM/2')}`);
    return items[0].orderId;
  });
  const [blocked] = await vi.waitFor(async () => {
    const { items } = await api('GET', '/v1/operations/blocked-documents');
    const found = items.filter((each: Json) => each.orderId === orderId);
    expect(found).toHaveLength(1);
    return found;
  }, soon);
  expect(blocked.objections.join()).toMatch(/^BAK03 cannot be written: it contains a separator/);
  await agree({ separators: SEPARATORS });
  await api('POST', `/v1/orders/${orderId}/documents/retry`);
  expect(await sentAbout('FORM/2', '855')).toContain('|FORM/2|');
});

test('separators are single characters that no number is made of, and differ', async () => {
  for (const wrong of [
    { element: 'A' },
    { element: '.' },
    { element: ':' },
    { element: '||' },
    { element: '' },
  ])
    expect(await agree({ separators: { ...SEPARATORS, ...wrong } }), JSON.stringify(wrong)).toMatchObject({
      code: 'validation_failed',
    });
});

test('a 997 for the group names only sets that are not accepted', async () => {
  await agree({ acknowledgmentLevel: 'GROUP' });
  const ids = (answer: string) => last(answer).segments.map(({ id }) => id);
  expect(ids(await send(sample('FORM-3', '000130003')))).toEqual(['ST', 'AK1', 'AK9', 'SE']);
  const refused = await send(sample('FORM-4', '000130004').replace(/BEG\*00/, 'BEG*'));
  expect(ids(refused)).toEqual(['ST', 'AK1', 'AK2', 'AK3', 'AK4', 'AK5', 'AK9', 'SE']);
  await agree({});
  expect(ids(await send(sample('FORM-5', '000130005')))).toEqual(['ST', 'AK1', 'AK2', 'AK5', 'AK9', 'SE']);
});

test.each([
  ['LOT_AND_EXPIRY', 'WARE-1', true, true],
  ['LOT', 'WARE-2', true, false],
  ['NONE', 'WARE-3', false, false],
] as const)('an 856 says of lots what was agreed: %s', async (shipNoticeLots, name, hasLots, hasExpiry) => {
  await agree({ shipNoticeLots });
  const orderId = await order(name, `00013001${name.slice(-1)}`);
  await queued(orderId);
  await shipped(orderId, undefined, `1Z-${name}`);
  const notice = await sentAbout(name, '856');
  expect(notice.includes('*LT*LOT-NF-TS24')).toBe(hasLots);
  expect(notice.includes('DTM*036*20991231')).toBe(hasExpiry);
});
