import { auditTrail } from '../adapters/dynamodb/audit-trail.ts';
import { secretReader } from '../adapters/secrets.ts';
import { parameter } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { readPortalToken } from '../orders/portal-token.ts';
import { createLogger, createPorts, createTable, environment } from '../wiring.ts';
import { portalLink } from './portal/link.ts';
import { expiredPage, statusPage, unknownPage } from './portal/pages.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: false });
const audit = auditTrail(table);
const readSecret = secretReader(environment('PORTAL_SECRET_ID'));
const baseUrl = environment('PORTAL_BASE_URL');

/** The customer's page: where the order is, for whoever holds the signed link; and the link. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: true,
  routes: {
    'POST /v1/orders/{orderId}/portal-link': portalLink(ports, audit, readSecret, baseUrl),
    'GET /portal/{token}': async (request) => {
      const token = parameter(request, 'token');
      const access = await readPortalToken(token, await readSecret(), new Date(ports.now()));
      if (access === 'altered') return unknownPage();
      if (access === 'expired') return expiredPage();
      const order = await ports.orders.load(access.orderId);
      return order === null || order.voided ? unknownPage() : statusPage(order);
    },
  },
});
