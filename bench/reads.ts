import { emit, progress } from './support/emit.ts';
import { type Measured, measure, middle } from './support/load.ts';
import { startLoop } from './support/loop.ts';
import { fillWithOrders } from './support/many-orders.ts';

const FEW = 1_000;
const MANY = 100_000;
const ROUNDS = 3;

/** Frequent reads. */
const READS: Readonly<Record<string, string>> = {
  'the newest orders': '/v1/orders',
  'a hundred orders in a state': '/v1/orders?state=SHIPPED&limit=100',
  'orders of a channel': '/v1/orders?channel=EDI',
  'orders of a channel and type that has none': '/v1/orders?channel=EDI&orderType=B2B',
  'orders of a customer': '/v1/orders?customer=Rare',
  'the board': '/v1/board',
};

/** Lists and the board with a hundred thousand orders in the store, compared with a thousand, alternating. */
export async function reads(milliseconds: number): Promise<void> {
  progress(`reads: creating stores of ${FEW} and ${MANY} orders`);
  const folders = [await fillWithOrders(FEW), await fillWithOrders(MANY)] as const;
  const [few, many] = await Promise.all([
    startLoop({ background: false, dataFolder: folders[0].path }),
    startLoop({ background: false, dataFolder: folders[1].path }),
  ]);
  try {
    for (const [name, path] of Object.entries(READS)) {
      progress(`reads: ${name}`);
      const ofFew: Measured[] = [];
      const ofMany: Measured[] = [];
      for (const [loop, rounds] of Array.from({ length: ROUNDS }, () => [
        [few, ofFew] as const,
        [many, ofMany] as const,
      ]).flat()) {
        const ask = () => loop.done('GET', path);
        rounds.push(await measure({ concurrency: 1, milliseconds: milliseconds / ROUNDS }, ask));
      }
      const [beside, value] = [middle(ofFew).median, middle(ofMany).median];
      emit({ name: `reads: ${name}`, value, unit: 'ms', orders: MANY });
      emit({ name: `reads: ${name}`, value: beside, unit: 'ms', orders: FEW });
      emit({ name: `reads: ${name}: ratio of many to few`, value: value / beside, unit: 'ratio' });
    }
  } finally {
    await Promise.all([few.stop(), many.stop()]);
    await Promise.all(folders.map((folder) => folder.remove()));
  }
}
