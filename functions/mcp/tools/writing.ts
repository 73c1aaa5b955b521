import { type McpServer, requireScopes } from '@modelcontextprotocol/server';
import * as z from 'zod';
import {
  ActionEffect,
  AGENT_ACTIONS,
  type AgentAction,
  type AgentTool,
  DESTRUCTIVE_TOOLS,
} from '../../../contract/agents.ts';
import { OrderResponse } from '../../../contract/responses.ts';
import { statesTaking } from '../../agents/actions.ts';
import { readApproval, signApproval } from '../../agents/approval-token.ts';
import { askPerson } from '../../agents/approvals.ts';
import { type ActionOutcome, carryOut, tryAction } from '../../agents/carry-out.ts';
import { changesOf } from '../../agents/changes.ts';
import { markCustomerText } from '../../agents/customer-text.ts';
import { needsPerson } from '../../agents/policy.ts';
import { orderView } from '../../orders/views/order-view.ts';
import type { Dependencies } from '../dependencies.ts';
import { mayReadPersonal, type Principal } from '../principal.ts';
import { redactedSchema } from '../redacted-schema.ts';
import { answer, refusal, refused } from '../tool-result.ts';

interface Description {
  readonly title: string;
  readonly description: string;
}

const TOOLS: Readonly<Record<AgentTool, Description>> = {
  create_order: {
    title: 'Enter an order',
    description:
      'Enters an order by hand and reserves stock for it at once. Amounts are decimal strings like "20.00". A B2B order has orderType B2B, a purchase order number, terms and whole cases.',
  },
  allocate_order: {
    title: 'Reserve stock for an order',
    description:
      'Reserves stock for what is not reserved yet, or chooses the lots anew: pinned lots first, then those that expire first.',
  },
  pin_lot: {
    title: 'Pin lots to lines of an order',
    description:
      'Binds lines to lots, and swaps what is reserved in one step. Refused by name when a lot has not enough.',
  },
  release_allocation: {
    title: 'Release the reservation of an order',
    description:
      'Gives everything that the order has reserved back to stock; the order returns to RECEIVED. Others may take the stock at once.',
  },
  hold_order: {
    title: 'Put an order on hold',
    description:
      'Stops queueing and shipping until the hold is released; reservations stay. Give a reason, and words for the operator in `note`.',
  },
  release_hold: {
    title: 'Release a hold',
    description: 'Takes one hold off an order; get_order lists the holds with their ids.',
  },
  ship_order: {
    title: 'Record a shipment',
    description:
      'Records that goods have left: all that is reserved, or the lines and quantities given. Only what really left the warehouse: it cannot be taken back.',
  },
  confirm_delivery: {
    title: 'Confirm a delivery',
    description:
      'Records that a shipment has arrived. When all of an order has arrived the loop closes it. It cannot be taken back.',
  },
  cancel_order: {
    title: 'Cancel an order, or lines of it',
    description:
      'Cancels an order, what is left of it after a partial shipment, or the lines and quantities given; gives the reservations back. It cannot be taken back.',
  },
  amend_order: {
    title: 'Amend an order',
    description:
      'Changes address, delivery window, references, quantities or prices while nothing has been queued; a changed quantity is reserved anew.',
  },
  create_return: {
    title: 'Record returned goods',
    description:
      'Records goods that came back after delivery: restocked, put in quarantine or written off; finance credits them.',
  },
};

const DESTRUCTIVE: ReadonlySet<AgentTool> = new Set(DESTRUCTIVE_TOOLS);

const TWO_STEPS =
  ' Works in two steps: the first call changes nothing and answers with a preview and an `approval`; check the preview, then call again with exactly the same arguments and this `approval` within ten minutes. When the answer is waiting_for_person, a person has to approve: wait and use check_approval.';

/** In which states the order takes it, as the lifecycle has it. */
function taken(tool: AgentTool): string {
  return tool === 'create_order' ? '' : ` Taken while the order is ${statesTaking(tool).join(', ')}.`;
}

const Approval = z
  .string()
  .max(4096)
  .optional()
  .meta({ description: 'The approval of the preview, for the second step.' });

const Written = z.object({
  status: z.enum(['preview', 'waiting_for_person', 'done']),
  effect: redactedSchema(ActionEffect),
  next: z.string().meta({ description: 'What to do now.' }),
  approval: z.string().optional(),
  approvalId: z.string().optional(),
  expiresAt: z.string().optional(),
  order: redactedSchema(OrderResponse.pick({ orderId: true, state: true, version: true })).optional(),
});

