import type * as z from 'zod';
import type { HoldReason } from '../../../../domain/order/terms.ts';
import { manyLines, oneLine } from '../../core/clean.ts';
import type { ChannelHolds } from '../../core/reconcile-hold.ts';
import type { ShopifyHeld } from '../../core/shops.ts';
import type { ShopifyRisk } from './payload.ts';

/** Each provider rates by itself; Shopify gives no title for its own rating. */
export function riskHolds({ risk_level, provider_title }: z.infer<typeof ShopifyRisk>): ChannelHolds {
  const provider = oneLine(provider_title, 100) ?? 'Shopify';
  const scope = `${provider} rates the risk of fraud as high`;
  return { scope, holds: risk_level === 'high' ? [{ subject: scope, reason: 'HIGH_RISK_OF_FRAUD' }] : [] };
}

const REASONS: Readonly<Record<string, HoldReason>> = {
  AWAITING_PAYMENT: 'AWAITING_PAYMENT',
  HIGH_RISK_OF_FRAUD: 'HIGH_RISK_OF_FRAUD',
  INCORRECT_ADDRESS: 'INCORRECT_ADDRESS',
};

const SUBJECT = 'Shopify holds fulfillment order';
/** Orders that were held before each hold was one of its own have no number of it. */
const NOTED = new RegExp(`^${SUBJECT} ([0-9]+)(?: \\(hold ([0-9]+)\\))?[.:]`);

/** A hold of Shopify's for which an order is held here. */
export interface NotedHold {
  readonly fulfillmentOrderId: string;
  /** Undefined for all of the fulfillment order. */
  readonly holdId: string | undefined;
}

/** @returns the hold of Shopify's that a hold here stands for, by its note; null for any other hold. */
export function notedHold(note: string | undefined): NotedHold | null {
  const [, fulfillmentOrderId, holdId] = NOTED.exec(note ?? '') ?? [];
  return fulfillmentOrderId === undefined ? null : { fulfillmentOrderId, holdId };
}

/** @returns the holds of a fulfillment order; several apps may each place one. */
export function fulfillmentHolds(fulfillmentOrderId: string, holds: ShopifyHeld['holds']): ChannelHolds {
  const scope = `${SUBJECT} ${fulfillmentOrderId}`;
  return {
    scope,
    holds: holds.map(({ holdId, reason, notes }) => {
      const said = [reason.toLowerCase().replaceAll('_', ' '), manyLines(notes)?.slice(0, 1000)];
      return {
        subject: `${scope} (hold ${holdId})`,
        reason: REASONS[reason] ?? 'OTHER',
        note: said.filter((each) => each !== undefined && each !== '').join(', ') || undefined,
      };
    }),
  };
}
