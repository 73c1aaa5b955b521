import { gatewayHandler } from './gateway.ts';
import { commerceGateway } from './server.ts';

/** The door of AI agents. */
export const handler = gatewayHandler(commerceGateway);