/** Registers the tools that change orders; each shows first what it would do, and does it with the approval. */
export function registerWritingTools(
  server: Pick<McpServer, 'registerTool'>,
  dependencies: Dependencies,
  caller: Principal,
): void {
  for (const [name, { title, description }] of Object.entries(TOOLS)) {
    const tool = name as AgentTool;
    const inputSchema: z.ZodObject = AGENT_ACTIONS[tool].extend({ approval: Approval });
    server.registerTool(
      tool,
      {
        title,
        description: `${description}${taken(tool)}${TWO_STEPS}`,
        inputSchema,
        outputSchema: Written,
        annotations: {
          readOnlyHint: false,
          destructiveHint: DESTRUCTIVE.has(tool),
          idempotentHint: true,
          openWorldHint: false,
        },
        scopeChallenge: requireScopes('orders/write'),
      },
      async ({ approval, ...given }) => {
        // The arguments were parsed by the schema of this very tool.
        const action = { tool, arguments: given } as AgentAction;
        return typeof approval === 'string'
          ? perform(dependencies, caller, action, approval)
          : preview(dependencies, caller, action);
      },
    );
  }
}

/** Why a person was not asked. */
const NOT_ASKED = {
  'too-many': [
    'too_many_waiting',
    'too many of your requests wait for a person; use check_approval, and ask again when some are decided',
  ],
  'too-large': ['too_large_to_ask', 'this is more than can be put before a person; ask for it in parts'],
} as const;

async function preview(dependencies: Dependencies, caller: Principal, action: AgentAction) {
  const outcome = await tryAction(dependencies.ports, action, caller.origin);
  if (outcome.kind !== 'done') return refusalOf(outcome);
  const { effect } = outcome;
  const policy = await dependencies.approvals.policy();
  if (needsPerson(policy, action.tool, judged(outcome))) {
    const changes = changesOf(outcome.before, outcome.order);
    const asked = await askPerson(
      dependencies.ports,
      dependencies.approvals,
      action,
      { effect, changes },
      {
        name: caller.agent,
        subject: caller.subject,
      },
    );
    if (typeof asked === 'string') {
      const [code, detail] = NOT_ASKED[asked];
      return refusal(code, detail);
    }
    return answer({
      status: 'waiting_for_person',
      effect: markCustomerText(effect, false),
      approvalId: asked.approvalId,
      expiresAt: asked.expiresAt,
      next: 'A person decides in the console. Do not call this tool again; use check_approval later.',
    });
  }
  const signed = await signApproval(
    { action, version: effect.version ?? null, caller: caller.agent },
    await dependencies.readApprovalSecret(),
    dependencies.ports.newId(),
    new Date(dependencies.ports.now()),
  );
  return answer({
    status: 'preview',
    effect: markCustomerText(effect, false),
    approval: signed.token,
    expiresAt: signed.expiresAt,
    next: 'Nothing has changed yet. If this is what is wanted, call again with the same arguments and the approval.',
  });
}

async function perform(dependencies: Dependencies, caller: Principal, action: AgentAction, approval: string) {
  const { ports } = dependencies;
  const read = await readApproval(
    approval,
    { action, caller: caller.agent },
    await dependencies.readApprovalSecret(),
    new Date(ports.now()),
  );
  switch (read.kind) {
    case 'expired':
      return refusal(
        'approval_expired',
        'the approval is older than ten minutes; call without it for a new preview',
      );
    case 'mismatch':
      return refusal('approval_mismatch', `${read.detail}; call without it for a preview of its own`);
    case 'valid':
  }
  if (await needsPersonNow(dependencies, caller, action)) {
    return refusal(
      'person_required',
      'the policy asks for a person by now; call without the approval to ask one',
    );
  }
  const outcome = await carryOut(ports, action, {
    origin: caller.origin,
    version: read.version,
    approvalId: read.tokenId,
    until: caller.deadline,
  });
  if (outcome.kind !== 'done') return refusalOf(outcome);
  return answer({
    status: 'done',
    effect: markCustomerText(outcome.effect, false),
    order: markCustomerText(orderView(outcome.order), mayReadPersonal(caller)),
    next: 'It is done. The history of the order has the events.',
  });
}

/** The policy may have become stricter since the preview. */
async function needsPersonNow({ ports, approvals }: Dependencies, caller: Principal, action: AgentAction) {
  const policy = await approvals.policy();
  if (policy.rules.length === 0) return false;
  const outcome = await tryAction(ports, action, caller.origin);
  return outcome.kind === 'done' && needsPerson(policy, action.tool, judged(outcome));
}

/** The order as it is and as it would be. */
function judged({ before, order }: Extract<ActionOutcome, { kind: 'done' }>) {
  return before === null ? [order] : [before, order];
}

function refusalOf(outcome: Exclude<ActionOutcome, { kind: 'done' }>) {
  switch (outcome.kind) {
    case 'refused':
      return refused(outcome.rejection);
    case 'duplicate-purchase-order':
      return refusal(
        'duplicate_purchase_order',
        'the customer already has an order for this purchase order number',
      );
    case 'stale':
      return refusal(
        'stale_version',
        `the order has moved on to version ${outcome.version} since the preview; call without the approval for a new one`,
        { version: outcome.version },
      );
    case 'used':
      return refusal(
        'approval_used',
        'this approval was used before, and what it approved was done once; read the order to see it',
        outcome.orderId === undefined ? {} : { orderId: outcome.orderId },
      );
  }
}
