import { createHash } from 'node:crypto';
import type { ChannelContext, Inbound, MessageOutcome } from '../../channels/channel.ts';
import { hasHexSignature } from '../../channels/core/hex-signature.ts';
import { quarantine } from '../../channels/core/process-message.ts';
import { describeIssues } from '../../channels/core/schema-issues.ts';
import { processTrackingUpdate } from '../process-tracking-update.ts';
import { GENERIC_WEBHOOK as webhook } from './descriptor.ts';
import { CarrierMessage } from './message.ts';

/** Carriers that report in the loop's own format. */
export function genericCarrier({ ports, readSecret }: ChannelContext): Inbound {
  return {
    webhook,
    channel: 'CARRIER',
    async authenticate({ headers, rawBody }) {
      const { current, previous } = await readSecret(webhook, undefined);
      if (!hasHexSignature(rawBody, headers['x-carrier-signature'], [current, previous])) {
        return { refused: 'signature' };
      }
      const proof = { signature: webhook.signatureHeader, secretName: null };
      return { connectionId: null, source: 'carrier', proof };
    },
    identify({ rawBody }) {
      const read = readMessage(rawBody);
      if (read.success) return { key: read.data.eventId, topic: read.data.status };
      return { key: `unread ${createHash('sha256').update(rawBody).digest('base64url')}`, topic: 'unread' };
    },
    async process(message): Promise<MessageOutcome> {
      const read = readMessage(message.body);
      if (!read.success) return quarantine(ports, message, describeIssues(read.error.issues));
      return processTrackingUpdate(ports, read.data, message);
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

function readMessage(body: Buffer) {
  return CarrierMessage.safeParse(parsedJson(body));
}

function parsedJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
