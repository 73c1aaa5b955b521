import { expect, test, vi } from 'vitest';
import { documentStore } from '../../../../functions/adapters/dynamodb/document-store.ts';
import { countOverdue } from '../../../../functions/channels/core/documents.ts';
import { useStore } from '../../../../testing/store.ts';
import { soon } from '../../../../testing/until.ts';
import { segments, usePartners } from './partners.ts';

const { api, send, order, about } = usePartners();
const store = useStore();

const HOUR = 3_600_000;
const LIST = '/v1/operations/unacknowledged-documents?limit=100';

const unacknowledged = async (orderId: string) =>
  (await api('GET', LIST)).items.filter((each: { orderId: string }) => each.orderId === orderId);

test('a document is listed until the partner acknowledges it', async () => {
  const orderId = await order('LATE-1', '000110001');
  const [received] = await vi.waitFor(async () => {
    const found = await about('harbor-markets', 'LATE-1', '855');
    expect(found).toHaveLength(1);
    return found;
  }, soon);
  const [listed] = await vi.waitFor(async () => {
    const found = await unacknowledged(orderId);
    expect(found).toHaveLength(1);
    return found;
  }, soon);
  expect(listed).toMatchObject({ documentId: `855-${orderId}`, kind: '855', status: 'SENT' });
  expect(Date.parse(listed.acknowledgeBy) - Date.parse(listed.sentAt)).toBe(24 * HOUR);

  const number = segments(received?.content ?? '', 'GS')[0]?.[6];
  await send(
    [
      'ISA*00*          *00*          *08*6145550100     *01*614141000      *260401*1200*U*00401*000110002*0*P*>',
      'GS*FA*6145550100*614141000*20260401*1200*1*X*004010',
      ...['ST*997*0001', `AK1*PR*${number}`, 'AK9*A*1*1*1', 'SE*4*0001', 'GE*1*1', 'IEA*1*000110002'],
    ]
      .map((each) => `${each}~`)
      .join('\n'),
  );
  expect(await unacknowledged(orderId)).toEqual([]);
  const { items } = await api('GET', `/v1/orders/${orderId}/documents`);
  expect(items).toContainEqual(expect.objectContaining({ documentId: `855-${orderId}`, status: 'ACCEPTED' }));
});

test('documents of many orders are listed by their deadlines, and the lately overdue are counted', async () => {
  const documents = documentStore(await store.newTable());
  const now = Date.parse('2026-03-10T12:00:00.000Z');
  const at = (hours: number) => new Date(now + hours * HOUR).toISOString();
  const deadlines = [-30, -23, -5, -1, 0, 1, 40].map(at);
  // Many orders, so that the list lies in several partitions of the index.
  const wanted = deadlines
    .toReversed()
    .map((acknowledgeBy, index) => ({ acknowledgeBy, orderId: `ORD-${index}` }));
  for (const { acknowledgeBy, orderId } of wanted) {
    const document = {
      documentId: '856-1',
      kind: '856',
      createdAt: at(-60),
      mediaType: 'application/edi-x12',
    };
    await documents.save(orderId, { ...document, status: 'WAITING', content: 'ISA' });
    await documents.noteSent(orderId, '856-1', at(-60), acknowledgeBy);
  }
  expect(await countOverdue(documents, at(0))).toBe(4);

  const found: string[] = [];
  let after: string | null = null;
  do {
    const { items, next } = await documents.unacknowledged(3, after);
    found.push(...items.map(({ acknowledgeBy }) => acknowledgeBy));
    after = next;
  } while (after !== null);
  expect(found).toEqual(deadlines);

  const answer = { status: 'REJECTED', answeredAt: at(0), objections: ['AK5 5'] } as const;
  for (const { orderId } of wanted) await documents.noteAnswer(orderId, '856-1', answer);
  expect(await documents.unacknowledged(10, null)).toEqual({ items: [], next: null });
  // An answer that came before the sending was noted stays.
  await documents.noteSent('ORD-0', '856-1', at(1), at(25));
  expect(await documents.unacknowledged(10, null)).toEqual({ items: [], next: null });
});

test('an operator dismisses a document that nobody will acknowledge, and the reason is recorded', async () => {
  const orderId = await order('LATE-2', '000110003');
  const [listed] = await vi.waitFor(async () => {
    const found = await unacknowledged(orderId);
    expect(found).toHaveLength(1);
    return found;
  }, soon);
  const { documentId } = listed;
  const dismissal = '/v1/operations/unacknowledged-documents/dismissal';
  await api('POST', dismissal, { orderId, documentId, reason: 'confirmed by phone' });
  // A repeat changes nothing, not even who said so first.
  await api('POST', dismissal, { orderId, documentId, reason: 'again' });
  expect(await unacknowledged(orderId)).toEqual([]);
  const { items } = await api('GET', `/v1/orders/${orderId}/documents`);
  expect(items.find((each: { documentId: string }) => each.documentId === documentId)).toMatchObject({
    ...{ status: 'SENT', dismissalReason: 'confirmed by phone' },
    dismissedBy: expect.any(String),
  });
  const nobody = { orderId: 'NONE', documentId, reason: 'x' };
  expect(await api('POST', dismissal, nobody)).toMatchObject({ code: 'not_found' });
});
