import { createHash } from 'node:crypto';
import type { ChannelContext } from '../channels/channel.ts';
import type { CarrierFormat, CarrierInbound } from './carrier.ts';
import { authenticateCarrier, carrierScope } from './carrier-sender.ts';
import { processTrackingUpdate } from './process-tracking-update.ts';

/** @returns what receives the messages of carriers in a format. */
export function carrierInbound(format: CarrierFormat) {
  return (context: ChannelContext): CarrierInbound => {
    const { ports, connections } = context;
    return {
      webhook: format.webhook,
      endpoint: format.webhook.path,
      channel: 'CARRIER',
      async authenticate(request) {
        return (await authenticateCarrier(context, format, request)) ?? { refused: 'signature' };
      },
      identify({ rawBody }) {
        const read = format.read(rawBody);
        if ('eventId' in read) return { key: read.eventId, topic: read.topic };
        return { key: `unread ${createHash('sha256').update(rawBody).digest('base64url')}`, topic: 'unread' };
      },
      readUpdate: format.read,
      async process(message) {
        const read = format.read(message.body);
        if ('problem' in read) return { kind: 'quarantined', reason: read.problem };
        const speaksFor = carrierScope(await connections.list(), message.sender);
        return processTrackingUpdate(ports, read.update, speaksFor, message);
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
  };
}
