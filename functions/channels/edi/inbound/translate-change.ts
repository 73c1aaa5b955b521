import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod';
import type { KeptChannelDetail } from '../../../../domain/order/channel-data.ts';
import { AmendOrder, type CommandOf, RecordChannelData } from '../../../../domain/order/commands.ts';
import { allocated, type Line, type Order, open } from '../../../../domain/order/order.ts';
import { CANCELLED_BY_PARTNER } from '../outbound/common.ts';
import { type KeptDetail, type PurchaseOrderChangeDocument, toEaches } from '../x12/index.ts';
import { compare, parseDecimal } from '../x12/order/decimal.ts';
import { NO_MASTERS, type PartnerMasters } from './partner-masters.ts';
import { datesOf, keptDetails, paymentTermsOf, placeOf, skuOf, translateLine } from './translate-order.ts';

type ChangeLine = PurchaseOrderChangeDocument['lines'][number];
type Change = CommandOf<'AmendOrder'> | CommandOf<'CancelOrder'> | CommandOf<'RecordChannelData'>;
type AmendedLine = NonNullable<z.input<typeof AmendOrder>['lines']>[number];

/** The command that makes an order what an 860 says, null where it is that already, or why a person has to decide. */
export type ChangeTranslation =
  | {
      readonly command: Change | null;
      /** Why the order is to be looked at before it leaves; it is held for that. */
      readonly heldFor: readonly string[];
    }
  | { readonly problems: readonly string[] };

/** What an 860 says of one line, as far as it is to be done. */
interface LineOutcome {
  readonly amended?: AmendedLine;
  readonly added?: ReturnType<typeof translateLine>;
  readonly heldFor?: string;
  readonly cancelled?: number;
  readonly problem?: string;
}

/** The code of the detail that says which change it was. */
const CHANGE_DETAIL = 'BCH';

/** Problems of a line that the order at hand may answer: they are looked at again with its pack and its price. */
const OF_LINES = /^(?:quantity|unit|pack|price|item)_/;

/**
 * Turns an 860 into one command that carries it out whole, or says why it cannot be. Quantities are the lines' new
 * totals, so that a change that came before, or is repeated, asks for nothing more.
 */
export function translateChange(
  document: PurchaseOrderChangeDocument,
  order: Order,
  masters: PartnerMasters = NO_MASTERS,
): ChangeTranslation {
  const { kind, code } = document.purpose;
  if (kind === 'CANCELLATION') {
    const command =
      order.state === 'CANCELLED'
        ? null
        : ({ type: 'CancelOrder', reason: 'CUSTOMER', note: CANCELLED_BY_PARTNER } as const);
    return { command, heldFor: [] };
  }
  if (kind !== 'CHANGE') return { problems: [`BCH01 ${code}: an 860 of this purpose has no rule`] };
  const outcomes = document.lines.map((line) => lineOutcome(line, order, masters));
  const place = changedPlace(document, order, masters);
  const dates = changedDates(document, order);
  const problems = [
    ...document.problems.filter((each) => !OF_LINES.test(each.code)).map(({ message }) => message),
    ...changedTerms(document, order),
    ...place.problems,
    ...dates.problems,
    ...outcomes.flatMap(({ problem }) => problem ?? []),
  ];
  if (problems.length > 0) return { problems };
  const amended = outcomes.flatMap((each) => each.amended ?? []);
  const added = outcomes.flatMap((each) => each.added ?? []);
  const cancelled = outcomes.flatMap((each) => each.cancelled ?? []);
  const heldFor = outcomes.flatMap((each) => each.heldFor ?? []);
  if (amended.length + added.length + cancelled.length > 0) heldFor.push(...reckonedAllowances(order));
  const channelData = merged(order.channelData ?? [], document.details);
  const changes = merged(
    order.channelData ?? [],
    document.details.filter(({ code }) => code !== CHANGE_DETAIL),
  );
  const wanted = {
    ...(place.address !== null && { shipTo: place.address }),
    ...dates.terms,
    ...(changes !== null && { channelData: [...changes] }),
    ...(amended.length > 0 && { lines: amended }),
    ...(added.length > 0 && { addedLines: added }),
    ...(cancelled.length > 0 && { cancelledLines: cancelled }),
  };
  if (channelData === null && Object.keys(wanted).length === 0) return { command: null, heldFor };
  const kept = channelData === null ? {} : { channelData: [...channelData] };
  // That it came, and asks for what is so already, is answered too; one that is repeated is not.
  const parsed =
    Object.keys(wanted).length === 0
      ? RecordChannelData.safeParse({ type: 'RecordChannelData', ...kept })
      : AmendOrder.safeParse({ type: 'AmendOrder', ...wanted, ...kept, isSoldSo: true });
  if (parsed.success) return { command: parsed.data, heldFor };
  return { problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) };
}

