import { AmendOrder, type CommandOf } from '../../../../domain/order/commands.ts';
import { allocated, type Line, type Order, open } from '../../../../domain/order/order.ts';
import { type PurchaseOrderChangeDocument, toEaches } from '../x12/index.ts';
import { compare, parseDecimal } from '../x12/order/decimal.ts';
import { translateLine, windowOf } from './translate-order.ts';

type ChangeLine = PurchaseOrderChangeDocument['lines'][number];
type Change = CommandOf<'AmendOrder'> | CommandOf<'CancelOrder'>;

/** The command that makes an order what an 860 says, null where it is that already, or why a person has to decide. */
export type ChangeTranslation =
  | {
      readonly command: Change | null;
      /** Why the order is to be looked at before it leaves; it is held for that. */
      readonly heldFor: readonly string[];
    }
  | { readonly problems: readonly string[] };

/** What an 860 says of one line, as far as it is to be done. */
type LineOutcome =
  | { readonly amended: NonNullable<CommandOf<'AmendOrder'>['lines']>[number] }
  | { readonly added: ReturnType<typeof translateLine>; readonly heldFor?: string }
  | { readonly cancelled: number }
  | { readonly problem: string }
  | null;

/**
 * Turns an 860 into one command that carries it out whole. Quantities are the lines' new totals, so that a change that
 * came before, or comes again, asks for nothing more.
 */
export function translateChange(document: PurchaseOrderChangeDocument, order: Order): ChangeTranslation {
  switch (document.purpose.kind) {
    case 'CANCELLATION':
      return {
        command: order.state === 'CANCELLED' ? null : { type: 'CancelOrder', reason: 'CUSTOMER' },
        heldFor: [],
      };
    case 'CHANGE':
      break;
    default:
      return { problems: [`purpose ${document.purpose.code} of an 860 has no rule`] };
  }
  const outcomes = document.lines.map((line) => lineOutcome(line, order));
  const problems = outcomes.flatMap((each) => (each !== null && 'problem' in each ? [each.problem] : []));
  if (problems.length > 0) return { problems };
  const amended = outcomes.flatMap((each) => (each !== null && 'amended' in each ? [each.amended] : []));
  const additions = outcomes.flatMap((each) => (each !== null && 'added' in each ? [each] : []));
  const added = additions.map((each) => each.added);
  const heldFor = additions.flatMap((each) => each.heldFor ?? []);
  const cancelled = outcomes.flatMap((each) =>
    each !== null && 'cancelled' in each ? [each.cancelled] : [],
  );
  const { deliveryWindow } = windowOf(document.deliveryWindow);
  const moved =
    deliveryWindow !== undefined && JSON.stringify(deliveryWindow) !== JSON.stringify(order.deliveryWindow);
  if (amended.length + added.length + cancelled.length === 0 && !moved) return { command: null, heldFor };
  const parsed = AmendOrder.safeParse({
    type: 'AmendOrder',
    ...(moved && { deliveryWindow }),
    ...(amended.length > 0 && { lines: amended }),
    ...(added.length > 0 && { addedLines: added }),
    ...(cancelled.length > 0 && { cancelledLines: cancelled }),
  });
  if (parsed.success) return { command: parsed.data, heldFor };
  return { problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) };
}

function lineOutcome(line: ChangeLine, order: Order): LineOutcome {
  const { kind, code } = line.change;
  const known = lineOf(line, order);
  switch (kind) {
    case 'NONE':
      return null;
    case 'ADD':
      return known === undefined ? addedLine(line, order) : amendedLine(line, known, order.currency);
    case 'DELETE':
      if (known === undefined) return { problem: `${named(line)} is not in the order, and is to be deleted` };
      return allocated(known) + known.backordered + open(known) === 0
        ? null
        : { cancelled: known.lineNumber };
    case 'OTHER':
      return { problem: `${named(line)}: change ${code} has no rule` };
    default:
      if (known === undefined) return { problem: `${named(line)} is not in the order, and is to be changed` };
      return amendedLine(line, known, order.currency);
  }
}

function addedLine(line: ChangeLine, order: Order): LineOutcome {
  if (line.item === null) return { problem: `${named(line)} names no product` };
  const { quantity, unit, unitPrice } = line.ordered;
  if (line.eaches === null && !/^[1-9]\d{0,6}$/.test(quantity ?? '')) {
    return { problem: `${named(line)}: its quantity of ${quantity} ${unit} cannot be told in single units` };
  }
  const added = translateLine(line, order.currency);
  if (line.eaches === null)
    return { added, heldFor: `${named(line)} is ordered by the ${unit}, and its pack is not told` };
  return unitPrice === null ? { added, heldFor: `${named(line)} has no price` } : { added };
}

/** An 860 rarely repeats the pack: the order's own converts the quantity. */
function amendedLine(line: ChangeLine, known: Line, currency: string): LineOutcome {
  const ownPack =
    known.unitsPerCase === undefined
      ? null
      : { pack: known.unitsPerCase, innerPack: null, size: null, sizeUnit: null };
  const { eaches, problems } = toEaches(line.ordered, line.pack ?? ownPack, currency);
  const noPrice = line.ordered.unitPrice === null;
  const serious = problems.filter(
    (code) => code !== 'price_not_divisible' && !(noPrice && code === 'price_missing'),
  );
  if (eaches === null || serious.length > 0) return { problem: `${named(line)}: ${serious.join(', ')}` };
  const quantity = eaches.quantity === known.ordered ? undefined : eaches.quantity;
  const price = eaches.unitPrice ?? undefined;
  const unitPrice = price === undefined || isSame(price, known.unitPrice) ? undefined : price;
  if (quantity === undefined && unitPrice === undefined) return null;
  return { amended: { lineNumber: known.lineNumber, quantity, unitPrice } };
}

/** The partner's own number of the line tells it, else a product number that no other line has. */
function lineOf(line: ChangeLine, order: Order): Line | undefined {
  const numbers = line.identifiers.map(({ value }) => value);
  const byProduct = order.lines.filter(({ sku }) => sku !== null && numbers.includes(sku));
  const byNumber = order.lines.find(
    ({ channelLineId }) => line.assignedId !== null && channelLineId === line.assignedId,
  );
  if (byNumber !== undefined && (byProduct.length === 0 || byProduct.includes(byNumber))) return byNumber;
  return byProduct.length === 1 ? byProduct[0] : undefined;
}

/** Whether two prices are the same, however many zeros they are written with. */
function isSame(one: string, other: string): boolean {
  const [left, right] = [parseDecimal(one), parseDecimal(other)];
  return left !== null && right !== null && compare(left, right) === 0;
}

function named({ lineNumber, assignedId }: ChangeLine): string {
  return `line ${assignedId ?? lineNumber}`;
}
