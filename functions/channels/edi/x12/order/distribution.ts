import { element, type Segment } from '../types.ts';
import { type Block, flat } from './blocks.ts';
import { compare, formatDecimal, parseDecimal, ZERO } from './decimal.ts';
import type { OrderProblem, Party, PurchaseOrderDocument, PurchaseOrderLine } from './document.ts';
import { all, decimal, optional } from './header.ts';
import { sum } from './lines.ts';
import { toEaches } from './quantity.ts';

/** SDQ03 to SDQ22 are pairs of a destination and its quantity. */
const FIRST_PAIR = 3;
const LAST_PAIR = 21;

interface Share {
  readonly qualifier: string | null;
  readonly destination: string;
  readonly unit: string;
  readonly quantity: string;
}

/**
 * Divides an order whose lines are distributed among destinations (SDQ) into one document for each destination, all
 * under the same purchase order number. Lines without SDQ go to the ship-to of the header, in a document of their
 * own. An order without any SDQ comes back as it is.
 */
export function distribute(
  order: PurchaseOrderDocument,
  lines: readonly (readonly Block[])[],
): readonly PurchaseOrderDocument[] {
  const shares = lines.map((blocks) => sharesOf(flat(blocks)));
  if (shares.every((one) => one.length === 0)) return [order];
  const problems = [...order.problems, ...mismatches(order, shares), ...wholeOrderProblems(order)];
  const destinations = new Map<string, Share | null>();
  for (const one of shares) {
    if (one.length === 0) destinations.set('', null);
    for (const share of one) {
      const key = `${share.qualifier ?? ''}\n${share.destination}`;
      if (!destinations.has(key)) destinations.set(key, share);
    }
  }
  return [...destinations.values()].map((destination, index) => {
    const shipTo = destination === null ? order.shipTo : partyFor(order, destination);
    const own = order.lines.flatMap((line, at) =>
      lineFor(line, shares[at] ?? [], destination, order.currency, problems),
    );
    const known = own.every((line) => line.amount !== null);
    return {
      ...order,
      shipTo,
      lines: own,
      linesAmount: known ? formatDecimal(sum(own.map((line) => line.amount as string))) : null,
      statedTotal: null,
      problems,
      split: {
        part: index + 1,
        of: destinations.size,
        location: destination?.destination ?? shipTo?.id ?? null,
      },
    };
  });
}

function sharesOf(own: readonly Segment[]): Share[] {
  return all(own, 'SDQ').flatMap((sdq) => {
    const shares: Share[] = [];
    for (let position = FIRST_PAIR; position <= LAST_PAIR; position += 2) {
      const destination = optional(sdq, position);
      const quantity = decimal(sdq, position + 1);
      if (destination === null || quantity === null) continue;
      shares.push({ qualifier: optional(sdq, 2), destination, unit: element(sdq, 1), quantity });
    }
    return shares;
  });
}

/** The part of a line that goes to a destination; nothing when none does. */
function lineFor(
  line: PurchaseOrderLine,
  shares: readonly Share[],
  destination: Share | null,
  currency: string | null,
  problems: OrderProblem[],
): PurchaseOrderLine[] {
  if (destination === null) return shares.length === 0 ? [line] : [];
  const own = shares.filter(
    (one) => one.destination === destination.destination && one.qualifier === destination.qualifier,
  );
  if (own.length === 0) return [];
  const ordered = { ...line.ordered, quantity: formatDecimal(sum(own.map((one) => one.quantity))) };
  const conversion = toEaches(ordered, line.pack, currency);
  for (const code of conversion.problems) {
    const known = problems.some((one) => one.code === code && one.lineNumber === line.lineNumber);
    const message = `${code.replaceAll('_', ' ')}: ${ordered.quantity} ${ordered.unit} for ${destination.destination}`;
    if (!known) problems.push({ code, lineNumber: line.lineNumber, message });
  }
  return [{ ...line, ordered, eaches: conversion.eaches, amount: conversion.amount }];
}

/** The header's party with the destination's number, else a ship-to of which only the number is known. */
function partyFor(order: PurchaseOrderDocument, destination: Share): Party {
  const named = order.parties.filter((party) => party.id === destination.destination);
  const match = named.find((party) => party.role === 'ST') ?? named[0];
  if (match !== undefined) return { ...match, role: 'ST' };
  return {
    ...{
      role: 'ST',
      name: null,
      additionalNames: [],
      idQualifier: destination.qualifier,
      id: destination.destination,
    },
    ...{ addressLines: [], city: null, region: null, postalCode: null, country: null, contacts: [] },
  };
}

function mismatches(order: PurchaseOrderDocument, shares: readonly (readonly Share[])[]): OrderProblem[] {
  return order.lines.flatMap((line, index) => {
    const own = shares[index] ?? [];
    const ordered = line.ordered.quantity === null ? null : parseDecimal(line.ordered.quantity);
    const sameUnit = own.every((share) => share.unit === line.ordered.unit);
    const agrees = sameUnit && compare(sum(own.map((share) => share.quantity)), ordered ?? ZERO) === 0;
    if (own.length === 0 || agrees) return [];
    const message = 'the quantities by destination do not add up to the quantity ordered';
    return [{ code: 'distribution_mismatch', lineNumber: line.lineNumber, message }];
  });
}

/** What is stated for the whole order cannot be divided among its parts without deciding how. */
function wholeOrderProblems(order: PurchaseOrderDocument): OrderProblem[] {
  const problems: OrderProblem[] = [];
  const allowances = [...order.allowances, ...order.lines.flatMap((line) => line.allowances)];
  if (allowances.some((one) => one.amount !== null)) {
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