/** Where the order goes from now on; null where that stays as it is. */
function changedPlace(document: PurchaseOrderChangeDocument, order: Order, masters: PartnerMasters) {
  const { shipTo } = document;
  const other = document.lines.find((line) => line.shipTo !== null);
  if (other !== undefined) return { address: null, problems: [`N1 ST: ${named(other)} is to go elsewhere`] };
  // A place that is named by its code alone, and is the one that the order goes to, says nothing new.
  const code = partyOf(order, 'ST')?.[4] ?? '';
  const isNamed = shipTo !== null && shipTo.addressLines.length === 0 && shipTo.city === null;
  if (shipTo === null || (isNamed && shipTo.id !== null && shipTo.id === code))
    return { address: null, problems: [] };
  const place = placeOf(shipTo, masters);
  return JSON.stringify(place.address) === JSON.stringify(order.shipTo) ? { ...place, address: null } : place;
}

function partyOf({ channelData = [] }: Order, role: string): readonly string[] | undefined {
  return channelData.find(({ kind, code }) => kind === 'PARTY' && code === role)?.raw?.[0];
}

/** The dates that the order has from now on. Those of some of its lines are not those of the order. */
function changedDates(document: PurchaseOrderChangeDocument, order: Order) {
  const terms: Partial<ReturnType<typeof datesOf>> = datesOf(document.dates);
  const changed = Object.fromEntries(
    Object.entries(terms).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(order[name as keyof typeof terms]),
    ),
  ) as typeof terms;
  const dated = document.lines.filter(({ dates }) => Object.keys(dates).length > 0);
  const live = order.lines.filter((line) => line.cancelled < line.ordered).length;
  const isOfSome = Object.keys(changed).length > 0 && dated.length > 0 && dated.length < live;
  return {
    terms: changed,
    problems: isOfSome ? ['DTM: some lines are to have other days than the rest of the order'] : [],
  };
}

/** Terms that an amendment cannot change: an 860 may repeat them, and nothing else. */
function changedTerms(document: PurchaseOrderChangeDocument, order: Order): readonly string[] {
  const { currency, terms, requirements, orderType } = document;
  const said = paymentTermsOf(terms);
  const { paymentTerms = order.paymentTerms, cashDiscount = order.cashDiscount } = said;
  const policy = requirements.complete ? 'SHIP_COMPLETE' : order.backorderPolicy;
  const differs = [
    [currency !== null && currency !== order.currency, 'CUR02: another currency'],
    [
      paymentTerms !== order.paymentTerms || !isDeepStrictEqual(cashDiscount, order.cashDiscount),
      'ITD: other payment terms',
    ],
    [
      policy !== order.backorderPolicy || (requirements.noBackorders && !order.cancelBackorders),
      'CSH: another backorder policy',
    ],
    [orderType.commitment === 'NONE', `BCH02 ${orderType.code} orders nothing for certain`],
    [
      charges(document.details, order.channelData ?? []).length > 0,
      'SAC, TXI: other allowances, charges or taxes',
    ],
  ] as const;
  return differs.flatMap(([isChanged, reason]) => (isChanged ? [reason] : []));
}

/** Allowances by percentage or rate no longer come to what they did once lines change; a person reckons them anew. */
function reckonedAllowances({ channelData = [], lines }: Order): readonly string[] {
  const details = [...channelData, ...lines.flatMap((line) => line.channelData ?? [])];
  const isReckoned = details.some(
    ({ amount, raw }) => amount !== undefined && raw?.[0]?.[0] === 'SAC' && !raw[0][5],
  );
  return isReckoned
    ? ['SAC: an allowance or charge by percentage or rate is still that of the lines before']
    : [];
}

