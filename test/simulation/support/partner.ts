import { minorUnits } from '../../../domain/money.ts';
import type { Order } from '../../../domain/order/order.ts';
import { LOCAL_CONNECTIONS } from '../../../local/connections.ts';
import type { Truth } from './truth.ts';

const harbor = LOCAL_CONNECTIONS['harbor-markets'];
if (harbor?.kind !== 'EDI') throw new Error('the partner of the samples is not there');

/** The partner whose purchase orders are sent, and who is notified of what becomes of them. */
export const partner = {
  ...harbor,
  connectionId: 'harbor-markets',
  updatedAt: '2026-03-10T08:00:00Z',
  settings: { ...harbor.settings, deliverTo: 'https://partner.example' },
};

/** Single units in a case, as the sample purchase order packs them. */
export const CASE = 12;

/** X12 has room for the last so many characters of a bill's number. */
const MAX_ID = 22;

/** A document as the partner reads it. */
interface Read {
  /** 855, 856, 810 or, for an 810 that gives money back, `credit`. */
  readonly kind: string;
  readonly controlNumber: number;
  readonly content: string;
  /** @returns the values of the segments of a name, by their places */
  all(name: string): readonly (readonly string[])[];
}

/** A trading partner in memory, which keeps what it took and looks at each document whether it is true. */
export interface SimulatedPartner {
  take(content: string): void;
  /** @throws Error that names what it was not sent, was sent twice, or too early */
  check(order: Order): void;
  /**
   * @param answers what it was answered to its purchase orders
   * @throws Error when the numbers of all it has are not 1, 2, 3 and so on
   */
  checkNumbers(answers: readonly string[]): void;
}

