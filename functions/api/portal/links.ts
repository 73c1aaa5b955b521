import { EmptyRequest, PageQuery } from '../../../contract/requests.ts';
import { decodeCursor, encodeCursor } from '../../middleware/cursor.ts';
import { Problem, parameter, type RouteHandler, valid } from '../../middleware/http.ts';
import { endedAt, endOf, makePortalLink, type PortalLinks } from '../../orders/portal-links.ts';
import type { Ports } from '../../orders/ports.ts';
import { orderOf } from '../orders/order-of.ts';

/** Links to the status page: made for the customer, listed, revoked. */
export function portalLinkRoutes(ports: Ports, links: PortalLinks): Readonly<Record<string, RouteHandler>> {
  return {
    'POST /v1/orders/{orderId}/portal-link': async (request) => {
      valid(EmptyRequest, request.body ?? {});
      const order = await orderOf(ports, request);
      return { status: 200, body: await makePortalLink(ports, links, order, request.origin) };
    },
    'GET /v1/orders/{orderId}/portal-links': async (request) => {
      const { limit, cursor } = valid(PageQuery, request.query);
      const order = await orderOf(ports, request);
      const { orderId } = order;
      const place = { list: 'portal-links', orderId };
      const { items, more } = await links.store.list(orderId, limit, await decodeCursor(cursor, place));
      const ended = await endedAt(ports, order);
      const shown = items.map((link) => {
        const { orderId: _, endsAt: __, ...known } = link;
        return { ...known, expiresAt: endOf(link, ended, links.daysAfterDelivery) };
      });
      const last = items.at(-1);
      const nextCursor = more && last !== undefined ? await encodeCursor(last.linkId, place) : undefined;
      return { status: 200, body: { items: shown, ...(nextCursor && { nextCursor }) } };
    },
    'DELETE /v1/orders/{orderId}/portal-links/{linkId}': async (request) => {
      const { orderId } = await orderOf(ports, request);
      const linkId = parameter(request, 'linkId');
      const isKnown = LINK_ID.test(linkId) && (await links.store.revoke(orderId, linkId, request.origin));
      if (!isKnown) throw new Problem('not_found', 'the order has no link of this id');
      return { status: 204 };
    },
  };
}

const LINK_ID = /^[0-9A-Z]{26}$/;
