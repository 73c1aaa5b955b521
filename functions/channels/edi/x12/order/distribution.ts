import { describe } from '../account/describe.ts';
import type { KeptDetail } from '../account/kept-detail.ts';
import type { SetAccount } from '../account/set-account.ts';
import type { Segment } from '../types.ts';
import { type Block, flat } from './blocks.ts';
import { compare, formatDecimal, parseDecimal, ZERO } from './decimal.ts';
import type {
  Distributed,
  DocumentLine,
  OrderProblem,
  Party,
  PurchaseOrderDocument,
  PurchaseOrderLine,
} from './document.ts';
import { all, decimalOf } from './header.ts';
import { sum } from './lines.ts';
import { toEaches } from './quantity.ts';

/** SDQ03 to SDQ22 are pairs of a destination and its quantity. */
const FIRST_PAIR = 3;
const LAST_PAIR = 21;

/** What of a line goes to a place; all of it where no quantity is given. */
interface Share {
  readonly to: Party | null;
  readonly unit: string | null;
  readonly quantity: string | null;
}

/**
 * Divides an order whose lines go to several places, by SDQ or by a ship-to of their own, into one document for each
 * place, all under the same purchase order number. Other lines go to the ship-to of the header. An order that goes to
 * one place comes back whole.
 */
export function distribute(
  account: SetAccount,
  order: PurchaseOrderDocument,
  lines: readonly (readonly Block[])[],
): readonly PurchaseOrderDocument[] {
  const shares = order.lines.map((line, at): readonly Share[] => {
    const divided = sharesOf(account, flat(lines[at] ?? []), order);
    return divided.length > 0 ? divided : [{ to: line.shipTo ?? order.shipTo, unit: null, quantity: null }];
  });
  const places = new Map(shares.flat().map(({ to }) => [placeOf(to), to]));
  const problems = [...order.problems, ...mismatches(order, shares)];
  if (places.size <= 1) {
    const [shipTo = order.shipTo] = places.values();
    return [{ ...order, shipTo, problems }];
  }
  problems.push(...wholeOrderProblems(order));
  return [...places.values()].map((shipTo, index) => {
    const own = order.lines.flatMap((line, at) =>
      lineFor(line, shares[at] ?? [], shipTo, order.currency, problems),
    );
    const known = own.every((line) => line.amount !== null);
    return {
      ...order,
      shipTo,
      details: shipTo === null ? order.details : withShipTo(order.details, shipTo),
      lines: own,
      linesAmount: known ? formatDecimal(sum(own.map((line) => line.amount as string))) : null,
      statedTotal: null,
      problems,
      split: { part: index + 1, of: places.size, location: shipTo?.id ?? `part ${index + 1}` },
    };
  });
}

function sharesOf(account: SetAccount, own: readonly Segment[], order: PurchaseOrderDocument): Share[] {
  return readDistribution(account, own).map(({ idQualifier, id, unit, quantity }) => ({
    ...{ unit, quantity },
    to: partyFor(order, idQualifier, id),
  }));
}

/** @returns how a line is divided among places (SDQ); nothing where it is not */
export function readDistribution(account: SetAccount, own: readonly Segment[]): readonly Distributed[] {
  return all(own, 'SDQ').flatMap((sdq) => {
    const shares: Distributed[] = [];
    const unit = account.take(sdq, 1, 'quantity');
    const idQualifier = account.take(sdq, 2, 'ship-to');
    for (let position = FIRST_PAIR; position <= LAST_PAIR; position += 2) {
      const id = account.take(sdq, position, 'ship-to');
      const quantity = decimalOf(account.take(sdq, position + 1, 'quantity'));
      if (id !== null && quantity !== null) shares.push({ idQualifier, id, unit, quantity });
    }
    return shares;
  });
}

/** @returns whether the quantities by place are those of the whole line */
export function addsUp(
  { quantity, unit }: DocumentLine['ordered'],
  shares: readonly { readonly unit: string | null; readonly quantity: string | null }[],
): boolean {
  const total = quantity === null ? null : parseDecimal(quantity);
  const parts = shares.flatMap((share) => share.quantity ?? []);
  return shares.every((share) => share.unit === unit) && compare(sum(parts), total ?? ZERO) === 0;
}

