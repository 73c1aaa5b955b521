import * as z from 'zod';
import { EXPIRY_ATTRIBUTE } from '../../../contract/table.ts';
import type { PortalLink, PortalLinkStore } from '../../orders/portal-links.ts';
import { writeAudited } from './audit-trail.ts';
import type { Table } from './client.ts';
import { type Fields, getItem, parseItem, queryItems } from './items.ts';
import { orderPartition, PORTAL_LINK_PREFIX, portalLinkKey } from './keys.ts';

const Person = z.object({ type: z.enum(['human', 'automation', 'ai-agent', 'channel']), id: z.string() });
const StoredLink = z.object({
  linkId: z.string(),
  orderId: z.string(),
  createdAt: z.string(),
  createdBy: Person,
  endsAt: z.string(),
  revokedAt: z.string().optional(),
  revokedBy: Person.optional(),
} satisfies Fields<PortalLink>);

/** Keeps the links to the status page beside their order, until they have ended. */
export function portalLinkStore(table: Table): PortalLinkStore {
  const get = async (orderId: string, linkId: string) => {
    const item = await getItem(table, portalLinkKey(orderId, linkId));
    return item === null ? null : parseItem(StoredLink, item);
  };
  const put = (link: PortalLink, condition: string) => ({
    item: {
      Put: {
        TableName: table.name,
        Item: {
          ...portalLinkKey(link.orderId, link.linkId),
          kind: 'PORTAL_LINK',
          ...link,
          [EXPIRY_ATTRIBUTE]: Math.floor(Date.parse(link.endsAt) / 1000),
        },
        ConditionExpression: condition,
      },
    },
    conflict: 'changed-meanwhile' as const,
  });
  return {
    get,
    add: (link, origin) =>
      writeAudited(table, origin, async () => ({
        // Protects a link from another of its id.
        writes: [put(link, 'attribute_not_exists(pk)')],
        result: undefined,
        act: {
          action: 'portal-link.created',
          subject: link.orderId,
          after: { linkId: link.linkId, expiresAt: link.endsAt },
        },
      })),
    async list(orderId, most, after) {
      const items: PortalLink[] = [];
      const found = queryItems(table, {
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :order AND begins_with(sk, :link)',
        ExpressionAttributeValues: { ':order': orderPartition(orderId), ':link': PORTAL_LINK_PREFIX },
        ScanIndexForward: false,
        Limit: most,
        ...(after !== null && { ExclusiveStartKey: { ...portalLinkKey(orderId, after) } }),
      });
      for await (const item of found) {
        items.push(parseItem(StoredLink, item));
        if (items.length === most) break;
      }
      return { items, more: items.length === most };
    },
    revoke: (orderId, linkId, origin) =>
      writeAudited(table, origin, async () => {
        const link = await get(orderId, linkId);
        if (link === null || link.revokedAt !== undefined) return { writes: [], result: link !== null };
        const { type, id } = origin.actor;
        const revoked = { ...link, revokedAt: new Date().toISOString(), revokedBy: { type, id } };
        return {
          // Protects the word of who revoked it first.
          writes: [put(revoked, 'attribute_exists(pk) AND attribute_not_exists(revokedAt)')],
          result: true,
          act: { action: 'portal-link.revoked', subject: orderId, before: { linkId } },
        };
      }),
  };
}
