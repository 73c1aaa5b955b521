import type { Table } from '../../../functions/adapters/dynamodb/client.ts';
import type { Ports } from '../../../functions/orders/ports.ts';
import type { Random } from '../../../testing/random.ts';
import type { Scheduler } from './scheduler.ts';
import type { CapturedStream } from './stream.ts';

/** What everybody in a simulation works with, and what befalls them. */
export interface World {
  readonly table: Table;
  readonly ports: Ports;
  readonly stream: CapturedStream;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** How likely a message comes twice, an entry is refused, or a call of a service fails. */
  rate(): number;
}
