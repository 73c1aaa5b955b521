import { planAllocation } from '../../../domain/inventory/allocate.ts';
import { type Leases, leasedOf, suppliesFor, unleasedOf } from '../../../domain/inventory/lease.ts';
import { isSameLot, type LotPlace } from '../../../domain/inventory/location.ts';
import type { Lot } from '../../../domain/inventory/lot.ts';
import type { PublishDependencies } from '../../../functions/channels/core/publish-stock.ts';
import type { PublishedSku, WalkPosition } from '../../../functions/channels/core/published-stock.ts';

/** What the simulation publishes from and sells of: the real store, or a model of it that is a thousand times faster. */
export interface LeasedWorld {
  readonly dependencies: Pick<PublishDependencies, 'stock' | 'published'>;
  /** Receives an order of a sender. @returns units that had to be backordered */
  order(source: string, owner: string, units: number): Promise<number>;
  receive(lotNumber: string, units: number): Promise<void>;
  lots(): Promise<readonly Lot[]>;
}

/** Lots with the conditions under which the store changes them; one change at a time, so that each is atomic. */
export class ModelWorld implements LeasedWorld {
  readonly #sku: string;
  readonly #now: () => string;
  #lots: Lot[] = [];
  readonly #states = new Map<string, PublishedSku>();
  readonly #orders: { owner: string; units: number; receivedAt: string }[] = [];
  #position: WalkPosition = { after: null, isActive: false };

  constructor(sku: string, now: () => string) {
    this.#sku = sku;
    this.#now = now;
  }

  readonly dependencies: LeasedWorld['dependencies'] = {
    stock: {
      lotsOf: async (skus) => new Map(skus.map((sku) => [sku, sku === this.#sku ? [...this.#lots] : []])),
      lease: async (lot, owner, units) => this.#lease(lot, owner, units),
      endLease: async (lot, owner) => this.#lease(lot, owner, -leasedOf(lot, owner)),
      skus: async (_, after) => (after === null ? [this.#sku] : []),
    },
    published: {
      find: async (connectionId) => {
        const state = this.#states.get(connectionId);
        return new Map(state === undefined ? [] : [[this.#sku, state]]);
      },
      save: async (connectionId, state) => {
        if ((this.#states.get(connectionId)?.version ?? 0) !== state.version - 1) return false;
        this.#states.set(connectionId, state);
        return true;
      },
      page: async () => ({ items: [], next: null }),
      rules: async () => new Map(),
      setRule: async () => {},
      orderedSince: async (_, owner, since) => ({
        ordered: this.#orders.reduce(
          (total, order) => total + (order.owner === owner && order.receivedAt >= since ? order.units : 0),
          0,
        ),
        givenBack: 0,
        waiting: 0,
      }),
      position: async () => this.#position,
      savePosition: async (position) => {
        this.#position = position;
      },
    },
  };

  #lease(lot: LotPlace, owner: string, units: number): boolean {
    const now = this.#lots.find((each) => isSameLot(each, lot));
    if (now === undefined || unleasedOf(now) < units || leasedOf(now, owner) + units < 0) return false;
    this.#change(now, { leases: { ...now.leases, [owner]: leasedOf(now, owner) + units } });
    return true;
  }

  #change(lot: Lot, by: { available?: number; reserved?: number; leases?: Leases }): void {
    this.#lots = this.#lots.map((each) => (each === lot ? { ...lot, ...by } : each));
  }

  async order(_: string, owner: string, units: number): Promise<number> {
    this.#orders.push({ owner, units, receivedAt: this.#now() });
    const [plan] = planAllocation(
      [
        {
          ...{ lineNumber: 1, sku: this.#sku, quantity: units },
          ...{ pins: [], unitsPerCase: 1, keeps: [], frees: [] },
        },
      ],
      new Map([[this.#sku, suppliesFor(this.#lots, owner)]]),
      { today: this.#now().slice(0, 10), deliveryDate: this.#now().slice(0, 10), minimumShelfLifeDays: 0 },
    );
    for (const draw of plan?.draws ?? []) {
      const lot = this.#lots.find((each) => isSameLot(each, draw));
      if (lot === undefined) throw new Error('a draw on no lot');
      const fromLease = Math.min(leasedOf(lot, owner), draw.quantity);
      const leases = { ...lot.leases, [owner]: leasedOf(lot, owner) - fromLease };
      const { quantity } = draw;
      this.#change(lot, { available: lot.available - quantity, reserved: lot.reserved + quantity, leases });
    }
    return plan?.short ?? 0;
  }

  async receive(lotNumber: string, units: number): Promise<void> {
    const known = this.#lots.find((each) => each.lotNumber === lotNumber);
    if (known !== undefined) this.#change(known, { available: known.available + units });
    else {
      const lot = { sku: this.#sku, lotNumber, expiryDate: null, status: 'AVAILABLE' } as const;
      this.#lots.push({ ...lot, available: units, reserved: 0, sequence: 1 });
    }
  }

  async lots(): Promise<readonly Lot[]> {
    return this.#lots;
  }
}
