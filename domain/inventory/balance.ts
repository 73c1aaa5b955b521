/** What a sender may be leased of a SKU. */
export interface LeaseRule {
  /** Percent of what can be leased; without it what sells decides. */
  readonly share?: number | undefined;
  /** Units that it is leased before anything is divided. */
  readonly minimum?: number | undefined;
  /** Units that it is leased at most. */
  readonly maximum?: number | undefined;
  /** Units that are leased to nobody; of several senders the largest number counts. */
  readonly buffer?: number | undefined;
  /** Whether it is leased nothing. */
  readonly excluded?: boolean | undefined;
}

/** A sender that sells a SKU. */
export interface Seller extends LeaseRule {
  readonly owner: string;
  /** Units that are leased to it. */
  readonly leased: number;
  /** Units that it sold of late. */
  readonly sold: number;
}

/**
 * Divides the units of a SKU among those who sell it: first what each has at least, then by shares, then by what sells. The
 * sum is never more than there is less the buffer. What is divided well enough stays as it is: leases move only when one is
 * too large, when units are free, or when somebody has less than half of what it should.
 *
 * @param units that can be promised: leased or not
 * @returns units by owner; the same for the same input, in whatever order the sellers come
 */
export function balanceLeases(units: number, sellers: readonly Seller[]): ReadonlyMap<string, number> {
  const buffer = Math.max(0, ...sellers.map((seller) => seller.buffer ?? 0));
  const sellable = Math.max(0, units - buffer);
  const sorted = [...sellers].sort((one, other) => (one.owner < other.owner ? -1 : 1));
  const ideal = idealLeases(sellable, sorted);
  const idealOf = (seller: Seller) => ideal.get(seller.owner) ?? 0;
  const leased = sorted.reduce((total, seller) => total + seller.leased, 0);
  const isFair = sorted.every(
    (seller) =>
      seller.leased >= Math.min(idealOf(seller), seller.minimum ?? 0) &&
      seller.leased <= (seller.maximum ?? seller.leased) &&
      seller.leased >= Math.floor(idealOf(seller) / 2) &&
      !(seller.excluded && seller.leased > 0) &&
      (seller.share === undefined || seller.leased <= idealOf(seller)),
  );
  if (leased > sellable || !isFair) return ideal;
  // Units that are free go to whoever lacks most of what it should have; nobody gives any up for that.
  const lacking = sorted.map((seller) => Math.max(0, idealOf(seller) - seller.leased));
  const free = Math.min(
    sellable - leased,
    lacking.reduce((total, each) => total + each, 0),
  );
  const given = divide(free, lacking);
  return new Map(sorted.map((seller, index) => [seller.owner, seller.leased + (given[index] ?? 0)]));
}

function idealLeases(sellable: number, sellers: readonly Seller[]): ReadonlyMap<string, number> {
  const fixed = new Map<string, number>();
  let members = sellers.filter(({ excluded }) => excluded !== true);
  // Each round caps at least one seller for good.
  for (let rounds = members.length; rounds >= 0; rounds--) {
    const capped = [...fixed.values()].reduce((sum, each) => sum + each, 0);
    const leases = withoutMaximum(sellable - capped, members);
    const over = members.filter(({ owner, maximum }) => (leases.get(owner) ?? 0) > (maximum ?? Infinity));
    if (over.length === 0) return new Map([...fixed, ...leases]);
    for (const { owner, maximum = 0 } of over) fixed.set(owner, maximum);
    members = members.filter(({ owner }) => !fixed.has(owner));
  }
  return fixed;
}

function withoutMaximum(sellable: number, members: readonly Seller[]): ReadonlyMap<string, number> {
  const wanted = members.map(({ minimum = 0, maximum = minimum }) => Math.min(minimum, maximum));
  const total = wanted.reduce((sum, each) => sum + each, 0);
  const minimums = total <= sellable ? wanted : divide(sellable, wanted);
  const rest = sellable - minimums.reduce((sum, each) => sum + each, 0);
  const shares = members.map(({ share = 0 }) => share);
  const shared = shares.reduce((sum, each) => sum + each, 0);
  // Shares of more than everything are shares of their sum.
  const byShare = divide(Math.floor((rest * Math.min(100, shared)) / 100), shares);
  const left = rest - byShare.reduce((sum, each) => sum + each, 0);
  // One more than it sold, so that whoever sold nothing yet has something to sell.
  const weights = members.map(({ share, sold }) => (share === undefined ? sold + 1 : 0));
  const bySales = divide(left, weights);
  return new Map(
    members.map(({ owner }, index) => [
      owner,
      (minimums[index] ?? 0) + (byShare[index] ?? 0) + (bySales[index] ?? 0),
    ]),
  );
}

/** Divides whole units by weights; what is left over goes to the largest remainders, the first of equal ones first. */
function divide(units: number, weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, each) => sum + each, 0);
  if (total <= 0 || units <= 0) return weights.map(() => 0);
  const exact = weights.map((weight) => (units * weight) / total);
  const whole = exact.map(Math.floor);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .filter(({ index }) => (weights[index] ?? 0) > 0)
    .sort((one, other) => other.remainder - one.remainder || one.index - other.index);
  let left = units - whole.reduce((sum, each) => sum + each, 0);
  for (const { index } of byRemainder) {
    if (left <= 0) break;
    whole[index] = (whole[index] ?? 0) + 1;
    left -= 1;
  }
  return whole;
}
