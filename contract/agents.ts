import * as z from 'zod';
import { AmountText, CurrencyCode } from '../domain/money.ts';
import { Reference, text } from '../domain/text.ts';
import {
  AllocationRequest,
  AmendmentRequest,
  CancellationRequest,
  checkTerms,
  DeliveryRequest,
  HoldRequest,
  OrderRequest,
  pageOf,
  ReturnRequest,
  ShipmentRequest,
} from './requests.ts';

const orderId = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, 'an order id like LMB-ORD-2026-0041')
  .meta({ description: 'The order id, for example LMB-ORD-2026-0041.' });
const ofOrder = { orderId };

const Pin = AllocationRequest.shape.pins.unwrap();

/**
 * Arguments of each tool that changes an order: the fields of the same request of the API, plus the order id that the
 * path holds there. Parsing puts the fields in the order of the schema, so equal arguments serialize equally.
 */
export const AGENT_ACTIONS = {
  create_order: OrderRequest,
  allocate_order: z.strictObject(ofOrder),
  pin_lot: z.strictObject({ ...ofOrder, pins: Pin.min(1) }),
  release_allocation: z.strictObject(ofOrder),
  hold_order: z.strictObject({ ...ofOrder, ...HoldRequest.shape }),
  release_hold: z.strictObject({ ...ofOrder, holdId: Reference }),
  ship_order: z.strictObject({ ...ofOrder, ...ShipmentRequest.shape }),
  confirm_delivery: z.strictObject({ ...ofOrder, shipmentId: Reference, ...DeliveryRequest.shape }),
  cancel_order: z.strictObject({ ...ofOrder, ...CancellationRequest.shape }),
  amend_order: z.strictObject({ ...ofOrder, ...AmendmentRequest.shape }).superRefine(checkTerms),
  create_return: z.strictObject({ ...ofOrder, ...ReturnRequest.shape }),
} as const satisfies Record<string, z.ZodObject>;

export type AgentTool = keyof typeof AGENT_ACTIONS;

export const AGENT_TOOLS = Object.keys(AGENT_ACTIONS) as [AgentTool, ...AgentTool[]];

/** A tool that changes an order, with its validated arguments. */
export type AgentAction = {
  [Tool in AgentTool]: {
    readonly tool: Tool;
    readonly arguments: z.output<(typeof AGENT_ACTIONS)[Tool]>;
  };
}[AgentTool];

const AgentToolName = z.enum(AGENT_TOOLS).meta({ id: 'AgentTool' });

/** Tools that take something away which cannot simply be given back. */
export const DESTRUCTIVE_TOOLS = [
  'release_allocation',
  'ship_order',
  'confirm_delivery',
  'cancel_order',
  'amend_order',
] as const satisfies readonly AgentTool[];

/** When an agent's action needs the approval of a person: every condition of a rule must hold. */
export const ApprovalRule = z
  .strictObject({
    tools: z.array(AgentToolName).min(1).optional().meta({ description: 'Any tool when absent.' }),
    amountAbove: z.strictObject({ currency: CurrencyCode, amount: AmountText }).optional().meta({
      description:
        "The order's total, or what its lines come to before discounts, is more than this amount in this currency, before or after. An order in a currency that no rule names is more than any amount.",
    }),
    quantityAbove: z
      .int()
      .min(0)
      .optional()
      .meta({ description: 'The order has more units than this, before or after.' }),
    customerReferences: z.array(Reference).min(1).max(100).optional().meta({
      description:
        'The customer, before or after, is one of these, whatever their case, blanks and invisible characters. Any customer when absent.',
    }),
  })
  .meta({ id: 'ApprovalRule' });
export type ApprovalRule = z.infer<typeof ApprovalRule>;

/** PUT /v1/agent-policy: an action that meets one of the rules waits for a person. */
export const AgentPolicy = z
  .strictObject({ rules: z.array(ApprovalRule).max(50) })
  .refine(
    ({ rules }) => rules.reduce((sum, rule) => sum + (rule.customerReferences?.length ?? 0), 0) <= 500,
    { path: ['rules'], error: 'at most 500 customer references in all' },
  )
  .meta({ id: 'AgentPolicy' });
