import { beforeEach, expect, test } from 'vitest';
import type { Connection } from '../../../../contract/connections.ts';
import { controlNumbers } from '../../../../functions/adapters/dynamodb/control-numbers.ts';
import { dispatchLog } from '../../../../functions/adapters/dynamodb/dispatch-log.ts';
import { documentStore } from '../../../../functions/adapters/dynamodb/document-store.ts';
import { partnerMasterStore } from '../../../../functions/adapters/dynamodb/partner-master-store.ts';
import { stockAdviceStore } from '../../../../functions/adapters/dynamodb/stock-advice-store.ts';
import { adviseStock } from '../../../../functions/channels/core/advise-stock.ts';
import { ownerOfConnection } from '../../../../functions/channels/core/documents.ts';
import type { PartnerMasterStore } from '../../../../functions/channels/core/partner-master-store.ts';
import { EDI } from '../../../../functions/channels/edi/descriptor.ts';
import { processAcknowledgment } from '../../../../functions/channels/edi/inbound/process-acknowledgment.ts';
import { sendStockAdvice } from '../../../../functions/channels/edi/outbound/stock-advice.ts';
import { pause } from '../../../../functions/wiring.ts';
import { type TestLoop, testLoop } from '../../../../testing/loop.ts';
import { useStore } from '../../../../testing/store.ts';
import { interchangeOf, setOf, setVerdict, sketch } from '../x12/support.ts';
import { segments } from './partners.ts';

const store = useStore();
const OWNER = ownerOfConnection('harbor');
const MINUTE = 60_000;

type Partner = Extract<Connection, { kind: 'EDI' }>;

let loop: TestLoop;
let tools: Parameters<typeof sendStockAdvice>[0];
let masters: PartnerMasterStore;
let sent: string[];
let isDown: boolean;
const started = Date.parse('2026-11-28T06:00:00.000Z');
let clock: number;

beforeEach(async () => {
  const table = await store.newTable();
  loop = testLoop(table);
  masters = partnerMasterStore(table);
  [sent, isDown, clock] = [[], false, started];
  tools = {
    ports: { ...loop.ports, now: () => new Date(clock).toISOString() },
    ...{ numbers: controlNumbers(table, pause), documents: documentStore(table) },
    ...{ dispatches: dispatchLog(table), masters },
    ...{ advices: stockAdviceStore(table), logger: { warn: () => {} } },
    deliver: async (_partner, _address, content) => {
      if (isDown) throw new Error('unreachable');
      sent.push(content);
    },
  };
});

const partner = (stockAdvice: object | undefined, more: object = {}): Partner => ({
  ...{ kind: 'EDI', connectionId: 'harbor', name: 'Harbor', updatedAt: '2026-01-01T00:00:00.000Z' },
  settings: EDI.settings.parse({
    ...{ isaQualifier: '08', isaId: '6145550100', gsId: '6145550100' },
    ...{ ourIsaQualifier: '01', ourIsaId: '614141000', ourGsId: '614141000' },
    ...{ deliverTo: 'https://harbor.example/in', stockAdvice, ...more },
  }),
});
const item = (code: string, value: object) => masters.save('harbor', 'ITEM', { code, value });
const run = (settings: object | undefined, more?: object) =>
  sendStockAdvice(tools, partner(settings, more), Date.now() + MINUTE);
const later = (minutes: number) => {
  clock += minutes * MINUTE;
};
/** What each line of a document says: its numbers, and the quantity with its unit. */
const linesOf = (content = '') => {
  const quantities = segments(content, 'QTY');
  return segments(content, 'LIN').map(([, , ...numbers], index) => {
    const [, kind, quantity, unit] = quantities[index] ?? [];
    expect(kind).toBe('33');
    return `${numbers.join(' ')} = ${quantity} ${unit}`;
  });
};

test('all products of the cross-reference go out, in the unit that the partner orders by', async () => {
  await loop.stock('LAMB', 'L1', 100);
  await loop.stock('LAMB', 'L2', 30);
  await loop.stock('BEEF', 'L1', 7);
  await item('B-100', { sku: 'LAMB', unitsPerCase: 12, unit: 'CA' });
  await item('00614141000036', { sku: 'LAMB', unitsPerCase: 12, unit: 'CA' });
  await item('B-200', { sku: 'BEEF' });
  await item('614141000029', { sku: 'BEEF' });
  await item('B-300', { sku: 'NEVER-HAD' });
  const location = { code: 'DC1', name: 'Main warehouse' };
  expect(await run({ content: 'ALL', location })).toBe(1);
  const [content = ''] = sent;
  expect(setVerdict(content)).toMatchObject({ verdict: undefined });
  expect(interchangeOf(content).groups[0]?.header.elements[0]).toBe('IB');
  expect(segments(content, 'BIA')[0]?.slice(1, 3)).toEqual(['00', 'SI']);
  expect(segments(content, 'DTM')[0]).toEqual(['DTM', '007', '20261128', '0600']);
  expect(segments(content, 'N1')[0]).toEqual(['N1', 'WH', 'Main warehouse', '92', 'DC1']);
  expect(linesOf(content).toSorted()).toEqual([
    'IN B-100 UK 00614141000036 VN LAMB = 10 CA',
    'IN B-200 UP 614141000029 VN BEEF = 7 EA',
    'IN B-300 VN NEVER-HAD = 0 EA',
  ]);
  expect(segments(content, 'CTT')[0]).toEqual(['CTT', '3', '17']);
});

