import type { ExternalIdentity } from '../../orders/ports.ts';
import type { KnownOrder, ShopOutcome } from './outcome.ts';
import type { Problem } from './problem.ts';

/** An update of one order of a shop, read and ready to be translated. */
export interface ChannelUpdate {
  /** The order as the shop knows it. */
  readonly order: ExternalIdentity;
  /** How new the state is that the update holds in full; null where it holds no full state. */
  readonly version: string | null;
  /** The channel restored the order that it had deleted. @default false */
  readonly isRestored?: boolean;
  /** What the update asks for, given what is known of the order; pure. */
  translate(known: KnownOrder | null): ShopOutcome;
  /**
   * The full order, for an update that does not hold it; null where the shop no longer has it.
   *
   * @throws Busy when the shop cannot be reached; the message is sent again
   * @throws ShopRefused when it does not say
   */
  fetch?(): Promise<ChannelUpdate | null>;
}

/** @returns the update of an order that is there, and cannot be read: it is for an operator. */
export function unreadableUpdate(
  order: ExternalIdentity,
  version: string | null,
  problem: Problem,
): ChannelUpdate {
  return { order, version, translate: () => ({ kind: 'quarantine', problem }) };
}