/** The charges among details that are not there yet. */
function charges(details: readonly KeptDetail[], known: readonly KeptChannelDetail[]): readonly KeptDetail[] {
  const there = new Set(known.map(({ raw }) => JSON.stringify(raw)));
  return details.filter(
    ({ kind, code, raw }) => kind === 'CHARGE' && code !== 'TT' && !there.has(JSON.stringify(raw)),
  );
}

/**
 * What the channel says in all: a reference, party or date takes the place of the one of its kind, and a note stands
 * beside the others.
 *
 * @returns null where nothing is new
 */
function merged(
  known: readonly KeptChannelDetail[],
  said: readonly KeptDetail[],
): readonly KeptChannelDetail[] | null {
  const details = keptDetails(said, []);
  // A party that is named by its number alone says nothing new of it.
  const number = ({ raw = [] }: KeptChannelDetail) => raw[0]?.[4];
  const isNamed = (detail: KeptChannelDetail) =>
    detail.kind === 'PARTY' && detail.raw?.length === 1 && number(detail);
  const isSame = (one: KeptChannelDetail, other: KeptChannelDetail) =>
    one.kind === other.kind &&
    one.code === other.code &&
    (one.value === other.value || (isNamed(other) && number(one) === number(other)));
  const fresh = details.filter((detail) => !known.some((each) => isSame(each, detail)));
  if (fresh.length === 0) return null;
  const isReplaced = ({ kind, label, code }: KeptChannelDetail) =>
    kind !== 'NOTE' && fresh.some((each) => each.kind === kind && each.label === label && each.code === code);
  return [...known.filter((detail) => !isReplaced(detail)), ...fresh];
}

function lineOutcome(line: ChangeLine, order: Order, masters: PartnerMasters): LineOutcome {
  const { kind, code } = line.change;
  const known = knownLine(line, order);
  const isOther = known !== undefined && !isProductOf(line, known, masters);
  if (kind === 'OTHER')
    return { problem: `POC02 ${code}: ${named(line)} is to be changed in a way that has no rule` };
  if (kind === 'ADD') {
    if (known === undefined) return addedLine(line, order, masters);
    return isOther
      ? { problem: `POC01: ${named(line)} is to be added, and is there with another product` }
      : amendedLine(line, known, order.currency);
  }
  if (known === undefined) {
    const isDone = kind === 'REPLACE' || kind === 'DELETE';
    const was = order.lines.find(
      (each) => each.channelLineId === line.assignedId && isProductOf(line, each, masters),
    );
    if (isDone && was !== undefined) return {};
    return kind === 'NONE'
      ? {}
      : { problem: `POC01: ${named(line)} is not in the order, and is to be changed` };
  }
  if (kind === 'REPLACE' && isOther) {
    const added = addedLine(line, order, masters);
    return added.problem === undefined ? { ...added, cancelled: known.lineNumber } : added;
  }
  if (isOther) return { problem: `POC08: ${named(line)} is of another product than the change names` };
  if (kind === 'NONE') return {};
  if (kind === 'DELETE') {
    return allocated(known) + known.backordered + open(known) === 0 ? {} : { cancelled: known.lineNumber };
  }
  if (kind === 'DATES') return withDetails({ lineNumber: known.lineNumber }, line, known);
  const outcome = amendedLine(line, known, order.currency);
  const contradiction = contradictionOf(code, outcome.amended, known);
  return contradiction === null ? outcome : { problem: `POC02 ${code}: ${named(line)} ${contradiction}` };
}

/** What a change says that its own code excludes. */
function contradictionOf(code: string, amended: AmendedLine | undefined, known: Line): string | null {
  const { quantity = known.ordered, unitPrice } = amended ?? {};
  if (code === 'QI' && quantity < known.ordered)
    return `is to be more, and goes from ${known.ordered} to ${quantity}`;
  if (code === 'QD' && quantity > known.ordered)
    return `is to be less, and goes from ${known.ordered} to ${quantity}`;
  if ((code === 'PC' || code === 'PR') && quantity !== known.ordered)
    return 'is to have another price, and has another quantity';
  if (['QI', 'QD', 'QC', 'RQ'].includes(code) && unitPrice !== undefined)
    return 'is to have another quantity, and has another price';
  return null;
}

