import { MAX_DAYS, OverviewQuery } from '../../contract/overview.ts';
import { EmptyQuery, EmptyRequest } from '../../contract/requests.ts';
import { addDays, dateOf, daysBetween } from '../../domain/calendar.ts';
import { auditTrail } from '../adapters/dynamodb/audit-trail.ts';
import { orderQueries } from '../adapters/dynamodb/order-queries.ts';
import { orderStore } from '../adapters/dynamodb/order-store.ts';
import { generationStore, overviewRows, projectionStore } from '../adapters/dynamodb/overview-store.ts';
import { type HttpRequest, Problem, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { type RebuildPorts, rebuildOverview } from '../reporting/overview/rebuild.ts';
import { overviewView, type Period } from '../reporting/overview-view.ts';
import { createLogger, createTable, pause } from '../wiring.ts';

const table = createTable();
const rows = overviewRows(table);
const audit = auditTrail(table);
const ports: RebuildPorts = {
  orders: orderStore(table),
  projections: projectionStore(table),
  generations: generationStore(table),
  queries: orderQueries(table),
  pause,
};

/** Days that are shown when nobody says which. */
const USUAL_DAYS = 30;
/** Milliseconds that one request works on counting anew. */
const DEADLINE = 8_000;

/** The numbers of the whole loop, and how an operator has them counted anew. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: true,
  routes: {
    'GET /v1/overview': async (request) => {
      const now = new Date().toISOString();
      return { status: 200, body: await overviewView(rows, periodOf(request, dateOf(now)), now) };
    },
    'POST /v1/operations/overview/rebuild': async (request) => {
      valid(EmptyQuery, request.query);
      valid(EmptyRequest, request.body ?? {});
      await audit.record({ action: 'overview.rebuilt', subject: 'overview', origin: request.origin });
      const until = Math.min(request.deadline, Date.now() + DEADLINE);
      return { status: 202, body: await rebuildOverview(ports, until) };
    },
  },
});

function periodOf(request: HttpRequest, today: string): Period {
  const { from, to = today } = valid(OverviewQuery, request.query);
  const first = from ?? addDays(to, 1 - USUAL_DAYS);
  const days = daysBetween(first, to) + 1;
  if (days >= 1 && days <= MAX_DAYS) return { from: first, to };
  const message = `a period has 1 to ${MAX_DAYS} days`;
  throw new Problem('validation_failed', `from: ${message}`, { errors: [{ path: 'from', message }] });
}
