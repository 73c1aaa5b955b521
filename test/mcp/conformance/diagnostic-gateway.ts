import { gatewayHandler } from '../../../functions/mcp/gateway.ts';
import { commerceGateway } from '../../../functions/mcp/server.ts';
import { withDiagnostics } from './diagnostics.ts';

/** The door of AI agents, with what the conformance suite calls behind it too. */
export const handler = gatewayHandler((parts, caller) => withDiagnostics(commerceGateway(parts, caller)));
