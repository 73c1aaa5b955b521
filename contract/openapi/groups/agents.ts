import * as z from 'zod';
import { AgentPolicy, Approval, ApprovalsQuery, DeclineRequest } from '../../agents.ts';
import { EmptyRequest } from '../../requests.ts';
import { listOf } from '../../responses.ts';
import { BODY_PROBLEMS, type Operations, read } from '../types.ts';

const DECIDED = { 200: { description: 'The approval as decided.', schema: Approval } };

export const AGENT_OPERATIONS: Operations = {
  'GET /v1/approvals': read(
    'listApprovals',
    'Lists approval requests of agents, newest first.',
    listOf(Approval),
    { query: ApprovalsQuery, problems: ['invalid_cursor'] },
  ),
  'GET /v1/approvals/{approvalId}': read('readApproval', 'Reads an approval request.', Approval, {
    problems: ['not_found'],
  }),
  'POST /v1/approvals/{approvalId}/approve': {
    id: 'approveAction',
    summary: "Approves an agent's action, which is then carried out once.",
    description:
      'The status says whether it was carried out: REFUSED means that the order had changed since the request. Only a person may decide, and not the requester.',
    body: EmptyRequest,
    bodyIsOptional: true,
    answers: DECIDED,
    problems: [...BODY_PROBLEMS, 'not_found', 'person_required', 'approval_decided', 'busy'],
  },
  'POST /v1/approvals/{approvalId}/decline': {
    id: 'declineAction',
    summary: "Declines an agent's action; the agent receives the reason.",
    description: 'Nothing is changed. Only a person may decide, and not the requester.',
    body: DeclineRequest,
    example: { reason: 'The customer called again: keep the order' },
    answers: DECIDED,
    problems: [...BODY_PROBLEMS, 'not_found', 'person_required', 'approval_decided', 'busy'],
  },
  'GET /v1/agent-policy': read(
    'readAgentPolicy',
    'Reads the rules by which an action of an agent needs a person.',
    AgentPolicy,
  ),
  'PUT /v1/agent-policy': {
    id: 'saveAgentPolicy',
    summary: 'Sets the rules by which an action of an agent needs a person.',
    body: AgentPolicy,
    example: {
      rules: [
        { tools: ['cancel_order'] },
        { amountAbove: { currency: 'USD', amount: '1000.00' } },
        { customerReferences: ['C-88'] },
      ],
    },
    answers: { 200: { description: 'The policy as saved.', schema: AgentPolicy } },
    problems: [...BODY_PROBLEMS, 'person_required'],
  },
};

const JsonRpcRequest = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.int()]).optional(),
  method: z.string(),
  params: z.looseObject({}).optional(),
});
const JsonRpcAnswer = z.looseObject({ jsonrpc: z.literal('2.0') });

const ProtectedResource = z.object({
  resource: z.string(),
  authorization_servers: z.array(z.string()),
  scopes_supported: z.array(z.string()),
  bearer_methods_supported: z.array(z.string()),
  resource_name: z.string(),
});

const AuthorizationServer = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  revocation_endpoint: z.string(),
  response_types_supported: z.array(z.string()),
  grant_types_supported: z.array(z.string()),
  code_challenge_methods_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  scopes_supported: z.array(z.string()),
});

/** The Model Context Protocol uses JSON-RPC; its methods are in its specification, the tools in `tools/list`. */
export const GATEWAY_OPERATIONS: Operations = {
  'POST /mcp': {
    id: 'callGateway',
    summary: 'The Model Context Protocol for AI agents (Streamable HTTP, stateless).',
    description:
      'Revision 2026-07-28, and the revisions of 2025. Needs the scope orders/read or orders/write; each tool names its own. See docs/agents.md.',
    body: JsonRpcRequest,
    example: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
    answers: {
      200: {
        description: 'The JSON-RPC response; clients of 2025 get it as the one event of a text/event-stream.',
        schema: z.union([JsonRpcAnswer, z.string()]),
        mediaType: '*/*',
      },
      202: { description: 'A notification was accepted.' },
      400: { description: 'Not a request of the protocol.', schema: JsonRpcAnswer },
      404: { description: 'No such method of the protocol.', schema: JsonRpcAnswer },
    },
    problems: ['forbidden_origin', 'too_many_requests', 'payload_too_large'],
  },
  'GET /mcp': noStream('listenToGateway'),
  'DELETE /mcp': noStream('endGatewaySession'),
  'GET /.well-known/oauth-protected-resource': read(
    'readProtectedResource',
    'Names the issuer of tokens for the MCP endpoint (RFC 9728).',
    ProtectedResource,
  ),
  'GET /.well-known/oauth-protected-resource/mcp': read(
    'readProtectedGateway',
    'The same, under the path of the MCP endpoint.',
    ProtectedResource,
  ),
  'GET /.well-known/oauth-authorization-server': {
    ...read(
      'readAuthorizationServer',
      'Names the endpoints of the issuer of tokens (RFC 8414), where its own description leaves out what MCP clients look for.',
      AuthorizationServer,
    ),
    problems: ['not_found'],
  },
};

function noStream(id: string) {
  return {
    id,
    summary: 'Not supported: the endpoint has no session and no stream.',
    answers: { 405: { description: 'Use POST.', schema: JsonRpcAnswer } },
    problems: ['forbidden_origin', 'too_many_requests'],
  } as const;
}
