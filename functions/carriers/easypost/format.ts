import * as z from 'zod';
import { Instant, Reference } from '../../../domain/text.ts';
import { oneLine } from '../../channels/core/clean.ts';
import { hasHexSignature } from '../../channels/core/hex-signature.ts';
import { describeIssues } from '../../channels/core/schema-issues.ts';
import type { CarrierFormat, TrackingUpdate } from '../carrier.ts';
import { parsedJson } from '../parsed-json.ts';
import { EASYPOST_WEBHOOK as webhook } from './descriptor.ts';

/** What is read of an event of a tracker. @see https://docs.easypost.com/docs/trackers */
const TrackerEvent = z.object({
  id: Reference,
  description: z.string().max(100),
  result: z.object({
    tracking_code: Reference,
    status: z.string().max(100),
    carrier: z.string().max(100),
    signed_by: z.string().nullish(),
    updated_at: Instant.nullish(),
    tracking_details: z
      .array(z.object({ status: z.string().nullish(), datetime: Instant.nullish() }))
      .nullish(),
  }),
});
type TrackerEvent = z.infer<typeof TrackerEvent>;

const TOPICS: readonly string[] = ['tracker.created', 'tracker.updated'];

/** EasyPost's statuses that report more than that the parcel is on its way. */
const STATUSES: Readonly<Record<string, TrackingUpdate['status']>> = {
  delivered: 'delivered',
  failure: 'failed_attempt',
  return_to_sender: 'returned_to_sender',
};

const SIGNATURE_PREFIX = 'hmac-sha256-hex=';

/** Trackers of EasyPost. @see https://docs.easypost.com/guides/webhooks-guide */
export const easyPostFormat: CarrierFormat = {
  webhook,
  isSigned({ headers, rawBody }, secrets) {
    const header = headers['x-hmac-signature'] ?? '';
    if (!header.startsWith(SIGNATURE_PREFIX)) return false;
    const normalized = secrets.map((secret) => secret?.normalize('NFKD'));
    return hasHexSignature(rawBody, header.slice(SIGNATURE_PREFIX.length), normalized);
  },
  read(body) {
    const read = TrackerEvent.safeParse(parsedJson(body));
    if (!read.success) return { problem: describeIssues(read.error.issues) };
    const { id: eventId, description, result } = read.data;
    if (!TOPICS.includes(description)) return { problem: `no rule deals with the event ${description}` };
    const occurredAt = occurredAtOf(result);
    if (occurredAt === null) return { problem: `the tracker does not say when it became ${result.status}` };
    return {
      eventId,
      topic: `${description} ${result.status}`,
      update: {
        trackingNumber: result.tracking_code,
        status: STATUSES[result.status] ?? 'in_transit',
        occurredAt,
        signedBy: oneLine(result.signed_by, 200),
        carrier: result.carrier,
      },
    };
  },
};

/** When the parcel got its status: the last detail of it, since a tracker is updated later than what it reports. */
function occurredAtOf({ status, tracking_details, updated_at }: TrackerEvent['result']): string | null {
  const last = tracking_details?.findLast((detail) => detail.status === status && detail.datetime != null);
  return last?.datetime ?? updated_at ?? null;
}
