import { portalLinkStore } from '../adapters/dynamodb/portal-link-store.ts';
import { secretReader } from '../adapters/secrets.ts';
import { parameter } from '../middleware/http.ts';
import { httpFunction } from '../middleware/http-function.ts';
import { endedAt, endOf, type PortalLinks } from '../orders/portal-links.ts';
import { readPortalToken } from '../orders/portal-token.ts';
import { createLogger, createPorts, createTable, environment } from '../wiring.ts';
import { portalLinkRoutes } from './portal/links.ts';
import { expiredPage, revokedPage, statusPage, unknownPage } from './portal/pages.ts';

const table = createTable();
const ports = createPorts(table, { receivesOrders: false });
const links: PortalLinks = {
  store: portalLinkStore(table),
  readSecret: secretReader(environment('PORTAL_SECRET_ID')),
  baseUrl: environment('PORTAL_BASE_URL'),
  daysAfterDelivery: Number(environment('PORTAL_DAYS_AFTER_DELIVERY')),
};

/** The customer's page: where the order is, for whoever holds the signed link; and the links. */
export const handler = httpFunction({
  logger: createLogger(),
  parsesJson: true,
  routes: {
    ...portalLinkRoutes(ports, links),
    'GET /portal/{token}': async (request) => {
      const now = ports.now();
      const token = parameter(request, 'token');
      const access = await readPortalToken(token, await links.readSecret(), new Date(now));
      if (access === 'altered') return unknownPage();
      if (access === 'expired') return expiredPage();
      const { orderId, linkId } = access;
      // Links of earlier releases have no id; they end by themselves.
      const link = linkId === undefined ? access : await links.store.get(orderId, linkId);
      if (link === null) return expiredPage();
      if ('revokedAt' in link && link.revokedAt !== undefined) return revokedPage();
      const order = await ports.orders.load(orderId);
      if (order === null || order.voided) return unknownPage();
      const end = endOf(link, await endedAt(ports, order), links.daysAfterDelivery);
      return end <= now ? expiredPage() : statusPage(order);
    },
  },
});