/** Distinguishes places: by their number, else by all that is said of them. */
function placeOf(party: Party | null): string {
  if (party === null) return '';
  return party.id === null ? JSON.stringify(party) : `${party.idQualifier ?? ''}\n${party.id}`;
}

/** The part of a line that goes to a place; nothing when none does. */
function lineFor(
  line: PurchaseOrderLine,
  shares: readonly Share[],
  place: Party | null,
  currency: string | null,
  problems: OrderProblem[],
): PurchaseOrderLine[] {
  const own = shares.filter(({ to }) => placeOf(to) === placeOf(place));
  const quantities = own.flatMap(({ quantity }) => quantity ?? []);
  if (quantities.length === 0) return own.length === 0 ? [] : [line];
  const ordered = { ...line.ordered, quantity: formatDecimal(sum(quantities)) };
  const conversion = toEaches(ordered, line.pack, currency);
  for (const code of conversion.problems) {
    const known = problems.some((one) => one.code === code && one.lineNumber === line.lineNumber);
    const message = `${code.replaceAll('_', ' ')}: ${ordered.quantity} ${ordered.unit} for ${place?.id ?? 'one place'}`;
    if (!known) problems.push({ code, lineNumber: line.lineNumber, message });
  }
  return [{ ...line, ordered, eaches: conversion.eaches, amount: conversion.amount }];
}

/** The header's party with the destination's number, else a ship-to of which only the number is known. */
function partyFor(order: PurchaseOrderDocument, idQualifier: string | null, id: string): Party {
  const named = order.parties.filter((party) => party.id === id);
  const match = named.find((party) => party.role === 'ST') ?? named[0];
  if (match !== undefined) return { ...match, role: 'ST' };
  return {
    ...{ role: 'ST', name: null, additionalNames: [], idQualifier, id },
    ...{ addressLines: [], city: null, region: null, postalCode: null, country: null },
  };
}

/** What is kept of the parties names the place that this part goes to, in place of the order's. */
function withShipTo(details: readonly KeptDetail[], party: Party): readonly KeptDetail[] {
  const { name, idQualifier, id, addressLines, city, region, postalCode, country } = party;
  const texts = (values: readonly (string | null)[]) => values.map((value) => value ?? '');
  const segments = [
    { id: 'N1', elements: texts(['ST', name, idQualifier, id]) },
    ...(addressLines.length > 0 ? [{ id: 'N3', elements: addressLines.slice(0, 2) }] : []),
    ...(city === null ? [] : [{ id: 'N4', elements: texts([city, region, postalCode, country]) }]),
  ];
  const others = details.filter(({ kind, code }) => kind !== 'PARTY' || code !== 'ST');
  return [...others, { ...describe(segments), kind: 'PARTY' }];
}

function mismatches(order: PurchaseOrderDocument, shares: readonly (readonly Share[])[]): OrderProblem[] {
  return order.lines.flatMap((line, index) => {
    const own = (shares[index] ?? []).filter(({ quantity }) => quantity !== null);
    if (own.length === 0 || addsUp(line.ordered, own)) return [];
    return [distributionMismatch(line.lineNumber)];
  });
}

export function distributionMismatch(lineNumber: number): OrderProblem {
  const message = 'the quantities by destination do not add up to the quantity ordered';
  return { code: 'distribution_mismatch', lineNumber, message };
}

/** What is stated for the whole order cannot be divided among its parts without deciding how. */
function wholeOrderProblems(order: PurchaseOrderDocument): OrderProblem[] {
  const problems: OrderProblem[] = [];
  const allowances = [...order.allowances, ...order.lines.flatMap((line) => line.allowances)];
  if (allowances.some(({ amount, quantity }) => amount !== null || quantity != null)) {
    const message =
      'an allowance or charge is stated for the whole order, which goes to several destinations';
    problems.push({ code: 'allowance_of_whole_order', message });
  }
  const stated = order.statedTotal === null ? null : parseDecimal(order.statedTotal);
  const lines = order.linesAmount === null ? null : parseDecimal(order.linesAmount);
  if (stated !== null && lines !== null && compare(stated, lines) !== 0) {
    const message = `the order states a total of ${order.statedTotal}, its lines come to ${order.linesAmount}`;
    problems.push({ code: 'total_mismatch', message });
  }
  return problems;
}