function addedLine(line: ChangeLine, order: Order, masters: PartnerMasters): LineOutcome {
  if (line.item === null) return { problem: `POC: ${named(line)} names no product` };
  const { quantity, unit, unitPrice } = line.ordered;
  if (line.eaches === null && !/^[1-9]\d{0,6}$/.test(quantity ?? '')) {
    return {
      problem: `POC03: ${named(line)}: its quantity of ${quantity} ${unit} cannot be expressed in single units`,
    };
  }
  if (line.allowances.length + line.taxes.length > 0)
    return { problem: `SAC, TXI: ${named(line)} is to be added with allowances, charges or taxes` };
  const added = translateLine(line, order.currency, masters);
  const reasons = [
    ...(line.eaches === null ? [`is ordered by the ${unit}, and its pack is not stated`] : []),
    ...(unitPrice === null ? ['has no price'] : []),
    ...(skuOf(line, masters).isKnown
      ? []
      : [`is ${line.item.qualifier} ${line.item.value}, which is not in the partner's list of items`]),
  ];
  return reasons.length === 0 ? { added } : { added, heldFor: `${named(line)} ${reasons.join(', and ')}` };
}

/** An 860 rarely repeats the pack: the order's own converts the quantity. */
function amendedLine(line: ChangeLine, known: Line, currency: string): LineOutcome {
  const ownPack = known.unitsPerCase === undefined ? null : { pack: known.unitsPerCase, innerPack: null };
  const { eaches, problems } = toEaches(line.ordered, line.pack ?? ownPack, currency);
  const noPrice = line.ordered.unitPrice === null;
  const serious = problems.filter(
    (code) => code !== 'price_not_divisible' && !(noPrice && code === 'price_missing'),
  );
  if (eaches === null || serious.length > 0) {
    const { quantity, unit } = line.ordered;
    const reasons = serious.map((code) => code.replaceAll('_', ' ')).join(', ');
    return {
      problem: `POC03: ${named(line)}: ${quantity} ${unit} is no quantity and price of single units (${reasons})`,
    };
  }
  const isNewPrice = eaches.unitPrice !== null && !isSame(eaches.unitPrice, known.unitPrice);
  const amended = {
    lineNumber: known.lineNumber,
    ...(eaches.quantity !== known.ordered && { quantity: eaches.quantity }),
    ...(isNewPrice && eaches.unitPrice !== null && { unitPrice: eaches.unitPrice }),
  };
  return withDetails(amended, line, known);
}

/** Adds what the change says of the line beside its quantity and price. */
function withDetails(amended: AmendedLine, line: ChangeLine, known: Line): LineOutcome {
  if (charges(line.details, known.channelData ?? []).length > 0)
    return { problem: `SAC, TXI: ${named(line)} is to have other allowances, charges or taxes` };
  const channelData = merged(known.channelData ?? [], line.details);
  const whole = {
    ...amended,
    ...(channelData !== null && { channelData: [...channelData] as AmendedLine['channelData'] }),
  };
  return Object.keys(whole).length === 1 ? {} : { amended: whole };
}

/**
 * The partner's own number of the line identifies it, else a product number that no other line has. Lines that are
 * gone count no more.
 */
function knownLine(line: ChangeLine, order: Order): Line | undefined {
  const live = order.lines.filter((each) => each.cancelled < each.ordered);
  const byNumber = live.find(
    ({ channelLineId }) => line.assignedId !== null && channelLineId === line.assignedId,
  );
  if (byNumber !== undefined || line.change.kind === 'ADD') return byNumber;
  const numbers = line.identifiers.map(({ value }) => value);
  const byProduct = live.filter(({ sku }) => sku !== null && numbers.includes(sku));
  return byProduct.length === 1 ? byProduct[0] : undefined;
}

/** Whether a change names the product that the line is of, or none. */
function isProductOf(line: ChangeLine, known: Line, masters: PartnerMasters): boolean {
  const numbers = line.identifiers.map(({ value }) => value);
  const ordered = known.orderedAs?.products.map(({ value }) => value) ?? [];
  return (
    numbers.length === 0 ||
    skuOf(line, masters).sku === known.sku ||
    numbers.some((number) => ordered.includes(number))
  );
}

/** Whether two prices are the same, however many zeros they are written with. */
function isSame(one: string, other: string): boolean {
  const [left, right] = [parseDecimal(one), parseDecimal(other)];
  return left !== null && right !== null && compare(left, right) === 0;
}

function named({ lineNumber, assignedId }: ChangeLine): string {
  return `line ${assignedId ?? lineNumber}`;
}
