import { EmptyRequest } from '../../../contract/requests.ts';
import type { AuditTrail } from '../../audit/audit.ts';
import type { SharedSecretValue } from '../../channels/core/shared-secret.ts';
import { type RouteHandler, valid } from '../../middleware/http.ts';
import { signPortalToken } from '../../orders/portal-token.ts';
import type { Ports } from '../../orders/ports.ts';
import { orderOf } from '../orders/order-of.ts';

/** POST /v1/orders/{orderId}/portal-link: a signed link to the status page, for the customer. */
export function portalLink(
  ports: Ports,
  audit: AuditTrail,
  readSecret: () => Promise<SharedSecretValue>,
  baseUrl: string,
): RouteHandler {
  return async (request) => {
    valid(EmptyRequest, request.body ?? {});
    const { orderId } = await orderOf(ports, request);
    const { token, expiresAt } = await signPortalToken(orderId, await readSecret(), new Date(ports.now()));
    await audit.record({
      action: 'portal-link.created',
      subject: orderId,
      after: { expiresAt },
      origin: request.origin,
    });
    return { status: 200, body: { url: `${baseUrl}/portal/${token}`, expiresAt } };
  };
}
