import type { FieldChange } from '../../contract/agents.ts';
import { MAIN } from '../../domain/inventory/location.ts';
import type { Order } from '../../domain/order/order.ts';
import { visible } from '../../domain/text.ts';
import { orderView } from '../orders/views/order-view.ts';

/** The most changes that are put before a person; a large new order has more fields. */
const MAX_CHANGES = 300;

/** Fields that every change of an order changes, and those that nobody decides about. */
const NOT_SHOWN: ReadonlySet<string> = new Set(['version', 'updatedAt', 'receivedAt', 'lineNumber']);

/** What a new order has by itself. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(['0', 'false']);

/** What names the items of a list, so that an item is compared with itself. */
const NAMES = ['lineNumber', 'shipmentId', 'holdId', 'returnId', 'lotNumber'] as const;

/**
 * Compares an order before and after an action, field by field, as the API names them.
 *
 * @param before null for an order that was not there yet
 * @returns the fields that differ, and how many more there are. Texts may be anyone's; characters that show nothing are
 *   spelled out
 */
export function changesOf(
  before: Order | null,
  after: Order,
): { readonly changes: FieldChange[]; readonly moreChanges?: number } {
  const [was, is] = [before, after].map((order) => (order === null ? new Map() : fieldsOf(order)));
  const names = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])];
  const changes = names.flatMap((field): FieldChange[] => {
    const [one, other] = [was?.get(field), is?.get(field)];
    if (one === other || (before === null && (field === 'orderId' || SAYS_NOTHING.has(other ?? ''))))
      return [];
    return [
      {
        field: visible(field),
        ...(one !== undefined && { before: visible(one) }),
        ...(other !== undefined && { after: visible(other) }),
      },
    ];
  });
  const more = changes.length - MAX_CHANGES;
  return { changes: changes.slice(0, MAX_CHANGES), ...(more > 0 && { moreChanges: more }) };
}

/** Every value of an order that is text or a number, by the path to it: `shipTo.city`, `lines 2.unitPrice`. */
function fieldsOf(order: Order): Map<string, string> {
  const fields = new Map<string, string>();
  const add = (path: string, value: unknown): void => {
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        add(`${path} ${nameOf(item) ?? index + 1}`, item);
      });
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, field] of Object.entries(value)) {
        if (!NOT_SHOWN.has(name)) add(path === '' ? name : `${path}.${name}`, field);
      }
    } else if (value !== undefined && value !== null && value !== '') {
      fields.set(path, String(value));
    }
  };
  add('', orderView(order));
  return fields;
}

function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const fields = item as Readonly<Record<string, unknown>>;
  const named = NAMES.find((name) => name in item);
  if (named === undefined) return undefined;
  // One number in two locations is two lots.
  const { locationId = MAIN } = fields;
  const isElsewhere = named === 'lotNumber' && locationId !== MAIN;
  return isElsewhere ? `${fields[named]} in ${locationId}` : String(fields[named]);
}
