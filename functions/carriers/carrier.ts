import type { Received, Webhook, WebhookInbound } from '../channels/channel.ts';

/** What a carrier reports on a parcel, in one form for all of them. */
export interface TrackingUpdate {
  readonly trackingNumber: string;
  readonly status: 'in_transit' | 'delivered' | 'failed_attempt' | 'returned_to_sender';
  readonly occurredAt: string;
  readonly signedBy?: string | undefined;
  /** The carrier, where the message names it; else it is the one of the connection that signed. */
  readonly carrier?: string | undefined;
}

/** An update with what identifies its message. */
export interface CarrierReport {
  /** The same for every delivery of the message. */
  readonly eventId: string;
  /** What the message reports, in the carrier's own words. */
  readonly topic: string;
  readonly update: TrackingUpdate;
}

/** A format in which carriers report: how it is signed and read. A new carrier is one of these. */
export interface CarrierFormat {
  readonly webhook: Webhook;
  /** Whether one of the secrets signed the request; compared in constant time. */
  isSigned(request: Received, secrets: readonly (string | undefined)[]): boolean;
  /** @returns what a body reports, or why it cannot be read; never throws */
  read(body: Buffer): CarrierReport | { readonly problem: string };
}

/** How the messages of carriers in one format are received. */
export interface CarrierInbound extends WebhookInbound {
  readonly readUpdate: CarrierFormat['read'];
}
