import { expect, test } from 'vitest';
import { controlNumbers } from '../../../functions/adapters/dynamodb/control-numbers.ts';
import { documentStore } from '../../../functions/adapters/dynamodb/document-store.ts';
import { invoiceStore } from '../../../functions/adapters/dynamodb/invoice-store.ts';
import { messageLog } from '../../../functions/adapters/dynamodb/message-log.ts';
import { orderNumbers } from '../../../functions/adapters/dynamodb/order-numbers.ts';
import { partnerMasterStore } from '../../../functions/adapters/dynamodb/partner-master-store.ts';
import { EDI } from '../../../functions/channels/edi/descriptor.ts';
import { processInterchanges } from '../../../functions/channels/edi/inbound/process-interchange.ts';
import { createPorts, pause } from '../../../functions/wiring.ts';
import { injectFaults } from '../../../testing/faults.ts';
import { useStore } from '../../../testing/store.ts';
import { sketch } from './x12/support.ts';

const store = useStore();
const LINES = 1000;
/** Requests to the store: stock is read for the lines that one transaction reserves, SKU by SKU and at once. */
const MAX_REQUESTS = 50;
/** Milliseconds of processor time, which does not grow with what else the machine does. */
const MAX_CPU = 1000;

test('a purchase order of 1,000 lines is answered after few requests and little work', async () => {
  const commands: string[] = [];
  const table = await store.newTable();
  injectFaults(table, ({ command }) => {
    commands.push(command);
    return null;
  });
  const ports = { ...createPorts(table, { receivesOrders: false }), numbers: orderNumbers(table, 'LMB-ORD') };
  const settings = EDI.settings.parse({
    ...{ isaQualifier: '08', isaId: '6145550100', gsId: '6145550100' },
    ...{ ourIsaQualifier: '01', ourIsaId: '614141000', ourGsId: '614141000' },
  });
  const partner = { connectionId: 'harbor', kind: 'EDI', name: 'HARBOR', settings } as const;
  const lines = Array.from({ length: LINES }, (_, index) => `PO1*${index + 1}*2*EA*5**VN*SKU-${index}`);
  const send = async (number: number) => {
    const body = sketch('850', [
      ...[
        `BEG*00*SA*BIG-${number}**20260401`,
        'N1*ST*DC 12*92*0012',
        'N3*2200 DOCK ST',
        'N4*TACOMA*WA*98421*US',
      ],
      ...[...lines, `CTT*${LINES}`],
    ]).replaceAll('000002001', String(number).padStart(9, '0'));
    const message = {
      messageId: `m${number}`,
      channel: 'EDI',
      receivedAt: ports.now(),
      wasQuarantined: false,
    } as const;
    const log = messageLog(table);
    const sender = {
      connectionId: 'harbor',
      source: '08 6145550100',
      proof: { method: 'test', secretName: null },
    };
    return processInterchanges(
      {
        ...{ ports, log, numbers: controlNumbers(table, pause), documents: documentStore(table) },
        ...{
          masters: partnerMasterStore(table),
          invoices: invoiceStore(table),
          findPartner: async () => ({ ...partner, createdAt: '', updatedAt: '' }),
        },
      },
      {
        ...{ ref: message, sender, topic: 'X12', body: Buffer.from(body), isAwaited: true },
        ...{
          origin: { actor: { type: 'channel', id: 'harbor' }, correlationId: 'c' },
          deadline: Date.now() + 60_000,
        },
      },
    );
  };
  await send(101); // Code is compiled, and caches are filled.
  commands.length = 0;
  const before = process.cpuUsage();
  const processed = await send(102);
  const { user, system } = process.cpuUsage(before);
  expect(processed.answers.join('')).toContain('AK5*A');
  const [orderId = ''] = processed.orderIds;
  expect((await ports.orders.load(orderId))?.lines).toHaveLength(LINES);
  expect(commands.length).toBeLessThan(MAX_REQUESTS);
  expect((user + system) / 1000).toBeLessThan(MAX_CPU);
});
