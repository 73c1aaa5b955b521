import type { Movement } from '../../contract/movements.ts';
import type { OnHandDay } from '../../contract/on-hand.ts';
import { addDays, dateOf } from '../../domain/calendar.ts';

/** What happened to a SKU's stock on one day. */
type Day = { -readonly [Name in keyof OnHandDay]: OnHandDay[Name] };

/** What a unit of each movement is booked as; reservations move nothing in the warehouse. */
const BOOKED: Readonly<Record<Movement['kind'], keyof Omit<Day, 'date' | 'onHand'> | null>> = {
  ALLOCATION: null,
  RELEASE: null,
  RECEIPT: 'received',
  RETURN: 'returned',
  SHIPMENT: 'shipped',
  ADJUSTMENT: 'adjusted',
  TRANSFER_IN: 'transferred',
  TRANSFER_OUT: 'transferred',
};

/**
 * Counts back from what is on hand now, day by day: no sum over the whole ledger is needed, and a ledger that is a
 * moment late makes the past wrong for that moment only.
 *
 * @param from the first day, at most `today`
 * @param to the last day that is answered; a later one than today has nothing to say yet
 * @param movements the SKU's movements since the beginning of `from`, in any order
 * @returns the days, oldest first
 */
export async function onHandByDay(
  { from, to, today }: { readonly from: string; readonly to: string; readonly today: string },
  onHandNow: number,
  movements: AsyncIterable<Pick<Movement, 'kind' | 'quantity' | 'occurredAt'>>,
): Promise<readonly OnHandDay[]> {
  const days = new Map<string, Day>();
  for (let date = from; date <= today; date = addDays(date, 1)) {
    days.set(date, { date, onHand: 0, received: 0, returned: 0, shipped: 0, adjusted: 0, transferred: 0 });
  }
  for await (const { kind, quantity, occurredAt } of movements) {
    const booked = BOOKED[kind];
    // What happens while this is read may already belong to tomorrow.
    const day = days.get(dateOf(occurredAt)) ?? days.get(today);
    if (booked !== null && day !== undefined) day[booked] += kind === 'TRANSFER_OUT' ? -quantity : quantity;
  }
  let onHand = onHandNow;
  for (const day of [...days.values()].reverse()) {
    day.onHand = onHand;
    onHand -= day.received + day.returned - day.shipped + day.adjusted + day.transferred;
  }
  return [...days.values()].filter(({ date }) => date <= to);
}
