import * as z from 'zod';
import type { Subscribed } from '../../channel.ts';
import type { AskShopify } from './graphql.ts';
import { UserErrors } from './ids.ts';
import { Page, pagesOf } from './pages.ts';

/** The topics that are acted on, as the Admin API names them. */
const TOPICS = [
  'ORDERS_CREATE',
  'ORDERS_UPDATED',
  'ORDERS_EDITED',
  'ORDERS_CANCELLED',
  'ORDERS_DELETE',
  'ORDERS_RISK_ASSESSMENT_CHANGED',
  'FULFILLMENTS_CREATE',
  'FULFILLMENTS_UPDATE',
  'FULFILLMENT_ORDERS_PLACED_ON_HOLD',
  'FULFILLMENT_ORDERS_HOLD_RELEASED',
  'REFUNDS_CREATE',
  'RETURNS_REQUEST',
  'RETURNS_APPROVE',
  'RETURNS_DECLINE',
  'RETURNS_UPDATE',
  'RETURNS_PROCESS',
  'RETURNS_CLOSE',
  'RETURNS_REOPEN',
  'RETURNS_CANCEL',
  'APP_UNINSTALLED',
];

const LIST = `query WebhookSubscriptions($after: String) {
  webhookSubscriptions(first: 100, after: $after) { nodes { topic uri } pageInfo { hasNextPage endCursor } }
}`;

const Listed = z.object({
  webhookSubscriptions: z.object({
    nodes: z.array(z.object({ topic: z.string(), uri: z.string() })),
    pageInfo: Page,
  }),
});

const CREATE = `mutation CreateSubscription($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri, format: JSON }) {
    userErrors { field message }
  }
}`;

const Created = z.object({ webhookSubscriptionCreate: z.object({ userErrors: UserErrors }) });

/**
 * Makes the subscriptions of the app that are missing. A topic whose scope the app lacks is refused; the others are made.
 *
 * @param uri where the messages are to be sent
 * @see https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/webhookSubscriptionCreate
 */
export async function subscribeShopify(ask: AskShopify, uri: string): Promise<Subscribed> {
  const listed = await pagesOf(async (after) => (await ask(LIST, { after }, Listed)).webhookSubscriptions);
  const known = new Set(listed.filter((each) => each.uri === uri).map(({ topic }) => topic));
  const made: string[] = [];
  const refused: string[] = [];
  for (const topic of TOPICS.filter((each) => !known.has(each))) {
    const { webhookSubscriptionCreate } = await ask(CREATE, { topic, uri }, Created);
    const [error] = webhookSubscriptionCreate.userErrors;
    if (error === undefined) made.push(topic);
    else refused.push(`${topic}: ${error.message.slice(0, 200)}`);
  }
  return { made, refused };
}
