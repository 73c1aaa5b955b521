/** Goods of one kind that have left: `count` of what they are counted in, cases or single ones. */
export interface PackedGoods<Kind> {
  readonly kind: Kind;
  readonly count: number;
}

/**
 * Lays goods into units, cartons or pallets, one after another and evenly. Which goods lie in which unit nobody tells
 * us; what is counted as one, a case, is never divided.
 *
 * @param units how many there are, 1 to as many as the goods count together
 * @returns what lies in each; none is empty, and together they hold everything
 */
export function packEvenly<Kind>(
  goods: readonly PackedGoods<Kind>[],
  units: number,
): readonly (readonly PackedGoods<Kind>[])[] {
  const total = countOf(goods);
  const packed: PackedGoods<Kind>[][] = [];
  let at = 0;
  let left = goods[0]?.count ?? 0;
  for (let unit = 1; unit <= units; unit++) {
    let room = Math.floor((unit * total) / units) - Math.floor(((unit - 1) * total) / units);
    const held: PackedGoods<Kind>[] = [];
    for (let next = goods[at]; next !== undefined && room > 0; next = goods[at]) {
      const count = Math.min(room, left);
      if (count > 0) held.push({ kind: next.kind, count });
      room -= count;
      left -= count;
      if (left > 0) continue;
      at += 1;
      left = goods[at]?.count ?? 0;
    }
    packed.push(held);
  }
  return packed;
}

/** @returns how much goods count together. */
export function countOf(goods: readonly PackedGoods<unknown>[]): number {
  return goods.reduce((sum, { count }) => sum + count, 0);
}
