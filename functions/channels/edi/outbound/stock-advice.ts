import type { Logger } from '@aws-lambda-powertools/logger';
import type { PartnerItemRequest } from '../../../../contract/partner-masters.ts';
import { PartnerItemRequest as PartnerItem } from '../../../../contract/partner-masters.ts';
import { dateOf } from '../../../../domain/calendar.ts';
import { gs1CheckDigit } from '../../../../domain/gs1.ts';
import { unleasedOf } from '../../../../domain/inventory/lease.ts';
import { stockSums } from '../../../inventory/lot-view.ts';
import type { Ports } from '../../../orders/ports.ts';
import { type DispatchLog, notifyOnce } from '../../core/dispatch-log.ts';
import { type DocumentStore, ownerOfConnection } from '../../core/documents.ts';
import type { PartnerMasterStore } from '../../core/partner-master-store.ts';
import type { StockAdviceState, StockAdviceStore, StockOfItem } from '../../core/stock-advice-store.ts';
import { ediIdentity } from '../descriptor.ts';
import { writeInventoryAdvice } from '../x12/index.ts';
import { acknowledgeBy, type Deliver, envelopeOf, isReachable, type Partner, type Stamp } from './common.ts';
import { type KeepDependencies, keepDocument } from './keep-document.ts';

export interface StockAdviceDependencies extends KeepDependencies {
  readonly ports: Pick<Ports, 'now' | 'stock'>;
  readonly documents: DocumentStore;
  readonly dispatches: DispatchLog;
  readonly masters: Pick<PartnerMasterStore, 'list'>;
  readonly advices: StockAdviceStore;
  readonly deliver: Deliver;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Entries of the cross-reference that an advice covers; what is kept of them fits into one item of the store. */
const MAX_ENTRIES = 4_000;
const PAGE = 500;
/** Products in one document; X12 has room for 10,000. */
const MAX_ITEMS = 1_000;
/** SKUs whose lots are read at once. */
const SKUS_AT_ONCE = 25;
const MINUTE = 60_000;

/**
 * Sends a partner the stock that it can order (846), where its connection asks for it and it is due: all products of its
 * cross-reference, or those whose quantity is another than it knows. An advice that could not be sent whole is continued
 * before another one is made, so that a later one never arrives first.
 *
 * @param until epoch milliseconds after which nothing further is begun
 * @returns how many documents were sent
 * @throws Busy when the partner could not be reached; the next call continues
 */
export async function sendStockAdvice(
  dependencies: StockAdviceDependencies,
  partner: Partner,
  until: number,
): Promise<number> {
  const { ports, advices } = dependencies;
  const { connectionId, settings } = partner;
  const { stockAdvice } = settings;
  if (stockAdvice === undefined) return 0;
  const source = ediIdentity(settings.isaQualifier, settings.isaId);
  const stored = await advices.load(connectionId);
  let state: StockAdviceState =
    stored !== null && stored.source === source
      ? stored
      : { version: stored?.version ?? 0, source, advisedAt: null, known: {}, pending: null };
  let sent = 0;
  const save = async (changes: Partial<StockAdviceState>): Promise<boolean> => {
    state = { ...state, ...changes, version: state.version + 1 };
    return advices.save(connectionId, state);
  };
  const sendPending = async ({ at, items }: NonNullable<StockAdviceState['pending']>): Promise<boolean> => {
    const documents = Math.ceil(items.length / MAX_ITEMS);
    for (let index = 0; index < documents; index++) {
      if (Date.now() >= until) return false;
      const part = items.slice(index * MAX_ITEMS, (index + 1) * MAX_ITEMS);
      if (!(await sendDocument(dependencies, partner, `${nameOf(at)}-${index + 1}`, at, part))) return false;
      sent += 1;
    }
    const known = Object.fromEntries(items.map((item) => [keyOf(item), quantityOf(item)]));
    return save({ advisedAt: at, known: { ...state.known, ...known }, pending: null });
  };

  if (state.pending !== null && !(await sendPending(state.pending))) return sent;
  const now = ports.now();
  const next = state.advisedAt === null ? '' : laterBy(state.advisedAt, stockAdvice.everyMinutes);
  if (now < next) return sent;
  const stock = await stockFor(dependencies, partner, now);
  const items =
    stockAdvice.content === 'CHANGES'
      ? stock.filter((item) => state.known[keyOf(item)] !== quantityOf(item))
      : stock;
  if (items.length === 0) return sent;
  const listed = new Set(stock.map(keyOf));
  const known = Object.fromEntries(Object.entries(state.known).filter(([key]) => listed.has(key)));
  const pending = { at: now, items };
  // Another run makes one at the same time.
  if (!(await save({ known, pending }))) return sent;
  await sendPending(pending);
  return sent;
}

/** @returns whether the document left, or waits where the partner has no address; false where it is blocked */
async function sendDocument(
  dependencies: StockAdviceDependencies,
  partner: Partner,
  documentId: string,
  at: string,
  items: readonly StockOfItem[],
): Promise<boolean> {
  const { ports, documents, dispatches, deliver } = dependencies;
  const { connectionId, settings } = partner;
  const owner = ownerOfConnection(connectionId);
  const isTest = settings.stockAdvice?.usage === 'T';
  const kept = await keepDocument(dependencies, partner, {
    ...{ kind: '846', documentId, owners: [owner], fingerprint: at, isTest },
    prepare: async () => (stamp) => adviceOf(partner, documentId, at, items, stamp),
  });
  if (!('content' in kept)) return false;
  if (!isReachable(partner)) return true;
  await notifyOnce(dispatches, `EDI ${connectionId} ${documentId}`, async () => {
    await deliver(partner, documentId, kept.content);
    const sentAt = ports.now();
    await documents.noteSent(owner, documentId, sentAt, isTest ? undefined : acknowledgeBy(partner, sentAt));
  });
  return true;
}

function adviceOf(
  partner: Partner,
  documentId: string,
  at: string,
  items: readonly StockOfItem[],
  stamp: Stamp,
): string {
  const { reportType = 'SI', location } = partner.settings.stockAdvice ?? {};
  return writeInventoryAdvice(
    {
      ...{ reportType, at, items },
      reference: documentId.slice(-30),
      location:
        location === undefined
          ? null
          : { role: 'WH', name: location.name ?? null, idQualifier: location.qualifier, id: location.code },
    },
    envelopeOf(partner, stamp),
  );
}

/** What can be had of every product of the partner's cross-reference, in the unit that it orders by. */
async function stockFor(
  { ports, masters, logger }: StockAdviceDependencies,
  { connectionId }: Partner,
  now: string,
): Promise<readonly StockOfItem[]> {
  const entries: { readonly code: string; readonly item: PartnerItemRequest }[] = [];
  for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
    const page: Awaited<ReturnType<PartnerMasterStore['list']>> = await masters.list(
      connectionId,
      'ITEM',
      PAGE,
      after,
    );
    entries.push(...page.items.map(({ code, value }) => ({ code, item: PartnerItem.parse(value) })));
    after = page.next;
    if (entries.length > MAX_ENTRIES) {
      logger.warn('the partner is advised of the first items of its list alone', {
        connectionId,
        MAX_ENTRIES,
      });
      break;
    }
  }
  const rows = rowsOf(entries.slice(0, MAX_ENTRIES));
  const skus = [...new Set(rows.map(({ item }) => item.sku))];
  const available = new Map<string, number>();
  for (let start = 0; start < skus.length; start += SKUS_AT_ONCE) {
    const lots = await ports.stock.lotsOf(skus.slice(start, start + SKUS_AT_ONCE));
    // What shops lease cannot be ordered by a partner.
    for (const [sku, ofSku] of lots) {
      const unleased = ofSku.map((lot) => ({ ...lot, available: unleasedOf(lot) }));
      available.set(sku, stockSums(unleased, dateOf(now)).available);
    }
  }
  return rows.map(({ identifiers, item }) => {
    const { unit, units } = unitOf(item);
    return { identifiers, unit, quantity: String(Math.floor((available.get(item.sku) ?? 0) / units)) };
  });
}

