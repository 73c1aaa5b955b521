import { AgentPolicy, type Approval, ApprovalsQuery, DeclineRequest } from '../../contract/agents.ts';
import { EmptyQuery, EmptyRequest } from '../../contract/requests.ts';
import { approvalStore } from '../adapters/dynamodb/approval-store.ts';
import { approve, asOf, decline, earliestPending, isOwnRequest } from '../agents/approvals.ts';
import type { Actor } from '../events/envelope.ts';
import { decodeCursor, encodeCursor } from '../middleware/cursor.ts';
import { type HttpAnswer, type HttpRequest, Problem, parameter, valid } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { createLogger, createPorts, createTable } from '../wiring.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: true });
const approvals = approvalStore(table);

/** What agents ask people to approve, and the policy that says when they must ask. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: true,
  routes: {
    'GET /v1/approvals': async (request) => {
      const { limit, cursor, ...filter } = valid(ApprovalsQuery, request.query);
      const place = { approvals: filter };
      const after = await decodeCursor(cursor, place);
      const { items, more } = await (filter.status === 'ALL'
        ? approvals.list(limit, after)
        : pendingPage(limit, after));
      const last = items.at(-1);
      const nextCursor = more && last !== undefined ? await encodeCursor(last.approvalId, place) : undefined;
      return {
        status: 200,
        body: { items: items.map((item) => asOf(item, ports.now())), ...(nextCursor && { nextCursor }) },
      };
    },
    'GET /v1/approvals/{approvalId}': async (request) => {
      valid(EmptyQuery, request.query);
      return { status: 200, body: asOf(await approvalOf(request), ports.now()) };
    },
    'POST /v1/approvals/{approvalId}/approve': async (request) => {
      valid(EmptyRequest, request.body ?? {});
      const pending = await approvalOf(request);
      personWhoDecides(request, pending);
      return decided(await approve(ports, approvals, pending, request.origin, request.deadline));
    },
    'POST /v1/approvals/{approvalId}/decline': async (request) => {
      const { reason } = valid(DeclineRequest, request.body);
      const pending = await approvalOf(request);
      personWhoDecides(request, pending);
      return decided(await decline(ports, approvals, pending, request.origin, reason));
    },
    'GET /v1/agent-policy': async (request) => {
      valid(EmptyQuery, request.query);
      return { status: 200, body: await approvals.policy() };
    },
    'PUT /v1/agent-policy': async (request) => {
      const policy = valid(AgentPolicy, request.body);
      personOf(request, 'a person decides what agents may do');
      await approvals.savePolicy(policy, request.origin);
      return { status: 200, body: policy };
    },
  },
});

async function approvalOf(request: HttpRequest): Promise<Approval> {
  const approvalId = parameter(request, 'approvalId');
  const approval = /^[0-9A-Za-z]{1,40}$/.test(approvalId) ? await approvals.get(approvalId) : null;
  if (approval === null) throw new Problem('not_found', 'no agent asked for an approval of this id');
  return approval;
}

async function pendingPage(most: number, after: string | null) {
  const pending = await approvals.pending(earliestPending(ports.now()));
  const rest = pending.filter(({ approvalId }) => after === null || approvalId < after);
  return { items: rest.slice(0, most), more: rest.length > most };
}

/** @throws Problem `person_required` for a program, and for whoever asked */
function personWhoDecides(request: HttpRequest, approval: Approval): void {
  const person = personOf(request, 'a person decides, and not the one who asked');
  if (!isOwnRequest(approval, person.id)) return;
  throw new Problem('person_required', 'a person decides, and not the one who asked');
}

/** @throws Problem `person_required` for a program */
function personOf({ origin: { actor } }: HttpRequest, detail: string): Actor {
  if (actor.type === 'human') return actor;
  throw new Problem('person_required', detail);
}

/** @throws Problem `approval_decided` when another came first, or nobody came in time */
function decided(approval: Approval | null): HttpAnswer {
  if (approval === null) {
    throw new Problem('approval_decided', 'it was decided already, or nobody decided in time; read it again');
  }
  return { status: 200, body: approval };
}
