import { hasHexSignature } from '../../channels/core/hex-signature.ts';
import { describeIssues } from '../../channels/core/schema-issues.ts';
import type { CarrierFormat } from '../carrier.ts';
import { parsedJson } from '../parsed-json.ts';
import { GENERIC_WEBHOOK as webhook } from './descriptor.ts';
import { CarrierMessage } from './message.ts';

/** The loop's own format, for carriers that have none. */
export const genericFormat: CarrierFormat = {
  webhook,
  isSigned: ({ headers, rawBody }, secrets) =>
    hasHexSignature(rawBody, headers['x-carrier-signature'], secrets),
  read(body) {
    const read = CarrierMessage.safeParse(parsedJson(body));
    if (!read.success) return { problem: describeIssues(read.error.issues) };
    const { eventId, ...update } = read.data;
    return { eventId, topic: update.status, update };
  },
};