/** Entries of one product in one unit make a line, with at most one number of each kind. */
function rowsOf(entries: readonly { readonly code: string; readonly item: PartnerItemRequest }[]) {
  const rows = new Map<string, { item: PartnerItemRequest; numbers: Map<string, string> }[]>();
  for (const { code, item } of entries) {
    if (code.length > MAX_NUMBER) continue;
    const product = JSON.stringify([item.sku, item.unitsPerCase, item.unit]);
    const qualifier = qualifierOf(code);
    const open = rows.get(product)?.find(({ numbers }) => !numbers.has(qualifier));
    if (open === undefined)
      rows.set(product, [...(rows.get(product) ?? []), { item, numbers: new Map([[qualifier, code]]) }]);
    else open.numbers.set(qualifier, code);
  }
  return [...rows.values()].flat().map(({ item, numbers }) => ({
    item,
    identifiers: [
      ...[...numbers]
        .toSorted(([one], [other]) => KINDS.indexOf(one) - KINDS.indexOf(other))
        .map(([qualifier, value]) => ({ qualifier, value })),
      ...(item.sku.length > MAX_NUMBER ? [] : [{ qualifier: 'VN', value: item.sku }]),
    ],
  }));
}

/** Characters of a product number (element 234). */
const MAX_NUMBER = 48;

/** Kinds of product numbers (element 235) by their digits: U.P.C., EAN-13, and GTIN of a case. */
const GTINS: Readonly<Record<number, string>> = { 12: 'UP', 13: 'EN', 14: 'UK' };

/** The buyer's own number comes first. */
const KINDS = ['IN', ...Object.values(GTINS)];

/** A number with the check digit of GS1 is one of those; others are the buyer's own. */
function qualifierOf(code: string): string {
  const kind = /^\d+$/.test(code) ? GTINS[code.length] : undefined;
  return kind !== undefined && gs1CheckDigit(code.slice(0, -1)) === code.at(-1) ? kind : 'IN';
}

/** The unit that the partner orders by, and how many single ones it holds. */
function unitOf({ unit, unitsPerCase }: PartnerItemRequest): {
  readonly unit: string;
  readonly units: number;
} {
  if (unit === 'DZ') return { unit, units: 12 };
  if (unit === 'EA' || unitsPerCase === undefined) return { unit: 'EA', units: 1 };
  return { unit: unit ?? 'CA', units: unitsPerCase };
}

function keyOf({ identifiers }: StockOfItem): string {
  return identifiers.map(({ qualifier, value }) => `${qualifier} ${value}`).join(' ');
}

function quantityOf({ quantity, unit }: StockOfItem): string {
  return `${quantity} ${unit}`;
}

/** Sorts by time. */
function nameOf(at: string): string {
  return `846-${at.replace(/\D/g, '')}`;
}

function laterBy(at: string, minutes: number): string {
  return new Date(Date.parse(at) + minutes * MINUTE).toISOString();
}