/** @param refuse takes down what the partner received and is not true */
export function simulatedPartner(truth: Truth, refuse: (lie: string) => void): SimulatedPartner {
  /** By control number, in the order in which they came first. */
  const taken = new Map<number, Read>();
  const documentsOf = (order: Order) =>
    [...taken.values()].filter(({ content }) => content.includes(`*${order.purchaseOrderNumber}*`));

  const doubt = (order: Order, document: Read) => {
    const { kind, all } = document;
    if (kind === '856') {
      const [, , shipmentId] = all('BSN')[0] ?? [];
      const shipment = order.shipments.find((each) => each.shipmentId === shipmentId);
      const shipped = shipment?.lines.reduce((sum, { quantity }) => sum + quantity, 0);
      const reported = all('SN1').reduce((sum, [, , quantity, unit]) => sum + units(quantity, unit), 0);
      if (reported !== shipped)
        refuse(`${reported} units of ${shipmentId}, of which ${shipped} were shipped`);
    }
    if (kind === '810' || kind === 'credit') {
      const invoiceId = all('BIG')[0]?.[2];
      const bill = truth.history(order.orderId).find(({ type, data }) => billId(type, data) === invoiceId);
      const total = bill !== undefined && 'total' in bill.data ? String(bill.data.total) : '';
      const charged = minorUnits(total || '0', 'USD') * (bill?.type === 'CreditRequested' ? -1n : 1n);
      if (`${charged}` !== all('TDS')[0]?.[1]) refuse(`the bill ${invoiceId} over ${all('TDS')[0]?.[1]}`);
    }
    if (kind === '855') {
      const [, , type] = all('BAK')[0] ?? [];
      if (type === 'RD' && order.state !== 'CANCELLED') refuse(`that ${order.orderId} is refused`);
      const gone = rejectedUnits(document);
      if (type !== 'RD' && gone > cancelledUnits(order))
        refuse(`${gone} units of ${order.orderId} as cancelled`);
    }
  };

  return {
    take(content) {
      const document = read(content);
      const earlier = taken.get(document.controlNumber);
      if (earlier !== undefined) {
        if (earlier.content !== content) refuse(`two documents under the number ${document.controlNumber}`);
        return;
      }
      taken.set(document.controlNumber, document);
      const number =
        document.all('BAK')[0]?.[3] ?? document.all('PRF')[0]?.[1] ?? document.all('BIG')[0]?.[4];
      const order = truth.ofChannel('EDI', number ?? '');
      if (order === null) refuse(`the order ${number}, which is none`);
      else doubt(order, document);
    },

    check(order) {
      const { orderId, shipments, state } = order;
      const own = documentsOf(order);
      const kinds = own.map(({ kind }) => kind);
      const history = truth.history(orderId);
      const bills = history.filter(({ type }) => type === 'InvoiceRequested' || type === 'CreditRequested');
      const reported = own.flatMap(({ all }) => [...all('BIG'), ...all('BSN')].map(([, , id]) => id)).sort();
      const wanted = [
        ...bills.map(({ type, data }) => billId(type, data)),
        ...shipments.map(({ shipmentId }) => shipmentId),
      ].sort();
      if (`${reported}` !== `${wanted}`) {
        throw new Error(`the partner of ${orderId} was to have ${wanted}, and has ${reported}`);
      }
      const isEarly = kinds.some((kind, index) => {
        const before = (one: string) => kinds.slice(0, index).filter((each) => each === one).length;
        if (kind === '855') return false;
        return (
          before('855') === 0 ||
          (kind === '810' && before('810') >= before('856')) ||
          (kind === 'credit' && before('810') === 0)
        );
      });
      if (isEarly) throw new Error(`the partner of ${orderId} took ${kinds} in this order`);
      // The newest counts.
      const acknowledgments = own.filter(({ kind }) => kind === '855');
      const newest = acknowledgments.toSorted((one, other) => other.controlNumber - one.controlNumber)[0];
      if (newest === undefined) {
        if (state !== 'RECEIVED') throw new Error(`${orderId} is ${state} and was never acknowledged`);
        return;
      }
      const isRefused = newest.all('BAK')[0]?.[2] === 'RD' && state === 'CANCELLED';
      const [believed, gone] = [rejectedUnits(newest), cancelledUnits(order)];
      if (!isRefused && believed !== gone) {
        throw new Error(
          `of ${orderId}, ${state}, ${gone} units are cancelled and its partner knows of ${believed}`,
        );
      }
    },

    checkNumbers(answers) {
      const answered = [...new Set(answers)].flatMap((text) => interchangeNumbers(text));
      const numbers = [...taken.keys(), ...answered].sort((one, other) => one - other);
      const gap = numbers.findIndex((number, index) => number !== index + 1);
      if (gap !== -1) throw new Error(`the partner's numbers have a gap, or one twice, at ${gap + 1}`);
    },
  };
}

function read(content: string): Read {
  const segments = content.split('~').map((segment) => segment.trim().split('*'));
  const all = (name: string) => segments.filter(([first]) => first === name);
  return {
    content,
    kind: all('BIG')[0]?.[7] === 'CR' ? 'credit' : (all('ST')[0]?.[1] ?? ''),
    controlNumber: interchangeNumbers(content)[0] ?? 0,
    all,
  };
}

/** @returns the numbers of the interchanges (ISA13) that a text holds. */
function interchangeNumbers(text: string): readonly number[] {
  return [...text.matchAll(/ISA.{87}(\d{9})/gs)].map(([, number]) => Number(number));
}

function units(quantity: string | undefined, unit: string | undefined): number {
  return Number(quantity) * (unit === 'CA' ? CASE : 1);
}

function cancelledUnits({ lines }: Order): number {
  return lines.reduce((sum, { cancelled }) => sum + cancelled, 0);
}

/** Units of which an 855 says that they will not come. */
function rejectedUnits({ all }: Read): number {
  return all('ACK').reduce(
    (sum, [, code, quantity, unit]) => sum + (code === 'IR' ? units(quantity, unit) : 0),
    0,
  );
}

function billId(type: string, data: object): string | undefined {
  if (type === 'InvoiceRequested' && 'invoiceId' in data) return String(data.invoiceId).slice(-MAX_ID);
  if (type !== 'CreditRequested' || !('creditNoteId' in data)) return undefined;
  return String(data.creditNoteId).slice(-MAX_ID);
}