test('an advice comes at most once an interval, and on changes names those alone', async () => {
  await loop.stock('LAMB', 'L1', 24);
  await loop.stock('BEEF', 'L1', 7);
  await item('B-100', { sku: 'LAMB', unitsPerCase: 12 });
  await item('B-200', { sku: 'BEEF' });
  const onChange = { content: 'CHANGES', everyMinutes: 30 };
  expect(await run(onChange)).toBe(1);
  expect(linesOf(sent[0])).toHaveLength(2);
  await loop.stock('BEEF', 'L1', 1);
  await loop.stock('BEEF', 'L1', 1);
  await loop.stock('LAMB', 'L1', 1);
  later(10);
  expect(await run(onChange)).toBe(0);
  later(20);
  // Two changes are one, and one unit more is no case more.
  expect(await run(onChange)).toBe(1);
  expect(linesOf(sent[1])).toEqual(['IN B-200 VN BEEF = 9 EA']);
  later(60);
  expect(await run(onChange)).toBe(0);
  expect(await run({ content: 'ALL', everyMinutes: 30 })).toBe(1);
  expect(linesOf(sent[2])).toHaveLength(2);
  expect(sent.map((content) => segments(content, 'GS')[0]?.[6])).toEqual(['1', '2', '3']);
});

test('a partner that is down gets the same document later, before the next one', async () => {
  await loop.stock('BEEF', 'L1', 7);
  await item('B-200', { sku: 'BEEF' });
  isDown = true;
  await expect(run({ content: 'CHANGES', everyMinutes: 5 })).rejects.toThrow('unreachable');
  await loop.stock('BEEF', 'L1', 3);
  later(10);
  isDown = false;
  expect(await run({ content: 'CHANGES', everyMinutes: 5 })).toBe(2);
  expect(sent.flatMap((content) => linesOf(content))).toEqual([
    'IN B-200 VN BEEF = 7 EA',
    'IN B-200 VN BEEF = 10 EA',
  ]);
  expect(sent.map((content) => segments(content, 'GS')[0]?.[6])).toEqual(['1', '2']);
});

test('many products are divided into documents of a thousand', async () => {
  for (let index = 0; index < 1_001; index++) await item(`B-${index}`, { sku: 'BEEF' });
  await loop.stock('BEEF', 'L1', 5);
  expect(await run({ content: 'ALL' })).toBe(2);
  expect(sent.map((content) => linesOf(content).length)).toEqual([1_000, 1]);
});

test('the partner acknowledges it, or it is listed; a test is marked and awaited by nobody', async () => {
  await item('B-200', { sku: 'BEEF' });
  await run({ content: 'ALL' });
  const [listed] = (await tools.documents.page(OWNER, 10, null)).items;
  expect(listed).toMatchObject({ kind: '846', status: 'SENT', acknowledgeBy: '2026-11-29T06:00:00.000Z' });
  const answer = sketch('997', ['AK1*IB*1', 'AK9*A*1*1*1'], { functionalId: 'FA' });
  const { numbers, documents } = tools;
  await processAcknowledgment({ numbers, documents, now: tools.ports.now }, '08 6145550100', setOf(answer));
  expect((await tools.documents.page(OWNER, 10, null)).items).toMatchObject([{ status: 'ACCEPTED' }]);
  later(60);
  await run({ content: 'ALL', usage: 'T' });
  expect(interchangeOf(sent[1] ?? '').header.usage).toBe('T');
  const [newest] = (await tools.documents.page(OWNER, 1, null)).items;
  expect(newest).toMatchObject({ status: 'SENT' });
  expect(newest).not.toHaveProperty('acknowledgeBy');
});

test('one that breaks the rules of the partner is blocked, and leaves when the rule is mended', async () => {
  await item('B-200', { sku: 'BEEF' });
  const rules = [{ set: '846', segment: 'LIN', elements: [2], codes: ['UP'] }];
  expect(await run({ content: 'ALL' }, { rules })).toBe(0);
  expect((await tools.documents.page(OWNER, 10, null)).items).toMatchObject([
    { status: 'BLOCKED', objections: ['LIN02 IN is none of UP (rule 1 of 846)'] },
  ]);
  later(5);
  expect(await run({ content: 'ALL' })).toBe(1);
  expect((await tools.documents.page(OWNER, 10, null)).items).toMatchObject([{ status: 'SENT' }]);
});

test('versions before 004010 have six digits of a date', async () => {
  await item('B-200', { sku: 'BEEF' });
  await run({ content: 'ALL' }, { x12Version: '003060' });
  expect(segments(sent[0] ?? '', 'BIA')[0]?.[4]).toBe('261128');
});

test('a partner that wants none gets none, and one that fails keeps no other waiting', async () => {
  await item('B-200', { sku: 'BEEF' });
  expect(await run(undefined)).toBe(0);
  const failed: string[] = [];
  const connections = [
    { ...partner({ content: 'ALL' }), connectionId: 'down' },
    { ...partner({ content: 'ALL' }), connectionId: 'harbor' },
  ];
  const channel = {
    adviseStock: async ({ connectionId }: Connection) => {
      if (connectionId === 'down') throw new Error('unreachable');
      return run({ content: 'ALL' });
    },
  };
  const count = await adviseStock(
    () => channel as never,
    connections,
    Date.now() + MINUTE,
    (connectionId) => failed.push(connectionId),
  );
  expect([count, failed]).toEqual([1, ['down']]);
});
