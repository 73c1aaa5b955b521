import { monotonicFactory } from 'ulid';
import { type HistoryVerification, HistoryVerificationQuery } from '../../contract/history-verification.ts';
import { RepublishRequest } from '../../contract/republish.ts';
import { EmptyQuery } from '../../contract/requests.ts';
import { auditTrail } from '../adapters/dynamodb/audit-trail.ts';
import { eventHistory } from '../adapters/dynamodb/event-history.ts';
import { historySeals } from '../adapters/dynamodb/history-seals.ts';
import { personalDataStore } from '../adapters/dynamodb/personal-data-store.ts';
import { personalRequestStore } from '../adapters/dynamodb/personal-request-store.ts';
import { eventBus } from '../adapters/eventbridge.ts';
import { createCheckpoints } from '../checkpoints.ts';
import { type VerifiedCheckpoint, verifyCheckpoint } from '../events/checkpoints.ts';
import { republish, START } from '../events/republish.ts';
import { decodeCursor, encodeCursor } from '../middleware/cursor.ts';
import { Problem, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { processRequests } from '../privacy/process-requests.ts';
import { createLogger, createPorts, createTable, environment, pause } from '../wiring.ts';
import { personalDataRoutes } from './republish/personal-data.ts';

const table = createTable();
const logger = createLogger();
const audit = auditTrail(table);
const tools = {
  history: eventHistory(table),
  bus: eventBus(environment('EVENT_BUS_NAME')),
  pause,
};
const seals = historySeals(table);
const checkpoints = createCheckpoints(table);
const newId = monotonicFactory();
const ports = createPorts(table, { receivesOrders: false });
const personal = { requests: personalRequestStore(table), data: personalDataStore(table) };

/** Milliseconds that a request about a person is worked on before it is answered. */
const BEGINS_FOR = 4_000;
/** Where a pass takes longer, requests wait for the sweep, which makes one pass for all of them. */
const SHORT_PASS = 1_000;
/** Milliseconds for which a table that took longer is not passed through again; it may have been a busy moment. */
const RESTS = 300_000;
let restsUntil = 0;

async function beginWithRequests(): Promise<void> {
  const started = Date.now();
  if (started < restsUntil) return;
  const report = (requestId: string | null, place: string, error: unknown) =>
    logger.error('personal data was not erased; the sweep retries', {
      ...{ requestId, place, error: error as Error },
    });
  try {
    await processRequests({ ...personal, ports, report }, started + BEGINS_FOR);
  } catch (error) {
    // The request is stored: whoever made it is answered, and the sweep continues.
    logger.warn('requests about persons were not begun with; the sweep does it', { error: error as Error });
  }
  if (Date.now() - started > SHORT_PASS) restsUntil = started + RESTS;
}

/** A span that has no end, as the times of orders compare. */
const EARLIEST = '0000';
const LATEST = '9999';

/** Milliseconds for which one request republishes events; then it says where the next one continues. */
const DEADLINE = 8_000;

/** What reads the whole table: events published again, histories verified, requests about persons. */
export const handler = httpFunction({
  logger,
  parsesJson: true,
  routes: {
    ...personalDataRoutes({ ...personal, audit, ports, begin: beginWithRequests }),
    'GET /v1/operations/history-verification': async (request) => {
      const { cursor, orderId, sku, from, to, checkpoint } = valid(HistoryVerificationQuery, request.query);
      const place = { histories: { orderId, sku, from, to, checkpoint } };
      const position = await decodeCursor(cursor, place);
      if (orderId !== undefined) {
        const verified = await seals.order(orderId);
        if (verified === null) throw new Problem('not_found', `there is no order ${orderId}`);
        const { broken, ...counts } = verified;
        return {
          status: 200,
          body: verificationOf({ ...NOTHING, orders: 1, ...counts, broken: broken ? [broken] : [] }),
        };
      }
      if (sku !== undefined) {
        const verified = await seals.stock(sku);
        if (verified === null) throw new Problem('not_found', `there was never stock of ${sku}`);
        return { status: 200, body: verificationOf({ ...NOTHING, ...verified }) };
      }
      const until = Math.min(request.deadline, Date.now() + DEADLINE);
      if (checkpoint !== undefined) {
        const verified = checkpoints && (await verifyCheckpoint(checkpoints, checkpoint, position, until));
        if (!verified) throw new Problem('not_found', `there is no checkpoint of ${checkpoint}`);
        const { next, ...found } = verified;
        const nextCursor = next === null ? undefined : await encodeCursor(next, place);
        return { status: 200, body: { ...verificationOf(found), nextCursor } };
      }
      const span =
        from === undefined && to === undefined ? null : { from: from ?? EARLIEST, to: to ?? LATEST };
      const { next, ...found } = await seals.all(span, position, until);
      const nextCursor = next === null ? undefined : await encodeCursor(next, place);
      return { status: 200, body: { ...verificationOf(found), nextCursor } };
    },
    'POST /v1/operations/republish': async (request) => {
      valid(EmptyQuery, request.query);
      const { cursor, dryRun = false, ...selection } = valid(RepublishRequest, request.body);
      const place = { republish: selection, dryRun };
      const [replayId = newId(), position = START] = partsOf(await decodeCursor(cursor, place));
      // Each request of one replay is its own: between two of them the operator may think better of it.
      await audit.record({
        action: 'events.republished',
        subject: replayId,
        after: { ...selection, dryRun },
        origin: request.origin,
      });
      const { next, ...progress } = await republish(tools, {
        replayId,
        selection,
        dryRun,
        after: position === START ? null : position,
        until: Math.min(request.deadline, Date.now() + DEADLINE),
      });
      return {
        status: 202,
        body: {
          replayId,
          status: next === null ? 'COMPLETE' : 'IN_PROGRESS',
          ...progress,
          ...(next !== null && { cursor: await encodeCursor(`${replayId} ${next}`, place) }),
        },
      };
    },
  },
});

const NOTHING = { orders: 0, lots: 0 };

function verificationOf({ broken, ...counts }: Omit<VerifiedCheckpoint, 'next'>): HistoryVerification {
  return { ...counts, intact: broken.length === 0, broken: [...broken] };
}

/** A cursor holds the replay that it continues, and a position that may hold anything. */
function partsOf(position: string | null): readonly string[] {
  if (position === null) return [];
  const end = position.indexOf(' ');
  return [position.slice(0, end), position.slice(end + 1)];
}