export type AgentPolicy = z.infer<typeof AgentPolicy>;

/** The policy of a loop in which nobody has set one. */
export const DEFAULT_POLICY: AgentPolicy = {
  rules: [
    { tools: [...DESTRUCTIVE_TOOLS] },
    { amountAbove: { currency: 'USD', amount: '1000.00' } },
    { amountAbove: { currency: 'EUR', amount: '1000.00' } },
  ],
};

const units = z.int();
const instant = z.string().meta({ format: 'date-time' });

/** The effect of an action, previewed or carried out. */
export const ActionEffect = z
  .object({
    orderId: z.string().optional().meta({ description: 'Absent for an order that does not exist yet.' }),
    stateBefore: z.string().optional(),
    stateAfter: z.string(),
    version: z.int().optional().meta({ description: 'The order version that the effect was computed for.' }),
    total: z.string(),
    totalBefore: z.string().optional().meta({ description: 'Present when the total changes.' }),
    currency: z.string(),
    reserved: z
      .array(z.object({ lineNumber: z.int(), lotNumber: z.string(), quantity: units }))
      .meta({ description: 'Units that become reserved, by line and lot.' }),
    released: z
      .array(z.object({ lineNumber: z.int(), lotNumber: z.string(), quantity: units }))
      .meta({ description: 'Units that are released, by line and lot; shipped units are not included.' }),
    events: z
      .array(z.string())
      .meta({ description: 'The events that are recorded and published, in order.' }),
  })
  .meta({ id: 'ActionEffect' });
export type ActionEffect = z.infer<typeof ActionEffect>;

/** A field that an action would change, for the person who decides. */
export const FieldChange = z
  .object({
    field: z.string().meta({ description: 'As the order names it: `shipTo.city`, `lines 2.unitPrice`.' }),
    before: z.string().optional().meta({ description: 'Absent where there is nothing yet.' }),
    after: z.string().optional().meta({ description: 'Absent where there is nothing any more.' }),
  })
  .meta({
    id: 'FieldChange',
    description: 'Characters that show nothing or turn the direction of text are spelled out: `⟨U+202E⟩`.',
  });
export type FieldChange = z.infer<typeof FieldChange>;

const ApprovalStatus = z.enum(['PENDING', 'APPROVED', 'REFUSED', 'DECLINED', 'EXPIRED']).meta({
  id: 'ApprovalStatus',
  description: 'REFUSED: a person approved, and the order no longer allowed the command.',
});

/** An agent's action that waits, or waited, for a person. */
export const Approval = z
  .object({
    approvalId: z.string(),
    status: ApprovalStatus,
    tool: AgentToolName,
    arguments: z.looseObject({}),
    effect: ActionEffect,
    changes: z
      .array(FieldChange)
      .optional()
      .meta({ description: 'Absent from requests of earlier releases.' }),
    moreChanges: z
      .int()
      .optional()
      .meta({ description: 'How many changes are left out of a very long list.' }),
    agent: z.string(),
    requestedBy: z
      .string()
      .optional()
      .meta({ description: "Subject of the agent's access token, who decides nothing that it asked for." }),
    requestedAt: instant,
    expiresAt: instant,
    decidedAt: instant.optional(),
    decidedBy: z.string().optional().meta({ description: 'With PENDING: approved, and being executed.' }),
    orderId: z.string().optional(),
    detail: z.string().optional().meta({ description: 'Why it was declined or refused.' }),
  })
  .meta({ id: 'Approval' });
export type Approval = z.infer<typeof Approval>;

/** GET /v1/approvals */
export const ApprovalsQuery = z.strictObject({
  status: z
    .enum(['PENDING', 'ALL'])
    .default('PENDING')
    .meta({ description: 'PENDING waits for a person; ALL includes decided ones.' }),
  ...pageOf(100, 100),
});

/** POST /v1/approvals/{approvalId}/decline */
export const DeclineRequest = z.strictObject({ reason: text(500) }).meta({ id: 'DeclineRequest' });
