import { createHash } from 'node:crypto';
import type { ChannelContext } from '../../channels/channel.ts';
import { hasHexSignature } from '../../channels/core/hex-signature.ts';
import { describeIssues } from '../../channels/core/schema-issues.ts';
import type { CarrierInbound } from '../carrier.ts';
import { processTrackingUpdate } from '../process-tracking-update.ts';
import { GENERIC_WEBHOOK as webhook } from './descriptor.ts';
import { CarrierMessage } from './message.ts';

/** Carriers that report in the loop's own format. */
export function genericCarrier({ ports, readSecret }: ChannelContext): CarrierInbound {
  return {
    webhook,
    endpoint: webhook.path,
    channel: 'CARRIER',
    async authenticate({ headers, rawBody }) {
      const { current, previous } = await readSecret(webhook, undefined);
      if (!hasHexSignature(rawBody, headers['x-carrier-signature'], [current, previous])) {
        return { refused: 'signature' };
      }
      const proof = { method: webhook.signatureHeader, secretName: null };
      return { connectionId: null, source: 'carrier', proof };
    },
    identify({ rawBody }) {
      const read = readMessage(rawBody);
      if ('eventId' in read) return { key: read.eventId, topic: read.status };
      return { key: `unread ${createHash('sha256').update(rawBody).digest('base64url')}`, topic: 'unread' };
    },
    readUpdate: readMessage,
    async process(message) {
      const read = readMessage(message.body);
      if ('problem' in read) return { kind: 'quarantined', reason: read.problem };
      return processTrackingUpdate(ports, read, message);
    },
    answer(outcome) {
      switch (outcome.kind) {
        case 'processed':
          return { status: 200, body: { status: 'ok', orderIds: outcome.orderIds } };
        case 'repeat':
          return { status: 200, body: { status: 'repeat' } };
        case 'quarantined':
        case 'rejected':
          return { status: 202, body: { status: 'kept aside', reason: outcome.reason } };
      }
    },
  };
}

function readMessage(body: Buffer): CarrierMessage | { readonly problem: string } {
  const read = CarrierMessage.safeParse(parsedJson(body));
  return read.success ? read.data : { problem: describeIssues(read.error.issues) };
}

function parsedJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
