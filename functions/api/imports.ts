import { EmptyQuery } from '../../contract/requests.ts';
import { messageLog } from '../adapters/dynamodb/message-log.ts';
import { csvInbound } from '../channels/csv/channel.ts';
import { readRows } from '../channels/csv/inbound/read-rows.ts';
import { messageIdOf, refOf } from '../messages/message-log.ts';
import { processMessage } from '../messages/process-message.ts';
import { Problem, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: true });
const log = messageLog(table);
const inbound = csvInbound({ ports });

/** An access token proves who sent a file. */
const PROOF = { method: 'access token', secretName: null };

/** POST /v1/imports: orders from a file. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: false,
  routes: {
    'POST /v1/imports': async ({ query, headers, rawBody: body, origin, deadline }) => {
      valid(EmptyQuery, query);
      if (!/^text\/csv\b/i.test(headers['content-type'] ?? '')) {
        throw new Problem('unsupported_media_type', 'send the file as text/csv');
      }
      const { endpoint, channel } = inbound;
      const sender = { connectionId: null, source: origin.actor.id, proof: PROOF };
      // A file may be imported again: orders are known by their own numbers, so no repeat is looked for.
      const messageId = messageIdOf(endpoint, sender.source, ports.newId());
      const topic = 'orders.csv';
      const receivedAt = ports.now();
      const logged = await log.receive(
        { ...sender, messageId, channel, endpoint, topic, receivedAt, ...origin },
        body,
      );
      const outcome = await processMessage(log, inbound, {
        ...{ ref: refOf(logged.message), sender, topic, body, origin, deadline, isAwaited: true },
      });
      if (outcome.kind === 'processed') {
        const type = 'application/json; charset=utf-8';
        return { status: 200, headers: { 'content-type': type }, body: outcome.reply ?? '' };
      }
      const read = readRows(body);
      const errors = 'errors' in read ? [...read.errors] : [];
      throw new Problem('validation_failed', errors[0]?.message ?? 'the file cannot be read', { errors });
    },
  },
});
