import type { WebhookInbound } from '../channels/channel.ts';

/** What a carrier reports on a parcel, in one form for all of them. */
export interface TrackingUpdate {
  readonly trackingNumber: string;
  readonly status: 'in_transit' | 'delivered' | 'failed_attempt' | 'returned_to_sender';
  readonly occurredAt: string;
  readonly signedBy?: string | undefined;
}

/** How the messages of carriers in one format are received. */
export interface CarrierInbound extends WebhookInbound {
  /** @returns what a body reports, or why it cannot be read. */
  readUpdate(body: Buffer): TrackingUpdate | { readonly problem: string };
}
