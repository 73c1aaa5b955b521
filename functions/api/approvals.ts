import { AgentPolicy, type Approval, ApprovalsQuery, DeclineRequest } from '../../contract/agents.ts';
import { EmptyQuery, EmptyRequest } from '../../contract/requests.ts';
import { approvalStore } from '../adapters/dynamodb/approval-store.ts';
import { approve, asOf, decline } from '../application/agents/approvals.ts';
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
      const { status } = valid(ApprovalsQuery, request.query);
      const items = (await approvals.list()).map((approval) => asOf(approval, ports.now()));
      return {
        status: 200,
        body: { items: items.filter((item) => status === 'ALL' || item.status === status) },
      };
    },
    'GET /v1/approvals/{approvalId}': async (request) => {
      valid(EmptyQuery, request.query);
      return { status: 200, body: asOf(await approvalOf(request), ports.now()) };
    },
    'POST /v1/approvals/{approvalId}/approve': async (request) => {
      valid(EmptyRequest, request.body ?? {});
      const { actor, correlationId } = request.origin;
      const pending = await approvalOf(request);
      return decided(await approve(ports, approvals, pending, actor, correlationId, request.deadline));
    },
    'POST /v1/approvals/{approvalId}/decline': async (request) => {
      const { reason } = valid(DeclineRequest, request.body);
      return decided(
        await decline(ports, approvals, await approvalOf(request), request.origin.actor, reason),
      );
    },
    'GET /v1/agent-policy': async (request) => {
      valid(EmptyQuery, request.query);
      return { status: 200, body: await approvals.policy() };
    },
    'PUT /v1/agent-policy': async (request) => {
      const policy = valid(AgentPolicy, request.body);
      await approvals.savePolicy(policy);
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

/** @throws Problem `approval_decided` when another came first, or nobody came in time */
function decided(approval: Approval | null): HttpAnswer {
  if (approval === null) {
    throw new Problem('approval_decided', 'it was decided already, or nobody decided in time; read it again');
  }
  return { status: 200, body: approval };
}
