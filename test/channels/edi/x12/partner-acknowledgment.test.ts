import { expect, it } from 'vitest';
import {
  readAcknowledgment,
  readInterchangeAcknowledgment,
} from '../../../../functions/channels/edi/x12/partner-acknowledgment.ts';
import { interchangeOf, payload, setOf } from './support.ts';

it('i01: the partner accepts our 810', () => {
  expect(readAcknowledgment(setOf(payload('replies/i01_997_partner_accepts_our_810.edi')))).toEqual({
    ...{ functionalId: 'IN', groupControlNumber: '504', verdict: 'A', errorCodes: [], setsAccepted: 1 },
    sets: [{ id: '810', controlNumber: '0001', verdict: 'A', errorCodes: [], segmentErrors: [] }],
  });
});

it('i02: the partner rejects our 856, for the label of one pack', () => {
  const answer = readAcknowledgment(setOf(payload('replies/i02_997_partner_rejects_our_856.edi')));
  expect(answer).toMatchObject({
    functionalId: 'SH',
    groupControlNumber: '503',
    verdict: 'R',
    setsAccepted: 0,
  });
  expect(answer.sets).toEqual([
    {
      ...{ id: '856', controlNumber: '0001', verdict: 'R', errorCodes: ['5'] },
      segmentErrors: [
        {
          ...{ segmentId: 'MAN', position: 21, loop: 'HL', code: '8' },
          elements: [{ position: '2', reference: '88', code: '7', value: '00006141410000044719' }],
        },
      ],
    },
  ]);
});

it('reads a 999 like a 997', () => {
  const answer = readAcknowledgment(setOf(payload('replies/r02_999_for_v02_005010.edi')));
  expect(answer.sets).toEqual([
    { id: '850', controlNumber: '770001', verdict: 'A', errorCodes: [], segmentErrors: [] },
  ]);
});

it('reads a TA1', () => {
  const [ta1] = interchangeOf(payload('replies/r01_ta1_accept_v01.edi')).acknowledgments;
  if (ta1 === undefined) throw new Error('expected a TA1');
  expect(readInterchangeAcknowledgment(ta1)).toEqual({
    controlNumber: '000001021',
    verdict: 'A',
    noteCode: '000',
  });
});
