import { expect, test, vi } from 'vitest';
import { useOwnApi } from '../../../../testing/api.ts';
import type { Json } from '../../../../testing/client.ts';
import { soon } from '../../../../testing/until.ts';
import { usePartners } from './partners.ts';

const { api, send, sample, order, about, queued, shipped } = usePartners(
  useOwnApi({ context: { queueAfterSeconds: 0 } }),
);
const PARTNER = '/v1/connections/harbor-markets';

/** Changes the rules of the partner, and nothing else of its connection. */
async function rules(given: readonly object[]) {
  const { kind, name, settings } = await api('GET', PARTNER);
  expect(await api('PUT', PARTNER, { kind, name, settings: { ...settings, rules: given } })).toMatchObject({
    settings: { rules: given },
  });
}

const documentsOf = async (orderId: string): Promise<readonly Json[]> =>
  (await api('GET', `/v1/orders/${orderId}/documents`)).items;
const blockedOf = async (orderId: string): Promise<readonly Json[]> => {
  const { items } = await api('GET', '/v1/operations/blocked-documents');
  return items.filter((each: Json) => each.orderId === orderId);
};

test('a document that breaks the rules of its partner is blocked with the reason, and leaves when the rule is mended', async () => {
  await rules([
    { set: '855', segment: 'REF', qualifier: 'CO', required: 'DOCUMENT' },
    { set: '855', segment: 'PO1', elements: [6, 8], codes: ['UP', 'SK'] },
  ]);
  const orderId = await order('RULE-1', '000120001');
  const [blocked] = await vi.waitFor(async () => {
    const found = await blockedOf(orderId);
    expect(found).toHaveLength(1);
    return found;
  }, soon);
  expect(blocked).toMatchObject({ documentId: `855-${orderId}`, kind: '855', status: 'BLOCKED' });
  expect(blocked.objections).toContain('REF with REF01 CO is missing (rule 1 of 855)');
  expect(blocked.objections.join()).toMatch(/PO1\d\d VN is none of UP, SK \(rule 2 of 855\)/);

  // What has to come after it waits as well.
  await queued(orderId);
  await shipped(orderId, undefined, '1Z-RULE-1');
  await vi.waitFor(async () => {
    const behind = (await blockedOf(orderId)).filter(({ kind }) => kind !== '855');
    expect(behind.map(({ kind }) => kind).sort()).toEqual(['810', '856']);
    for (const { objections } of behind)
      expect(objections).toEqual([`it follows 855-${orderId}, which is blocked`]);
  }, soon);
  expect(await about('harbor-markets', 'RULE-1', '855')).toEqual([]);
  expect(await about('harbor-markets', 'RULE-1', '856')).toEqual([]);

  await rules([]);
  const { items } = await api('POST', `/v1/orders/${orderId}/documents/retry`);
  const kinds = items.filter(({ status }: Json) => status === 'SENT').map(({ kind }: Json) => kind);
  expect(kinds.sort()).toEqual(['810', '855', '856', '997']);
  expect(await blockedOf(orderId)).toEqual([]);
  for (const kind of ['855', '856', '810']) {
    expect(await about('harbor-markets', 'RULE-1', kind)).toHaveLength(1);
  }
  await api('POST', `/v1/orders/${orderId}/documents/retry`);
  expect(await about('harbor-markets', 'RULE-1', '856')).toHaveLength(1);
});

test('a document takes its control number when it leaves', async () => {
  await rules([{ set: '855', segment: 'REF', qualifier: 'CO', required: 'DOCUMENT' }]);
  const first = await order('RULE-2', '000120002');
  await vi.waitFor(async () => expect(await blockedOf(first)).toHaveLength(1), soon);
  await rules([]);
  const second = await order('RULE-3', '000120003');
  await vi.waitFor(async () => expect(await about('harbor-markets', 'RULE-3', '855')).toHaveLength(1), soon);
  await api('POST', `/v1/orders/${first}/documents/retry`);
  const [mended] = await about('harbor-markets', 'RULE-2', '855');
  const [other] = await about('harbor-markets', 'RULE-3', '855');
  const number = (each: typeof mended) => Number(each?.controlNumbers[0]);
  expect(number(mended)).toBeGreaterThan(number(other));
  expect((await documentsOf(second)).every(({ status }) => status !== 'BLOCKED')).toBe(true);
});

test('an order that breaks the rules is held, and a change is quarantined, with segment, element and rule', async () => {
  await rules([
    { set: '850', segment: 'REF', qualifier: 'CO', required: 'DOCUMENT' },
    { set: '860', segment: 'BCH', elements: [1], codes: ['01'] },
  ]);
  const orderId = await order('RULE-4', '000120004');
  const { holds } = await api('GET', `/v1/orders/${orderId}`);
  expect(holds[0].note).toContain(
    "against the partner's rules: REF with REF01 CO is missing (rule 1 of 850)",
  );
  await send(
    [
      'ISA*00*          *00*          *08*6145550100     *01*614141000      *260401*1200*U*00401*000120005*0*P*>',
      'GS*PC*6145550100*614141000*20260401*1200*1*X*004010',
      ...['ST*860*0001', 'BCH*04*SA*RULE-4***20260402', 'POC*1*CA*10*10*CA*1**VN*NF-TS24', 'SE*4*0001'],
      ...['GE*1*1', 'IEA*1*000120005'],
    ]
      .map((each) => `${each}~`)
      .join('\n'),
  );
  const { items } = await api('GET', '/v1/inbound-messages?state=QUARANTINED');
  expect(items.map(({ reason }: Json) => reason)).toContainEqual(
    expect.stringContaining('BCH01 04 is none of 01 (rule 2 of 860)'),
  );
  await rules([]);
  expect(sample('RULE-4', '000120004')).toContain('BEG');
});

test('rules are checked when they are saved', async () => {
  const { kind, name, settings } = await api('GET', PARTNER);
  for (const rule of [
    { set: '855', segment: 'REF' },
    { set: '855', segment: 'REF', codes: ['IA'] },
    { set: '855', segment: 'REF', elements: [1] },
    { set: '997', segment: 'AK1', required: 'DOCUMENT' },
    { set: '855', segment: 'ref', required: 'DOCUMENT' },
  ]) {
    const answer = await api('PUT', PARTNER, { kind, name, settings: { ...settings, rules: [rule] } });
    expect(answer, JSON.stringify(rule)).toMatchObject({ code: 'validation_failed' });
  }
});
