import type * as z from 'zod';
import type { HoldReason } from '../../../../domain/order/terms.ts';
import { manyLines, oneLine } from '../../core/clean.ts';
import type { ChannelHold } from '../../core/reconcile-hold.ts';
import type { ShopifyFulfillmentOrder, ShopifyRisk } from './payload.ts';

/** Each provider rates by itself; Shopify gives no title for its own rating. */
export function riskHold({ risk_level, provider_title }: z.infer<typeof ShopifyRisk>): ChannelHold {
  const provider = oneLine(provider_title, 100) ?? 'Shopify';
  return {
    subject: `${provider} rates the risk of fraud as high`,
    isHeld: risk_level === 'high',
    reason: 'HIGH_RISK_OF_FRAUD',
  };
}

const REASONS: Readonly<Record<string, HoldReason>> = {
  awaiting_payment: 'AWAITING_PAYMENT',
  high_risk_of_fraud: 'HIGH_RISK_OF_FRAUD',
  incorrect_address: 'INCORRECT_ADDRESS',
};

const SUBJECT = 'Shopify holds fulfillment order';
const NOTED = new RegExp(`^${SUBJECT} ([0-9]+)[.:]`);

/** @returns the fulfillment order for which Shopify holds an order, by the note of its hold here; null for any other hold. */
export function heldFulfillmentOrder(note: string | undefined): string | null {
  return NOTED.exec(note ?? '')?.[1] ?? null;
}

/** A fulfillment order may be held for several reasons at once; it is released when none is left. */
export function fulfillmentHold(
  { fulfillment_order, created_fulfillment_hold }: z.infer<typeof ShopifyFulfillmentOrder>,
  isPlaced: boolean,
): ChannelHold {
  const { id, status, fulfillment_holds } = fulfillment_order;
  const { reason, reason_notes } = created_fulfillment_hold ?? fulfillment_holds[0] ?? {};
  const said = [reason?.replaceAll('_', ' '), manyLines(reason_notes)?.slice(0, 1000)];
  return {
    subject: `${SUBJECT} ${id}`,
    isHeld: isPlaced || status === 'on_hold',
    reason: REASONS[reason ?? ''] ?? 'OTHER',
    note: said.filter((each) => each !== undefined && each !== '').join(', ') || undefined,
  };
}
