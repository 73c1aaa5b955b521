import { expect, test } from 'vitest';
import { controlNumbers } from '../../../functions/adapters/dynamodb/control-numbers.ts';
import { documentStore } from '../../../functions/adapters/dynamodb/document-store.ts';
import { processAdvice } from '../../../functions/channels/edi/inbound/process-advice.ts';
import { readApplicationAdvice } from '../../../functions/channels/edi/x12/index.ts';
import { pause } from '../../../functions/wiring.ts';
import { useStore } from '../../../testing/store.ts';
import { setOf, setVerdict, sketch } from './x12/support.ts';

const store = useStore();
const PARTNER = '08 6145550100';
const orderId = 'LMB-ORD-2026-0001';
const documentId = `810-${orderId}-I1`;

/** A partner that was sent an invoice under control number 1, and answers it. */
async function answered(...segments: string[]) {
  const table = await store.newTable();
  const numbers = controlNumbers(table, pause);
  const documents = documentStore(table);
  const name = { name: documentId, fingerprint: '1', orderId };
  const { content } = await numbers.issue(PARTNER, name, () => 'ISA');
  await documents.save(orderId, {
    ...{ documentId, kind: '810', createdAt: '2026-04-01T00:00:00.000Z', mediaType: 'application/edi-x12' },
    ...{ status: 'SENT' as const, content },
  });
  const body = sketch('824', ['BGN*00*1*20260401', ...segments], { functionalId: 'AG' });
  expect(setVerdict(body)).toMatchObject({ verdict: 'A' });
  const now = () => '2026-04-02T00:00:00.000Z';
  const advice = readApplicationAdvice(setOf(body));
  const outcome = await processAdvice({ numbers, documents, now }, PARTNER, advice);
  return { outcome, account: advice.account, document: await documents.get(orderId, documentId) };
}

test.each([
  ['its own number', `OTI*TR*IV*${orderId}-I1`],
  ['the number of our group', 'OTI*TR*IV*OTHER*****1*0001*810'],
])('an 824 that refuses an invoice marks it, found by %s, and waits for a person', async (_, oti) => {
  const { outcome, document, account } = await answered(oti, 'TED*007*PRICE');
  expect(document).toMatchObject({ status: 'REJECTED', objections: ['TED 007 PRICE'] });
  expect(outcome).toMatchObject({
    kind: 'quarantined',
    reason: expect.stringContaining(`(${documentId}): TED 007 PRICE`),
  });
  expect(account).toContainEqual(expect.objectContaining({ element: 'TED02', disposition: 'mapped' }));
});

test('an 824 about nothing that we sent waits for a person', async () => {
  const { outcome, document } = await answered('OTI*TR*IV*INV1', 'TED*007*PRICE');
  expect(document?.status).toBe('SENT');
  expect(outcome).toMatchObject({
    kind: 'quarantined',
    reason: expect.stringContaining('no document that we sent'),
  });
});

test('an 824 that accepts marks the document, and nobody has to look', async () => {
  const { outcome, document } = await answered(`OTI*TA*IV*${orderId}-I1`);
  expect(document?.status).toBe('ACCEPTED');
  expect(outcome).toMatchObject({ kind: 'nothing-to-do', orderIds: [orderId] });
});
